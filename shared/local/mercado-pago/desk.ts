import type { Clock } from '#shared/platform/clock.ts';
import type { Answer } from '../gateway/answer.ts';
import type { Outbox } from '../gateway/outbox.ts';
import { jsonAnswer, paymentAnswer, refundAnswer, userAnswer } from './answers.ts';
import type { Books } from './books.ts';
import { chargedBack, claimed, type DisputeStep } from './disputes.ts';
import { minorOf, type SiteCurrency } from './money.ts';
import { chargebackNotifications, type PaymentAction, paymentNotifications } from './notifications.ts';
import {
  awaitingCash,
  type Beginning,
  beginningOf,
  cancelled,
  hashOf,
  newId,
  newPayment,
  type PaymentRecord,
  refundable,
  type RefundRecord,
  type RefundSettlement,
  type RememberedRequest,
  type Settlement,
  settled,
  twinOf,
  withRefund,
  withRefundSettled,
} from './payments.ts';
import { Problem } from './problem.ts';
import {
  cancelRequest,
  cause,
  parsed,
  type PaymentRequest,
  paymentRequest,
  refundRequest,
  searchRequest,
} from './requests.ts';
import { found } from './search.ts';
import type { Seller } from './seller.ts';
import { isEverlasting, meaningOf } from './tokens.ts';

/** A body, as it came and as it reads, with the idempotency key it was sent under. */
export interface Sent {
  readonly text: string;
  readonly value: unknown;
  readonly key: string | undefined;
}

/** The one method here that is paid in cash, without a card. */
const CASH = 'oxxo';

/**
 * What Mercado Pago does with each request, apart from HTTP. Every method decides and writes without pausing, so that two
 * requests with one key or one token cannot both be the first. Each returns an answer of success or throws a `Problem`.
 */
export class Desk {
  readonly #books: Books;
  readonly #clock: Clock;
  readonly #currency: SiteCurrency;
  readonly #outbox: Outbox;

  constructor(books: Books, outbox: Outbox, clock: Clock, currency: SiteCurrency) {
    this.#books = books;
    this.#outbox = outbox;
    this.#clock = clock;
    this.#currency = currency;
  }

  /**
   * 201 for a new payment, a rejected one too; 200 with the original, as it is now, for a request that was seen before.
   *
   * @param twice the gateway's own mistake: the payment is made once more
   */
  createPayment(seller: Seller, sent: Sent, twice = false): Answer {
    const request = rememberedOf(sent);
    const original = this.#all(seller).find((payment) => isSameKey(payment.request, request));
    if (original) {
      refuseOtherBody(original.request, request);
      return jsonAnswer(200, paymentAnswer(original));
    }
    const payment = this.#newPayment(seller, parsed(paymentRequest, sent.value), request);
    this.#write(payment, 'payment.created');
    if (twice) this.#write(twinOf(payment, this.#books.unusedId()), 'payment.created');
    return jsonAnswer(201, paymentAnswer(payment));
  }

  getPayment(seller: Seller, id: number): Answer {
    return jsonAnswer(200, paymentAnswer(this.#owned(seller, id)));
  }

  /** @param lagMs how long the index takes to see a change */
  searchPayments(seller: Seller, query: URLSearchParams, lagMs = 0): Answer {
    const request = parsed(searchRequest, Object.fromEntries(query));
    const { limit, offset } = request;
    const indexedUntil = this.#clock.now() - lagMs;
    const indexed = this.#all(seller).filter((payment) => payment.updatedAt <= indexedUntil);
    const results = found(indexed, request);
    return jsonAnswer(200, {
      paging: { total: results.length, limit, offset },
      results: results.slice(offset, offset + limit).map(paymentAnswer),
    });
  }

  cancelPayment(seller: Seller, id: number, { value }: Sent): Answer {
    const payment = this.#owned(seller, id);
    parsed(cancelRequest, value);
    const closed = cancelled(payment, this.#clock.now());
    if (!closed) throw Problem.wrongState();
    this.#write(closed, 'payment.updated');
    return jsonAnswer(200, paymentAnswer(closed));
  }

  /** 201 for a new refund, a rejected one too; 200 with the original for a request that was seen before. */
  refund(seller: Seller, id: number, sent: Sent, status: RefundRecord['status'] = 'approved'): Answer {
    const payment = this.#owned(seller, id);
    const request = rememberedOf(sent);
    for (const other of this.#all(seller)) {
      const original = other.refunds.find((refund) => isSameKey(refund.request, request));
      if (!original) continue;
      if (other !== payment) throw Problem.keyAlreadyUsed();
      refuseOtherBody(original.request, request);
      return jsonAnswer(200, refundAnswer(payment, original));
    }
    const { amount: decimal } = parsed(refundRequest, sent.value);
    const left = refundable(payment);
    if (left === 0) throw Problem.wrongState();
    const amount = decimal === undefined ? left : minorOf(decimal, payment.currency);
    if (amount === undefined || amount > left) throw Problem.badRequest([cause(4040)]);
    const now = this.#clock.now();
    const refund: RefundRecord = { id: newId(), request, amount, status, createdAt: now };
    this.#write(withRefund(payment, refund, now), 'payment.updated');
    return jsonAnswer(201, refundAnswer(payment, refund));
  }

  listRefunds(seller: Seller, id: number): Answer {
    const payment = this.#owned(seller, id);
    return jsonAnswer(
      200,
      payment.refunds.map((refund) => refundAnswer(payment, refund)),
    );
  }

  getUser(seller: Seller): Answer {
    return jsonAnswer(200, userAnswer(seller, this.#currency));
  }

  /** Ends the wait of a payment, as the buyer or the bank would; or pays in cash what was cancelled before. */
  settle(id: number, outcome: Settlement): void {
    this.#change(id, (payment) => settled(payment, outcome, this.#clock.now()));
  }

  chargeBack(id: number, step: DisputeStep): void {
    const now = this.#clock.now();
    const payment = this.#change(id, (one) => chargedBack(one, step, now));
    for (const notification of chargebackNotifications(payment, now)) this.#outbox.put(notification);
  }

  claim(id: number, step: DisputeStep): void {
    this.#change(id, (payment) => claimed(payment, step, this.#clock.now()));
  }

  /** Ends the wait of a refund, as the bank would. */
  settleRefund(refundId: number, outcome: RefundSettlement): void {
    const payment = this.#books.all().find(({ refunds }) => refunds.some(({ id }) => id === refundId));
    if (!payment) throw Problem.paymentNotFound();
    this.#change(payment.id, () => withRefundSettled(payment, refundId, outcome, this.#clock.now()));
  }

  #newPayment(seller: Seller, body: PaymentRequest, request: RememberedRequest | null): PaymentRecord {
    const amount = minorOf(body.transaction_amount, this.#currency);
    if (amount === undefined) throw Problem.badRequest([cause(4037)]);
    const began = this.#beginning(body);
    return newPayment(
      this.#books.unusedId(),
      {
        ...seller,
        request,
        amount,
        tokenHash: body.token === undefined ? null : hashOf(body.token),
        currency: this.#currency,
        description: body.description ?? null,
        externalReference: body.external_reference ?? null,
        metadata: body.metadata ?? {},
        payerEmail: body.payer.email,
        paymentMethodId: body.payment_method_id,
        issuerId: body.issuer_id ?? null,
        installments: body.installments ?? 1,
        statementDescriptor: body.statement_descriptor ?? null,
        notificationUrl: body.notification_url ?? null,
        isBinary: body.binary_mode,
      },
      began,
      this.#clock.now(),
    );
  }

  #beginning(body: PaymentRequest): Beginning {
    const { token } = body;
    if (token === undefined) {
      if (body.payment_method_id === CASH) return awaitingCash;
      throw Problem.badRequest([cause(4000)]);
    }
    if (body.installments === undefined) throw Problem.badRequest([cause(4004)]);
    const meaning = meaningOf(token);
    if (!meaning) throw Problem.badRequest([{ code: 2006, description: 'Card Token not found' }]);
    if (!isEverlasting(token) && this.#books.isSpent(hashOf(token)))
      throw Problem.badRequest([{ code: 3003, description: 'Invalid card_token_id' }]);
    if (meaning.kind === 'expired') throw Problem.badRequest([{ code: 2062, description: 'Invalid card token' }]);
    return beginningOf(meaning, {
      isBinary: body.binary_mode,
      takesChallenges: body.three_d_secure_mode !== 'not_supported',
      capture: body.capture,
    });
  }

  #change(id: number, change: (payment: PaymentRecord) => PaymentRecord | undefined): PaymentRecord {
    const payment = this.#books.find(id);
    const next = payment && change(payment);
    if (!next) throw Problem.paymentNotFound();
    this.#write(next, 'payment.updated');
    return next;
  }

  /** Nobody is told what is not in the books yet. */
  #write(payment: PaymentRecord, action: PaymentAction): void {
    this.#books.write(payment);
    for (const notification of paymentNotifications(payment, action, this.#clock.now())) this.#outbox.put(notification);
  }

  #all({ owner }: Seller): PaymentRecord[] {
    return this.#books.all().filter((payment) => payment.owner === owner);
  }

  /** Another seller's payment does not exist. */
  #owned({ owner }: Seller, id: number): PaymentRecord {
    const payment = this.#books.find(id);
    if (payment?.owner !== owner) throw Problem.paymentNotFound();
    return payment;
  }
}

function rememberedOf({ key, text }: Sent): RememberedRequest | null {
  return key === undefined ? null : { keyHash: hashOf(key.toLowerCase()), bodyHash: hashOf(text) };
}

function isSameKey(one: RememberedRequest | null, other: RememberedRequest | null): boolean {
  return one !== null && one.keyHash === other?.keyHash;
}

function refuseOtherBody(one: RememberedRequest | null, other: RememberedRequest | null): void {
  if (one?.bodyHash !== other?.bodyHash) throw Problem.keyAlreadyUsed();
}
