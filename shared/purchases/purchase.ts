/**
 * The money of a purchase: one table of what may follow what, and one pure step. Nothing here does I/O; the store writes
 * the result on condition that state and version are still those the step was taken from (design 3).
 */
import type { Approval, Refusal, UnknownCause } from '../gateways/gateway.ts';
import type { Purchase, PurchaseState } from '../store/purchases.ts';

export type PurchaseEvent =
  /** The gateway's order exists and the charge is about to be sent. */
  | { readonly kind: 'charge-sent'; readonly orderRef: string }
  /** The order could not be made for sure, or its answer was lost before any card was involved. */
  | { readonly kind: 'order-failed'; readonly failure: Refusal | UnknownCause }
  | { readonly kind: 'approved'; readonly approval: Approval }
  | { readonly kind: 'declined'; readonly refusal: Refusal }
  | { readonly kind: 'answer-lost' }
  /** Looked again, nothing settled. */
  | { readonly kind: 'looked' }
  | { readonly kind: 'action-required'; readonly url: string }
  | { readonly kind: 'awaiting-payment' }
  /** The gateway closed the order, or we cancelled it and read it once more: no charge on it can come. */
  | { readonly kind: 'closed-without-charge' }
  /** Created, and then nobody went on with it. */
  | { readonly kind: 'abandoned' }
  | { readonly kind: 'refund-decided'; readonly totalMinor: number }
  | { readonly kind: 'refund-accepted' }
  | { readonly kind: 'refund-seen'; readonly totalMinor: number }
  | { readonly kind: 'refund-refused' }
  | { readonly kind: 'kept'; readonly by: string }
  | { readonly kind: 'dispute-opened' }
  | { readonly kind: 'dispute-won' }
  | { readonly kind: 'dispute-lost' };

type EventKind = PurchaseEvent['kind'];

/** Every transition there is. A pair that is not here is refused and changes nothing. */
export const transitions = {
  created: {
    'charge-sent': 'charging',
    'order-failed': 'declined',
    abandoned: 'expired',
  },
  charging: {
    approved: 'paid',
    declined: 'declined',
    'answer-lost': 'in_doubt',
    'action-required': 'action_required',
    'awaiting-payment': 'awaiting_payment',
  },
  in_doubt: {
    approved: 'paid',
    declined: 'declined',
    looked: 'in_doubt',
    'action-required': 'action_required',
    'awaiting-payment': 'awaiting_payment',
    'closed-without-charge': 'not_charged',
  },
  action_required: {
    approved: 'paid',
    declined: 'declined',
    looked: 'action_required',
    'awaiting-payment': 'awaiting_payment',
    'closed-without-charge': 'expired',
  },
  awaiting_payment: {
    approved: 'paid',
    declined: 'declined',
    looked: 'awaiting_payment',
    'action-required': 'action_required',
    'closed-without-charge': 'expired',
  },
  paid: {
    'refund-decided': 'refunding',
    'refund-seen': 'paid',
    'dispute-opened': 'disputed',
  },
  // Closed: the buyer was told that no charge was made, so a late approval is given back, always.
  declined: { approved: 'refunding' },
  not_charged: { approved: 'refunding' },
  expired: { approved: 'refunding' },
  refunding: {
    'refund-decided': 'refunding',
    'refund-accepted': 'refund_pending',
    'refund-seen': 'refunding',
    'refund-refused': 'refund_failed',
    'dispute-opened': 'refunding',
    'dispute-won': 'refunding',
    'dispute-lost': 'charged_back',
  },
  refund_pending: {
    'refund-decided': 'refunding',
    'refund-seen': 'refund_pending',
    'refund-refused': 'refund_failed',
    'dispute-opened': 'refund_pending',
    'dispute-won': 'refunding',
    'dispute-lost': 'charged_back',
  },
  refund_failed: {
    'refund-decided': 'refunding',
    'refund-seen': 'refund_failed',
    kept: 'paid',
    'dispute-opened': 'refund_failed',
    'dispute-won': 'refunding',
    'dispute-lost': 'charged_back',
  },
  refunded: {},
  disputed: {
    'dispute-won': 'paid',
    'dispute-lost': 'charged_back',
    'refund-seen': 'disputed',
  },
  charged_back: {},
} as const satisfies Record<PurchaseState, Partial<Record<EventKind, PurchaseState>>>;

/** States in which a charge may still come: the buyer's open-purchase guards stand. */
export const openStates: ReadonlySet<PurchaseState> = new Set([
  'created',
  'charging',
  'in_doubt',
  'action_required',
  'awaiting_payment',
]);

/** States in which the money is ours to keep and the access is owed. */
export const grantsAccess = (state: PurchaseState): boolean => state === 'paid';

export type Step =
  | { readonly kind: 'moved'; readonly purchase: Purchase }
  /** The event says what is already known, such as the same approval again. */
  | { readonly kind: 'unchanged' }
  /** The event has no place in this state. */
  | { readonly kind: 'refused' };

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A handler gives charging 14 s and everything 25 s: what still stands like this later has nobody working on it. */
const CREATED_STALE_MS = 60 * SECOND;
const CHARGING_STALE_MS = 20 * SECOND;
/** Looks after the answer was lost: at once, at 30 s, at 2 min; then cancel and look once more (design 3, "Doubt"). */
export const doubtLooksAtMs = [0, 30 * SECOND, 2 * MINUTE] as const;
/** A refused cancel keeps reading, this often. */
const LOOK_AGAIN_MS = MINUTE;
/** How long a buyer has for the bank's 3DS page before the order is cancelled. */
export const ACTION_TIME_MS = 15 * MINUTE;

/**
 * Takes one step.
 *
 * @param now milliseconds; becomes the time of whatever the step records
 */
export function step(purchase: Purchase, event: PurchaseEvent, now: number): Step {
  if (event.kind === 'approved' && purchase.paymentId !== null) return secondApproval(purchase, event.approval);
  const row: Partial<Record<EventKind, PurchaseState>> = transitions[purchase.state];
  const next = row[event.kind];
  if (next === undefined) return { kind: 'refused' };
  const changed = apply(purchase, event, now);
  const state = settle(next, changed);
  const purchaseAfter = { ...changed, state, version: purchase.version + 1 };
  return {
    kind: 'moved',
    purchase: {
      ...purchaseAfter,
      openGuards: openStates.has(state) ? purchase.openGuards : [],
      dueAt: dueAt(purchaseAfter, now),
    },
  };
}

/** Approvals are told apart by the gateway's payment id: the same again is no news, another is money to give back. */
function secondApproval(purchase: Purchase, approval: Approval): Step {
  const { paymentId } = approval;
  if (paymentId === purchase.paymentId || purchase.surplusPaymentIds.includes(paymentId)) return { kind: 'unchanged' };
  return {
    kind: 'moved',
    purchase: {
      ...purchase,
      version: purchase.version + 1,
      surplusPaymentIds: [...purchase.surplusPaymentIds, paymentId],
      refundTargetMinor: purchase.refundTargetMinor + approval.amount.minor,
    },
  };
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
    case 'approved':
      return {
        ...purchase,
        paymentId: event.approval.paymentId,
        live: event.approval.live,
        paidAt: now,
        refundTargetMinor: openStates.has(purchase.state) ? 0 : event.approval.amount.minor,
      };
    case 'declined':
      return { ...purchase, refusal: event.refusal };
    case 'answer-lost':
      return { ...purchase, waitingSince: now, looks: 0 };
    case 'action-required':
      return { ...purchase, nextActionUrl: event.url, ...waiting(purchase, 'action_required', now) };
    case 'awaiting-payment':
      return { ...purchase, ...waiting(purchase, 'awaiting_payment', now) };
    case 'looked':
      return { ...purchase, looks: purchase.looks + 1 };
    case 'refund-decided':
      return { ...purchase, refundTargetMinor: Math.max(purchase.refundTargetMinor, event.totalMinor) };
    case 'refund-seen':
      return { ...purchase, refundedMinor: Math.max(purchase.refundedMinor, event.totalMinor) };
    case 'kept':
      return { ...purchase, keptBy: event.by, refundTargetMinor: purchase.refundedMinor };
    case 'abandoned':
      return { ...purchase, idempotencyHash: null };
    case 'closed-without-charge':
    case 'refund-accepted':
    case 'refund-refused':
    case 'dispute-opened':
    case 'dispute-won':
    case 'dispute-lost':
      return purchase;
  }
}

const waiting = (purchase: Purchase, state: PurchaseState, now: number) =>
  purchase.state === state ? {} : { waitingSince: now, looks: 0 };

/** Two ends depend on amounts: an order that failed for no named reason, and a refund that reached its total. */
function settle(next: PurchaseState, purchase: Purchase): PurchaseState {
  if (next === 'declined' && purchase.refusal === null) return 'not_charged';
  const refundIsWhole = purchase.refundedMinor >= purchase.amountMinor;
  const refundStates: readonly PurchaseState[] = ['paid', 'refunding', 'refund_pending', 'refund_failed'];
  if (purchase.refundedMinor > 0 && refundIsWhole && refundStates.includes(next)) return 'refunded';
  const targetReached = purchase.refundTargetMinor > 0 && purchase.refundedMinor >= purchase.refundTargetMinor;
  return targetReached && (next === 'refunding' || next === 'refund_pending') ? 'paid' : next;
}

/** When the sweep has to come back to this purchase, or null. Access has its own due time. */
function dueAt(purchase: Purchase, now: number): number | null {
  const since = purchase.waitingSince ?? now;
  switch (purchase.state) {
    case 'created':
      return purchase.createdAt + CREATED_STALE_MS;
    case 'charging':
      return (purchase.chargingAt ?? now) + CHARGING_STALE_MS;
    case 'in_doubt': {
      const next = doubtLooksAtMs[purchase.looks];
      return next === undefined ? now + LOOK_AGAIN_MS : since + next;
    }
    case 'action_required':
    case 'awaiting_payment':
      return now + LOOK_AGAIN_MS;
    case 'refunding':
    case 'refund_pending':
    case 'refund_failed':
      return now;
    case 'paid':
    case 'declined':
    case 'not_charged':
    case 'expired':
    case 'refunded':
    case 'disputed':
    case 'charged_back':
      return null;
  }
}

/** Whether all planned looks are over, so that the order may be cancelled to end the doubt. */
export function mayGiveUp(purchase: Purchase, now: number): boolean {
  const waitedMs = now - (purchase.waitingSince ?? now);
  // Sweeps that meet look twice as often: the time must be over as well.
  if (purchase.state === 'in_doubt')
    return purchase.looks >= doubtLooksAtMs.length && waitedMs >= Math.max(...doubtLooksAtMs);
  return waitedMs >= ACTION_TIME_MS;
}
