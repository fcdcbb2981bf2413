/**
 * Giving money back: at most once, although Conekta's refund has no idempotency key (payments A.6, design 3 rule 3). What
 * the gateway says was given back is the truth; an attempt is written before it is sent, and one whose answer was lost is
 * only read for two minutes, by anyone, before the difference may be sent again.
 */
import type { KeptPayment } from '../gateways/gateway.ts';
import { uuidOf } from '../platform/ids.ts';
import type { Purchase } from '../store/purchases.ts';
import { disputeEvent } from './purchase.ts';
import type { PurchaseEvent } from './purchase-transitions.ts';
import { REFUND_READ_ONLY_MS } from './purchase-schedule.ts';
import { askGateway } from './ask-gateway.ts';
import { backMinor, missingMinor, underWayMinor } from './money-back.ts';
import { tellOfRefusedKey } from './refused-key.ts';
import { settle, type Settled, type SettleParts } from './settle.ts';

/** The gateway says nothing of it for this long: a person is asked, and it is tried again each day. */
const SILENT_MS = 24 * 60 * 60_000;

/** One step on the way back: reads, sends at most one refund, reads again. The sweep comes back while anything is owed. */
export async function advanceRefund(purchase: Purchase, parts: SettleParts): Promise<Purchase> {
  const { orderRef } = purchase;
  if (orderRef === null) throw new Error('A refund is owed for a purchase without an order');
  const retried =
    purchase.state === 'refund_failed' ? await move(purchase, { kind: 'refund-retried' }, parts) : undefined;
  const seen = await readBack(retried?.purchase ?? purchase, orderRef, parts);
  if (!seen.payments || !isOwed(seen.purchase)) return seen.purchase;
  const { gateway, call } = seen.asked;
  const own = seen.payments.find(({ paymentId }) => paymentId === purchase.paymentId);
  const dispute = own && disputeEvent(seen.purchase, own.dispute);
  if (dispute) {
    const disputed = await move(seen.purchase, dispute, parts);
    if (disputed.job) await parts.jobs.send(disputed.job);
    return disputed.purchase;
  }

  const missing = nextRefund(seen.purchase, seen.payments);
  if (!missing) return waitForGateway(seen.purchase, seen.payments, parts);
  // A refund that was pending and is gone without money back was refused by the bank.
  if (seen.purchase.state === 'refund_pending') return fail(seen.purchase, parts);
  const { refundAttempt } = seen.purchase;
  if (refundAttempt && parts.clock.now() < refundAttempt.sentAt + REFUND_READ_ONLY_MS) return seen.purchase;

  const sent = await move(seen.purchase, { kind: 'refund-sent', ...missing }, parts);
  const attempt = sent.purchase.refundAttempt;
  // Somebody else was faster, and sends.
  if (!sent.moved || !attempt) return sent.purchase;
  const attemptKey = uuidOf(`refund ${purchase.id} ${attempt.number}`);
  const answer = await gateway.refund({ orderRef, ...missing, currency: purchase.currency, attemptKey }, call());
  parts.logger.info('refund sent', { purchaseId: purchase.id, attempt: attempt.number, answer: answer.kind });
  switch (answer.kind) {
    case 'accepted':
      return (await readBack(sent.purchase, orderRef, parts)).purchase;
    case 'pending':
      return (await move(sent.purchase, { kind: 'refund-pending' }, parts)).purchase;
    case 'refused': {
      // The operator may have given it back by hand, which is a good reason to refuse it now.
      const last = await readBack(sent.purchase, orderRef, parts);
      if (!last.payments || !isOwed(last.purchase) || !nextRefund(last.purchase, last.payments)) return last.purchase;
      parts.logger.warn('refund refused', { purchaseId: purchase.id, alarm: 'refund-failed' });
      return fail(last.purchase, parts);
    }
    case 'unknown':
      if (answer.cause === 'key-refused') await tellOfRefusedKey(sent.purchase, parts);
      return sent.purchase;
  }
}

const isOwed = ({ state }: Purchase): boolean => state === 'refunding' || state === 'refund_pending';

/** A move of the refund that changes no access. Whoever loses a race leaves the rest to the winner. */
const move = (purchase: Purchase, event: PurchaseEvent, parts: SettleParts): Promise<Settled> =>
  settle(purchase, event, parts);

/** Asks the gateway how much is back and writes it down. Without an answer nothing is concluded. */
async function readBack(purchase: Purchase, orderRef: string, parts: SettleParts) {
  const asked = await askGateway(purchase, parts, (gateway, call) => gateway.paymentsOf(orderRef, call));
  const { answer } = asked;
  if (answer.kind === 'unknown') return { asked, purchase: await waitForAnswer(purchase, parts), payments: undefined };
  const event: PurchaseEvent = { kind: 'refund-seen', totalMinor: backMinor(purchase, answer.payments) };
  const seen = await settle(purchase, event, parts);
  if (seen.job) await parts.jobs.send(seen.job);
  return { asked, purchase: seen.purchase, payments: seen.moved ? answer.payments : undefined };
}

async function waitForAnswer(purchase: Purchase, parts: SettleParts): Promise<Purchase> {
  const silentForMs = parts.clock.now() - (purchase.refundSince ?? parts.clock.now());
  if (silentForMs < SILENT_MS) return (await move(purchase, { kind: 'refund-looked' }, parts)).purchase;
  parts.logger.warn('gateway does not tell of a refund', { purchaseId: purchase.id, alarm: 'refund-failed' });
  return fail(purchase, parts);
}

/** It is tried again each day, and at the end of those days a person has to be told that it is not any more. */
async function fail(purchase: Purchase, parts: SettleParts): Promise<Purchase> {
  const { purchase: failed, moved } = await move(purchase, { kind: 'refund-refused' }, parts);
  if (moved && failed.state === 'refund_failed' && failed.dueAt === null)
    parts.logger.warn('refund not tried any more', { purchaseId: failed.id, alarm: 'refund-given-up' });
  return failed;
}

/**
 * What is missing in all, less what is under way, to be taken from one payment: a surplus one first, for gateways that can
 * name a payment.
 */
function nextRefund(purchase: Purchase, payments: readonly KeptPayment[]) {
  const wantedMinor = missingMinor(purchase, payments);
  const isOurs = ({ paymentId }: KeptPayment) => paymentId === purchase.paymentId;
  const left = payments.toSorted((a, b) => Number(isOurs(a)) - Number(isOurs(b)));
  for (const { paymentId, amount, refundedMinor, pendingMinor, dispute } of left) {
    // What the bank holds or has taken is not ours to give.
    if (dispute === 'open' || dispute === 'lost') continue;
    const fromThis = Math.min(wantedMinor, amount.minor - refundedMinor - pendingMinor);
    if (fromThis > 0) return { paymentId, amountMinor: fromThis };
  }
  return undefined;
}

/** Nothing is left to send, and not all is back: the gateway works on it, or does not show the payment at all. */
async function waitForGateway(
  purchase: Purchase,
  payments: readonly KeptPayment[],
  parts: SettleParts,
): Promise<Purchase> {
  if (purchase.state === 'refund_pending') return purchase;
  if (underWayMinor(purchase, payments) > 0) return (await move(purchase, { kind: 'refund-pending' }, parts)).purchase;
  parts.logger.warn('payment to refund is not on the order', { purchaseId: purchase.id, alarm: 'refund-stuck' });
  return (await move(purchase, { kind: 'refund-looked' }, parts)).purchase;
}
