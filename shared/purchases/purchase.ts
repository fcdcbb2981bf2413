/**
 * The money of a purchase: one pure step along the table of transitions. Nothing here does I/O; the store writes the result on
 * condition that state and version are still those the step was taken from (design 3).
 */
import type { Approval, Dispute } from '../gateways/gateway.ts';
import type { Purchase, PurchaseState } from '../store/purchases.ts';
import { dueAt } from './purchase-schedule.ts';
import { type EventKind, type PurchaseEvent, transitions } from './purchase-transitions.ts';

/** States in which a charge may still come: the buyer's open-purchase guards stand. */
export const openStates: ReadonlySet<PurchaseState> = new Set([
  'created',
  'charging',
  'in_doubt',
  'action_required',
  'awaiting_payment',
]);

/** Whether only the gateway can tell how it ends, and nobody is waiting for its answer. */
export const awaitsGateway = ({ state }: Purchase): boolean =>
  state === 'in_doubt' || state === 'action_required' || state === 'awaiting_payment';

/** States in which money is on its way back, in whole or in part. */
const refundStates: ReadonlySet<PurchaseState> = new Set(['refunding', 'refund_pending', 'refund_failed']);

/**
 * Whether the access is owed: the money is ours to keep, but for a part of it. A whole refund takes the access at once, and
 * a dispute does; one that is won gives the money, and the access only if time is left (design 3).
 */
export function grantsAccess(purchase: Purchase): boolean {
  if (purchase.withdrawnAt !== null) return false;
  if (purchase.state === 'paid') return true;
  return refundStates.has(purchase.state) && purchase.refundTargetMinor < purchase.amountMinor;
}

/** Where the clock on the wall counts it. Time online is not known any more once the access was taken. */
const isTimeLeft = ({ timeSold, timeFrom }: Purchase, now: number): boolean =>
  timeSold.clock === 'first-use' ||
  (timeSold.clock === 'purchase' && (timeFrom ?? 0) + (timeSold.seconds ?? 0) * 1000 > now);

/** Surplus payments go back whole; each has the amount of the purchase, or it would not have been taken for one. */
const surplusMinor = (purchase: Purchase): number => purchase.surplusPaymentIds.length * purchase.amountMinor;

/**
 * What has to be back in all. Conekta's refund names an order and no charge, so only the sum over all payments tells what is
 * missing (design 3, rule 3).
 */
export const owedBackMinor = (purchase: Purchase): number =>
  (purchase.chargedBackAt === null ? purchase.refundTargetMinor : 0) + surplusMinor(purchase);

/** How much of what the buyer meant to pay is back: surplus money was never theirs to lose. */
export const ownRefundedMinor = (purchase: Purchase): number =>
  Math.max(0, purchase.refundedMinor - surplusMinor(purchase));

export type Step =
  | { readonly kind: 'moved'; readonly purchase: Purchase }
  /** The event says what is already known, such as the same approval again. */
  | { readonly kind: 'unchanged' }
  /** The event has no place in this state. */
  | { readonly kind: 'refused' };

/**
 * Takes one step.
 *
 * @param now milliseconds; becomes the time of whatever the step records
 */
export function step(purchase: Purchase, event: PurchaseEvent, now: number): Step {
  if (event.kind === 'approved' && purchase.paymentId !== null) return secondApproval(purchase, event.approval, now);
  const row: Partial<Record<EventKind, PurchaseState>> = transitions[purchase.state];
  const next = row[event.kind];
  if (next === undefined) return { kind: 'refused' };
  const changed = apply(purchase, event, now);
  return moved(changed, endOf(next, changed, event), event, now);
}

function moved(changed: Purchase, state: PurchaseState, event: PurchaseEvent, now: number): Step {
  const after = { ...changed, state, version: changed.version + 1 };
  const openGuards = openStates.has(state) ? after.openGuards : [];
  return { kind: 'moved', purchase: { ...after, openGuards, dueAt: dueAt(after, event, now) } };
}

/** In which nobody comes back by himself: a second payment begins the way back. */
const settledStates: ReadonlySet<PurchaseState> = new Set(['paid', 'refunded', 'charged_back']);

/** Approvals are told apart by the gateway's payment id: the same again is no news, another is money to give back. */
function secondApproval(purchase: Purchase, approval: Approval, now: number): Step {
  const { paymentId } = approval;
  if (paymentId === purchase.paymentId || purchase.surplusPaymentIds.includes(paymentId)) return { kind: 'unchanged' };
  const changed = {
    ...purchase,
    surplusPaymentIds: [...purchase.surplusPaymentIds, paymentId],
    refundSince: purchase.refundSince ?? now,
  };
  const state = settledStates.has(purchase.state) ? 'refunding' : purchase.state;
  return moved(changed, state, { kind: 'approved', approval }, now);
}

function apply(purchase: Purchase, event: PurchaseEvent, now: number): Purchase {
  switch (event.kind) {
    case 'charge-sent':
      return { ...purchase, orderRef: event.orderRef, chargingAt: now };
    case 'order-failed':
      // No card was involved: a refusal before any charge consumes nothing, so the same request may be tried again.
      return {
        ...purchase,
        ...(typeof event.failure === 'string' ? { orderFailure: event.failure } : { refusal: event.failure }),
        idempotencyHash: null,
      };
    case 'router-refused':
      return { ...purchase, routerRefusal: event.cause, idempotencyHash: null };
    case 'approved': {
      const unwanted = comesTooLate(purchase, now);
      return {
        ...purchase,
        paymentId: event.approval.paymentId,
        live: event.approval.live,
        paidWith: event.approval.paidWith ?? null,
        paidAt: now,
        timeFrom: now,
        deliverBy: (waitedForBuyer(purchase) ? now : purchase.createdAt) + purchase.deliverWithinMs,
        refundTargetMinor: unwanted ? event.approval.amount.minor : 0,
        refundDecidedBy: unwanted ? LATE_APPROVAL : null,
        refundSince: unwanted ? now : null,
      };
    }
    case 'declined':
      return { ...purchase, refusal: event.refusal };
    case 'answer-lost':
      return { ...purchase, waitingSince: now, looks: 0 };
    case 'action-required':
      return {
        ...purchase,
        nextActionUrl: event.action.url,
        nextActionCreq: event.action.creq,
        ...waiting(purchase, 'action_required', now),
      };
    case 'awaiting-payment':
      return { ...purchase, ...waiting(purchase, 'awaiting_payment', now) };
    case 'looked':
      return purchase.state === 'disputed' ? purchase : { ...purchase, looks: purchase.looks + 1 };
    case 'refund-decided':
      return {
        ...purchase,
        refundTargetMinor: Math.max(purchase.refundTargetMinor, event.totalMinor),
        refundDecidedBy: event.by,
        refundSince: now,
        refundFailedSince: null,
      };
    case 'refund-sent': {
      const { paymentId, amountMinor } = event;
      // The number moves only after an attempt came to its end: one that is sent again is the same one (rule 3).
      const number = purchase.refundAttempt?.number ?? purchase.refundAttempts + 1;
      return { ...purchase, refundAttempts: number, refundAttempt: { number, paymentId, amountMinor, sentAt: now } };
    }
    case 'refund-seen': {
      const isNews = event.totalMinor > purchase.refundedMinor;
      return {
        ...purchase,
        refundedMinor: Math.max(purchase.refundedMinor, event.totalMinor),
        refundAttempt: isNews ? null : purchase.refundAttempt,
      };
    }
    case 'refund-pending':
      return { ...purchase, refundAttempt: null };
    case 'refund-refused':
      return { ...purchase, refundAttempt: null, refundFailedSince: purchase.refundFailedSince ?? now };
    case 'kept':
      return {
        ...purchase,
        keptBy: event.by,
        // Who lost the access with the refund gets the whole time again.
        timeFrom: grantsAccess(purchase) ? purchase.timeFrom : now,
        refundTargetMinor: ownRefundedMinor(purchase),
        refundFailedSince: null,
        withdrawnAt: null,
      };
    case 'abandoned':
      return { ...purchase, idempotencyHash: null };
    case 'dispute-opened':
      return { ...purchase, disputedAt: purchase.disputedAt ?? now, withdrawnAt: purchase.withdrawnAt ?? now };
    case 'dispute-won':
      return { ...purchase, disputedAt: null, withdrawnAt: isTimeLeft(purchase, now) ? null : purchase.withdrawnAt };
    case 'dispute-lost':
      return {
        ...purchase,
        disputedAt: null,
        withdrawnAt: purchase.withdrawnAt ?? now,
        chargedBackAt: now,
        refundFailedSince: null,
      };
    case 'closed-without-charge':
    case 'delivery-checked':
    case 'refund-looked':
    case 'unanswered':
    case 'refund-retried':
      return purchase;
  }
}

/** Then the time that was lost was theirs. */
const waitedForBuyer = ({ state }: Purchase): boolean => state === 'action_required' || state === 'awaiting_payment';

/** Who decided a refund that nobody asked for. */
export const LATE_APPROVAL = 'late-approval';
export const DELIVERY_DEADLINE = 'delivery-deadline';

/** Of a closed purchase always; of one in doubt when the buyer has long gone (design 3, "Late approval"). */
function comesTooLate(purchase: Purchase, now: number): boolean {
  if (!openStates.has(purchase.state)) return true;
  return purchase.state === 'in_doubt' && now - purchase.createdAt > purchase.deliverWithinMs;
}

const waiting = (purchase: Purchase, state: PurchaseState, now: number) =>
  purchase.state === state ? {} : { waitingSince: now, looks: 0 };

/** Ends that depend on more than state and event: an order that failed for no named reason, and amounts given back. */
function endOf(next: PurchaseState, purchase: Purchase, event: PurchaseEvent): PurchaseState {
  if (event.kind === 'order-failed' && purchase.refusal === null) return 'not_charged';
  if (event.kind === 'approved' && purchase.refundTargetMinor > 0) return 'refunding';
  if (event.kind === 'dispute-lost') return afterDispute(purchase);
  if (event.kind === 'dispute-won' && next === 'paid') return afterDispute(purchase);
  // The buyer keeps the access, and a second payment still goes back.
  if (event.kind === 'kept' && purchase.refundedMinor < owedBackMinor(purchase)) return 'refunding';
  if (event.kind !== 'refund-seen' || next === 'disputed') return next;
  // The operator may have given it back by hand at the gateway: then more is back than was decided here.
  return purchase.refundedMinor < owedBackMinor(purchase) ? next : settledEnd(purchase);
}

/** What happened to the money while the dispute was open. */
function afterDispute(purchase: Purchase): PurchaseState {
  return purchase.refundedMinor < owedBackMinor(purchase) ? 'refunding' : settledEnd(purchase);
}

/** All that was owed is back. */
function settledEnd(purchase: Purchase): PurchaseState {
  if (purchase.chargedBackAt !== null) return 'charged_back';
  return ownRefundedMinor(purchase) >= purchase.amountMinor ? 'refunded' : 'paid';
}

/**
 * What the gateway's word on the purchase's own payment is to a purchase that knows of a dispute, or of none.
 *
 * @returns undefined when it is no news
 */
export function disputeEvent(purchase: Purchase, dispute: Dispute | null): PurchaseEvent | undefined {
  const isKnown = purchase.disputedAt !== null;
  switch (dispute) {
    case 'open':
      return isKnown ? undefined : { kind: 'dispute-opened' };
    // A claim that was settled leaves no trace at Mercado Pago but that the payment is approved again.
    case null:
    case 'won':
      return isKnown ? { kind: 'dispute-won' } : undefined;
    case 'lost':
      return purchase.chargedBackAt === null ? { kind: 'dispute-lost' } : undefined;
  }
}
