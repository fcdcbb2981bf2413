/** Decisions about refunds: by the delivery deadline, by an admin of the company, and the ways out of a failed one. */
import { Refusal } from '../platform/refusal.ts';
import type { Purchase } from '../store/purchases.ts';
import { DELIVERY_DEADLINE, ownRefundedMinor } from './purchase.ts';
import type { PurchaseEvent } from './purchase-transitions.ts';
import { deliveryDueAt } from './purchase-schedule.ts';
import { advanceRefund } from './refund.ts';
import { settle, type SettleParts } from './settle.ts';

/**
 * The sweep came to a paid purchase: either the access was delivered in time, or the money goes back. Only what is
 * remembered of the delivery counts, never what the router shows now (design 3, rule 2).
 */
export async function checkDelivery(purchase: Purchase, parts: SettleParts): Promise<void> {
  const judge = (current: Purchase): PurchaseEvent => {
    const isLate = parts.clock.now() >= deliveryDueAt(current);
    return current.deliveredAt === null && current.keptBy === null && isLate
      ? { kind: 'refund-decided', totalMinor: current.amountMinor, by: DELIVERY_DEADLINE }
      : { kind: 'delivery-checked' };
  };
  const event = judge(purchase);
  if (event.kind === 'refund-decided')
    parts.logger.warn('not delivered in time', { purchaseId: purchase.id, alarm: 'refunded-undelivered' });
  await decide(purchase, event, parts, judge);
}

/**
 * An admin gives back the rest of a purchase, or a part of it. A part keeps the access; the whole takes it at once.
 *
 * @param amountMinor undefined for all that is left
 * @throws Refusal before anything is sent: not paid, already refunded, more than is left
 */
export async function refundByAdmin(
  purchase: Purchase,
  { amountMinor, by }: { readonly amountMinor: number | undefined; readonly by: string },
  parts: SettleParts,
): Promise<Purchase> {
  const judge = (current: Purchase): PurchaseEvent => {
    if (current.state === 'refunded') throw new Refusal('purchase-already-refunded');
    if (current.state !== 'paid') throw new Refusal('purchase-not-refundable');
    const backMinor = ownRefundedMinor(current);
    const leftMinor = current.amountMinor - backMinor;
    if (amountMinor !== undefined && amountMinor > leftMinor) throw new Refusal('refund-above-rest', { leftMinor });
    return { kind: 'refund-decided', totalMinor: backMinor + (amountMinor ?? leftMinor), by };
  };
  return decide(purchase, judge(purchase), parts, judge);
}

/** @throws Refusal unless the refund has failed, and while the payment is disputed */
export async function retryRefund(purchase: Purchase, parts: SettleParts): Promise<Purchase> {
  if (purchase.state !== 'refund_failed') throw new Refusal('refund-not-failed');
  if (purchase.disputedAt !== null) throw new Refusal('purchase-disputed');
  return advanceRefund(purchase, parts);
}

/** Since the money cannot go back, the buyer keeps, or gets again, what was paid for. @throws Refusal unless it has failed */
export async function deliverInstead(purchase: Purchase, by: string, parts: SettleParts): Promise<Purchase> {
  const judge = (current: Purchase): PurchaseEvent => {
    if (current.state !== 'refund_failed') throw new Refusal('refund-not-failed');
    if (current.disputedAt !== null) throw new Refusal('purchase-disputed');
    return { kind: 'kept', by };
  };
  return decide(purchase, judge(purchase), parts, judge);
}

async function decide(
  purchase: Purchase,
  event: PurchaseEvent,
  parts: SettleParts,
  judge: (current: Purchase) => PurchaseEvent,
): Promise<Purchase> {
  const decided = await settle(purchase, event, parts, { refresh: (current) => Promise.resolve(judge(current)) });
  // The router first: who has the money back must not stay online while the gateway takes its time.
  if (decided.job) await parts.jobs.send(decided.job);
  return decided.moved && decided.purchase.state === 'refunding'
    ? advanceRefund(decided.purchase, parts)
    : decided.purchase;
}
