import type { Clock } from '#shared/platform/clock.ts';
import type { Outbox } from '../gateway/outbox.ts';
import { newChargeAnswer, orderAnswer } from './answers.ts';
import type { Books } from './books.ts';
import { chargedBack, type ChargebackStep } from './chargebacks.ts';
import { eventsOf, notificationsOf } from './events.ts';
import { ordersPage } from './listing.ts';
import {
  canSettle,
  hashOf,
  isOpenForCharge,
  newOrder,
  type OrderRecord,
  refundable,
  type RefundRecord,
  type RefundSettlement,
  type Settlement,
  settled,
  withCharge,
  withRefund,
  withRefundSettled,
  withSameCharge,
} from './orders.ts';
import { Problem } from './problem.ts';
import { type ChargeRequest, chargeRequest, orderRequest, parsed, refundRequest } from './requests.ts';
import { meaningOf, isEverlasting } from './tokens.ts';

const refusalTypes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'processing_error',
  404: 'resource_not_found_error',
  422: 'parameter_validation_error',
  429: 'rate_limit_error',
};

/**
 * What Conekta does with each request, apart from HTTP. Every method decides and writes without pausing, so that two
 * requests with one token cannot both be the first. Each returns the JSON of a 200 or throws a `Problem`.
 */
export class Desk {
  readonly #books: Books;
  readonly #clock: Clock;
  readonly #outbox: Outbox;

  constructor(books: Books, outbox: Outbox, clock: Clock) {
    this.#books = books;
    this.#outbox = outbox;
    this.#clock = clock;
  }

  createOrder(owner: string, body: unknown): object {
    const { currency, customer_info: customer, line_items, metadata, charges } = parsed(orderRequest, body);
    const items = line_items.map(({ unit_price: unitPrice, ...item }) => ({ ...item, unitPrice }));
    const order = newOrder(owner, { currency: currency.toUpperCase(), customer, items, metadata }, this.#now());
    const [charge] = charges;
    if (charge) return orderAnswer(this.#charged(order, charge));
    this.#write(order);
    return orderAnswer(order);
  }

  /** @param lock `ignored`: an order that a charge holds, or that was closed, takes this one all the same */
  createCharge(owner: string, orderId: string, body: unknown, lock: 'held' | 'ignored' = 'held'): object {
    const order = this.#charged(this.#owned(owner, orderId), parsed(chargeRequest, body), lock);
    const charge = order.charges.at(-1);
    if (!charge) throw Problem.internal();
    return newChargeAnswer(order, charge);
  }

  /** The gateway's own mistake: the newest charge is made once more. */
  repeatCharge(orderId: string): object {
    const order = this.#books.find(orderId);
    const charge = order?.charges.at(-1);
    if (!order || !charge) throw Problem.internal();
    const repeated = withSameCharge(order, charge);
    this.#write(repeated.order);
    return newChargeAnswer(repeated.order, repeated.charge);
  }

  getOrder(owner: string, orderId: string): object {
    return orderAnswer(this.#owned(owner, orderId));
  }

  /**
   * Newest first.
   *
   * @param address what was asked for: the filters and the page
   * @param lagMs how long the index takes to see a change
   */
  searchOrders(owner: string, address: URL, lagMs = 0): object {
    const orders = this.#books.all().filter((order) => order.owner === owner);
    return ordersPage(orders, address, this.#now() - lagMs / 1000);
  }

  /** A challenge that waits is called off; a kept charge is not undone by this, only by a refund. */
  cancelOrder(owner: string, orderId: string): object {
    const order = this.#owned(owner, orderId);
    if (order.paymentStatus === 'canceled') return orderAnswer(order);
    if (!isOpenForCharge(order) && order.paymentStatus !== 'pending_payment') throw Problem.orderLocked();
    const canceled = settled(order, 'canceled', this.#now());
    this.#write(canceled);
    return orderAnswer(canceled);
  }

  /** The request cannot name a charge: of several, the oldest with enough left gives. */
  refund(owner: string, orderId: string, body: unknown, status: RefundRecord['status'] = 'refunded'): object {
    const order = this.#owned(owner, orderId);
    const { amount } = parsed(refundRequest, body);
    const kept = refundable(order);
    if (kept.length === 0) throw Problem.invalidParameter('order', 'not_refundable');
    const source = kept.find((charge) => amount <= charge.amount);
    if (!source) throw Problem.invalidParameter('amount', 'too_big');
    const refunded = withRefund(order, { chargeId: source.chargeId, amount, status }, this.#now());
    this.#write(refunded);
    return orderAnswer(refunded);
  }

  /** Ends the wait of a 3DS or pending charge, as the buyer or the bank would; or pays in cash what was closed before. */
  settle(orderId: string, outcome: Settlement): void {
    const order = this.#books.find(orderId);
    if (!order || !canSettle(order, outcome)) throw Problem.notFound();
    this.#write(settled(order, outcome, this.#now()));
  }

  /** The buyer's bank takes a paid charge back, and says how that ended. */
  chargeBack(orderId: string, step: ChargebackStep): void {
    const order = this.#books.find(orderId);
    const changed = order && chargedBack(order, step, this.#now());
    if (!changed) throw Problem.notFound();
    this.#write(changed);
  }

  /** Ends the wait of a refund, as the bank would. */
  settleRefund(refundId: string, outcome: RefundSettlement): void {
    const order = this.#books
      .all()
      .find(({ refunds }) => refunds.some(({ id, status }) => id === refundId && status === 'pending'));
    if (!order) throw Problem.notFound();
    this.#write(withRefundSettled(order, refundId, outcome, this.#now()));
  }

  #charged(
    order: OrderRecord,
    { amount, payment_method, reference_id }: ChargeRequest,
    lock: 'held' | 'ignored' = 'held',
  ): OrderRecord {
    if (lock === 'held' && !isOpenForCharge(order)) throw Problem.orderLocked();
    if (amount !== undefined && amount !== order.amount)
      throw Problem.invalidParameter('amount', 'not_the_order_amount');
    const tokenHash = hashOf(payment_method.token_id);
    if (!isEverlasting(payment_method.token_id) && this.#books.isSpent(tokenHash)) {
      throw new Problem(402, 'processing_error', {
        code: 'conekta.errors.processing.tokenization.used',
        text: 'The token has already been used.',
      });
    }
    const meaning = meaningOf(payment_method.token_id);
    if (!meaning) {
      throw new Problem(422, 'parameter_validation_error', {
        code: 'conekta.errors.parameter_validation.payment_method.token_id.nonexistent_token',
        param: 'payment_method.token_id',
        text: 'The token does not exist.',
      });
    }
    if (meaning.kind === 'refuses') {
      const { status, code, text } = meaning;
      throw new Problem(status, refusalTypes[status] ?? 'processing_error', { code, text });
    }
    const charged = withCharge(order, { tokenHash, referenceId: reference_id ?? null }, meaning, this.#now());
    this.#write(charged);
    if (meaning.kind !== 'declines') return charged;
    throw new Problem(402, 'processing_error', {
      code: meaning.code,
      text: meaning.text,
      order: orderAnswer(charged),
    });
  }

  /** Another company's order does not exist. */
  #owned(owner: string, orderId: string): OrderRecord {
    const order = this.#books.find(orderId);
    if (order?.owner !== owner) throw Problem.notFound();
    return order;
  }

  /** Nobody is told what is not in the books yet. */
  #write(order: OrderRecord): void {
    const before = this.#books.find(order.id);
    this.#books.write(order);
    for (const event of eventsOf(before, order)) {
      for (const notification of notificationsOf(event, order.owner, this.#books.webhooks, this.#now()))
        this.#outbox.put(notification);
    }
  }

  #now(): number {
    return Math.floor(this.#clock.now() / 1000);
  }
}
