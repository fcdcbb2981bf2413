/**
 * Asking the gateway how a purchase stands, and stepping it by the answer: what the sweep, a webhook, a buyer who polls and
 * the daily comparison all do. Each of them only says when to ask; nothing they bring along is believed.
 */
import type { KeptPayment, LookAnswer } from '../gateways/gateway.ts';
import type { Purchase } from '../store/purchases.ts';
import { disputeEvent } from './purchase.ts';
import type { PurchaseEvent } from './purchase-transitions.ts';
import { mayGiveUp } from './purchase-schedule.ts';
import { advanceRefund } from './refund.ts';
import { askGateway, type Asked } from './ask-gateway.ts';
import { backMinor } from './money-back.ts';
import { eventOf, settle, type Settled, type SettleParts } from './settle.ts';

/** A doubt this old needs a person: the key may have been revoked. */
const LONG_MS = 60 * 60_000;

/** `unknown`: the gateway did not tell, so somebody has to ask again. */
export type Reviewed = 'settled' | 'unknown';

/**
 * Asks once, whatever state the purchase is in. Safe to run twice at once: every write is conditional, asking changes nothing.
 *
 * @param named a payment of it that somebody named
 */
export async function reviewPurchase(purchase: Purchase, parts: SettleParts, named?: string): Promise<Reviewed> {
  switch (purchase.state) {
    case 'created':
      // No money was asked for yet.
      return 'settled';
    // Its handler may be waiting for the very same answer.
    case 'charging':
    case 'declined':
    case 'not_charged':
    case 'expired':
      return lookForApproval(purchase, parts, named);
    case 'in_doubt':
    case 'action_required':
    case 'awaiting_payment':
      return lookAt(purchase, parts, named);
    case 'paid':
    case 'refunding':
    case 'refund_pending':
    case 'refund_failed':
    case 'refunded':
    case 'disputed':
    case 'charged_back':
      return watchPayments(purchase, parts);
  }
}

/** Only an approval is news: what closed stays closed, and is looked at once more when its time comes. */
async function lookForApproval(purchase: Purchase, parts: SettleParts, named?: string): Promise<Reviewed> {
  const answer = await look(purchase, parts, named);
  if (answer.kind === 'unknown') return 'unknown';
  if (answer.kind === 'approved')
    await follow(await settle(purchase, eventOf(purchase, answer, parts.logger), parts), parts);
  return 'settled';
}

/** A purchase that waits for the end of its charge. */
export async function lookAt(purchase: Purchase, parts: SettleParts, named?: string): Promise<Reviewed> {
  let isKnown = true;
  const ask = async (current: Purchase): Promise<PurchaseEvent> => {
    const answer = await endOf(current, parts, named);
    isKnown = answer.kind !== 'unknown';
    return eventOf(current, answer, parts.logger);
  };
  await follow(await settle(purchase, await ask(purchase), parts, { refresh: ask }), parts);
  const openForMs = parts.clock.now() - purchase.createdAt;
  if (!isKnown && openForMs > LONG_MS)
    parts.logger.warn('gateway does not tell', { purchaseId: purchase.id, openForMs, alarm: 'doubt-open' });
  return isKnown ? 'settled' : 'unknown';
}

/** Of a closed order only an approval is news: it came all the same, and goes back (design 3, rules 5 and 9). */
export async function lookOnceMore(purchase: Purchase, parts: SettleParts): Promise<Reviewed> {
  if (purchase.orderRef === null) return 'settled';
  const answer = await look(purchase, parts);
  if (answer.kind === 'unknown') return 'unknown';
  const event: PurchaseEvent =
    answer.kind === 'approved' ? eventOf(purchase, answer, parts.logger) : { kind: 'looked' };
  await follow(await settle(purchase, event, parts), parts);
  return 'settled';
}

/**
 * What became of money that was kept: a second charge, refunds made by hand at the gateway, disputes. Each piece of news is
 * a step of its own, so that one that was missed is no obstacle to the next.
 */
export async function watchPayments(purchase: Purchase, parts: SettleParts): Promise<Reviewed> {
  const { orderRef } = purchase;
  if (orderRef === null) return 'settled';
  const { answer } = await askGateway(purchase, parts, (gateway, call) => gateway.paymentsOf(orderRef, call));
  if (answer.kind === 'unknown') return 'unknown';
  let current = purchase;
  for (const event of newsIn(purchase, answer.payments, parts)) {
    const settled = await settle(current, event, parts, { refresh: () => Promise.resolve(event) });
    await follow(settled, parts);
    current = (await parts.purchases.find(purchase.companyId, purchase.id)) ?? settled.purchase;
  }
  return 'settled';
}

function newsIn(purchase: Purchase, payments: readonly KeptPayment[], parts: SettleParts): readonly PurchaseEvent[] {
  const known = [purchase.paymentId, ...purchase.surplusPaymentIds];
  const isOfOurMode = ({ live }: KeptPayment) => purchase.live === null || live === purchase.live;
  if (!payments.every(isOfOurMode))
    parts.logger.warn('payment of another mode', { purchaseId: purchase.id, alarm: 'mode-mismatch' });
  const more = payments
    .filter(isOfOurMode)
    .filter(({ paymentId, dispute }) => !known.includes(paymentId) && dispute !== 'lost');
  const totalMinor = backMinor(purchase, payments);
  const own = payments.find(({ paymentId }) => paymentId === purchase.paymentId);
  const dispute = own && disputeEvent(purchase, own.dispute);
  return [
    ...more
      .map((payment) => eventOf(purchase, { kind: 'approved', approval: payment }, parts.logger))
      .filter(({ kind }) => kind === 'approved'),
    ...(dispute ? [dispute] : []),
    ...(totalMinor > purchase.refundedMinor ? [{ kind: 'refund-seen', totalMinor } as const] : []),
    // Nothing came of it: ask again another day.
    ...(purchase.state === 'disputed' && !dispute ? [{ kind: 'looked' } as const] : []),
  ];
}

/** Sends the router job of a step, and begins a refund that the step made due. */
async function follow({ purchase, job, moved }: Settled, parts: SettleParts): Promise<void> {
  if (job) await parts.jobs.send(job);
  if (moved && purchase.state === 'refunding' && purchase.disputedAt === null) await advanceRefund(purchase, parts);
}

async function look(purchase: Purchase, parts: SettleParts, named?: string): Promise<LookAnswer> {
  const { orderRef } = purchase;
  return orderRef === null ? { kind: 'closed' } : (await lookAtOrder(orderRef, purchase, parts, named)).answer;
}

const lookAtOrder = (
  orderRef: string,
  purchase: Purchase,
  parts: SettleParts,
  named?: string,
): Promise<Asked<LookAnswer>> => askGateway(purchase, parts, (gateway, call) => gateway.look(orderRef, call, named));

/**
 * What the gateway says of the order. When the time for it is over and there is still no charge, the order is cancelled and
 * read once more; only then is "no charge" an end. A refused cancel means that something is there: it keeps reading.
 */
async function endOf(purchase: Purchase, parts: SettleParts, named?: string): Promise<LookAnswer> {
  const { orderRef } = purchase;
  if (orderRef === null) return { kind: 'closed' };
  const { answer: seen, gateway, call } = await lookAtOrder(orderRef, purchase, parts, named);
  const unfinished = seen.kind === 'no-charge' || seen.kind === 'action-required' || seen.kind === 'awaiting-payment';
  if (!unfinished || !mayGiveUp(purchase, parts.clock.now())) return seen;
  if ((await gateway.cancel(orderRef, call())) !== 'cancelled') return { kind: 'unknown', cause: 'unreadable' };
  const last = await gateway.look(orderRef, call());
  return last.kind === 'no-charge' ? { kind: 'closed' } : last;
}
