/**
 * The money of a purchase: one table of what may follow what, and one pure step. Nothing here does I/O; the store writes
 * the result on condition that state and version are still those the step was taken from (design 3).
 */
import type { Approval, Dispute, GatewayName, NextAction, Refusal, UnknownCause } from '../gateways/gateway.ts';
import type { Purchase, PurchaseState, RouterRefusal } from '../store/purchases.ts';

export type PurchaseEvent =
  /** The gateway's order exists and the charge is about to be sent. */
  | { readonly kind: 'charge-sent'; readonly orderRef: string }
  /** The order could not be made for sure, or its answer was lost before any card was involved. */
  | { readonly kind: 'order-failed'; readonly failure: Refusal | UnknownCause }
  /** The pre-flight found that the router cannot be sold on now; the gateway was not asked for anything. */
  | { readonly kind: 'router-refused'; readonly cause: RouterRefusal }
  | { readonly kind: 'approved'; readonly approval: Approval }
  | { readonly kind: 'declined'; readonly refusal: Refusal }
  | { readonly kind: 'answer-lost' }
  /** Looked again, nothing settled. */
  | { readonly kind: 'looked' }
  | { readonly kind: 'action-required'; readonly action: NextAction }
  | { readonly kind: 'awaiting-payment' }
  /** The gateway closed the order, or we cancelled it and read it once more: no charge on it can come. */
  | { readonly kind: 'closed-without-charge' }
  /** Created, and then nobody went on with it. */
  | { readonly kind: 'abandoned' }
  /** The sweep came at the delivery deadline and found the access delivered. */
  | { readonly kind: 'delivery-checked' }
  /** `totalMinor`: of this purchase's own payment, earlier refunds included. */
  | { readonly kind: 'refund-decided'; readonly totalMinor: number; readonly by: string }
  /** An attempt is about to be sent: from now on it may take effect at any moment. */
  | { readonly kind: 'refund-sent'; readonly paymentId: string; readonly amountMinor: number }
  /** The gateway works on it. */
  | { readonly kind: 'refund-pending' }
  /** What the gateway says was given back, of all payments of the purchase together. */
  | { readonly kind: 'refund-seen'; readonly totalMinor: number }
  /** Looked, and learnt nothing. */
  | { readonly kind: 'refund-looked' }
  /** Asked once more about what was settled, and the gateway did not tell. */
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'refund-refused' }
  | { readonly kind: 'refund-retried' }
  /** A person decided that the buyer keeps the access, since the refund cannot be made. */
  | { readonly kind: 'kept'; readonly by: string }
  /** The buyer's bank is taking the payment back: the access goes at once, the money is decided later. */
  | { readonly kind: 'dispute-opened' }
  | { readonly kind: 'dispute-won' }
  | { readonly kind: 'dispute-lost' };

type EventKind = PurchaseEvent['kind'];

/** Every transition there is. A pair that is not here is refused and changes nothing. */
export const transitions = {
  created: {
    'charge-sent': 'charging',
    'order-failed': 'declined',
    'router-refused': 'not_charged',
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
    'delivery-checked': 'paid',
    'refund-decided': 'refunding',
    'refund-seen': 'paid',
    unanswered: 'paid',
    'dispute-opened': 'disputed',
    'dispute-lost': 'charged_back',
  },
  // Closed: the buyer was told that no charge was made, so a late approval is given back, always.
  declined: { approved: 'refunding' },
  not_charged: { approved: 'refunding', looked: 'not_charged', unanswered: 'not_charged' },
  expired: { approved: 'refunding', looked: 'expired', unanswered: 'expired' },
  refunding: {
    'refund-decided': 'refunding',
    'refund-sent': 'refunding',
    'refund-pending': 'refund_pending',
    'refund-seen': 'refunding',
    'refund-looked': 'refunding',
    unanswered: 'refunding',
    'refund-refused': 'refund_failed',
    'dispute-opened': 'refunding',
    'dispute-won': 'refunding',
    'dispute-lost': 'charged_back',
  },
  refund_pending: {
    'refund-decided': 'refunding',
    'refund-sent': 'refunding',
    'refund-seen': 'refund_pending',
    'refund-looked': 'refund_pending',
    unanswered: 'refund_pending',
    'refund-refused': 'refund_failed',
    'dispute-opened': 'refund_pending',
    'dispute-won': 'refunding',
    'dispute-lost': 'charged_back',
  },
  refund_failed: {
    'refund-decided': 'refunding',
    'refund-retried': 'refunding',
    'refund-seen': 'refund_failed',
    unanswered: 'refund_failed',
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
    looked: 'disputed',
    unanswered: 'disputed',
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

/** Whether only the gateway can tell how it ends, and nobody is waiting for its answer. */
export const awaitsGateway = ({ state }: Purchase): boolean =>
  state === 'in_doubt' || state === 'action_required' || state === 'awaiting_payment';

/** States in which money is on its way back, in whole or in part. */
const refundStates: ReadonlySet<PurchaseState> = new Set(['refunding', 'refund_pending', 'refund_failed']);

/**
 * Whether the access is owed: the money is ours to keep, but for a part of it. A whole refund takes the access at once, and
 * a dispute does; one that is won gives the money, not the access (design 3).
 */
export function grantsAccess(purchase: Purchase): boolean {
  if (purchase.withdrawnAt !== null) return false;
  if (purchase.state === 'paid') return true;
  return refundStates.has(purchase.state) && purchase.refundTargetMinor < purchase.amountMinor;
}

/** Surplus payments go back whole; each has the amount of the purchase, or it would not have been taken for one. */
const surplusMinor = (purchase: Purchase): number => purchase.surplusPaymentIds.length * purchase.amountMinor;

/**
 * What has to be back in all. Conekta's refund names an order and no charge, so only the sum over all payments tells what is
 * missing (design 3, rule 3).
 */
export const owedBackMinor = (purchase: Purchase): number => purchase.refundTargetMinor + surplusMinor(purchase);

/** How much of what the buyer meant to pay is back: surplus money was never theirs to lose. */
export const ownRefundedMinor = (purchase: Purchase): number =>
  Math.max(0, purchase.refundedMinor - surplusMinor(purchase));

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
const hours = (count: number): number[] => Array.from({ length: count }, (_, index) => (index + 1) * 60 * MINUTE);
/**
 * Looks after the answer was lost; then cancel and look once more (design 3, "Doubt"). Conekta's order is read by its id.
 * Mercado Pago's payment is searched for, and its index lags: finding nothing proves nothing for a day (payments C.4, R4).
 * Two of its looks come while a sale that was found can still be delivered in time.
 */
export const doubtLooksAtMs: Readonly<Record<GatewayName, readonly number[]>> = {
  conekta: [0, 30 * SECOND, 2 * MINUTE],
  'mercado-pago': [5 * SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE, 9 * MINUTE, 30 * MINUTE, ...hours(24)],
};
/** Nothing is given up on fewer, however long ago it began: sweeps may have been down. */
const LEAST_LOOKS = 3;
/** A refused cancel keeps reading, and a gateway that refuses our key is asked on: this often, and ever more seldom. */
const LOOK_AGAIN_MS = MINUTE;
const LOOK_AGAIN_LATE_MS = 60 * MINUTE;
const GIVE_UP_ASKING_MS = 30 * 24 * 60 * MINUTE;
/** Closed orders are read once more, for an approval that came all the same (design 3, rule 9). */
const CLOSED_LOOK_MS = 24 * 60 * MINUTE;
/**
 * Not delivered this long after the request, or after the buyer came back from the bank's page: the money goes back by
 * itself (design 3, step 8).
 */
export const DELIVERY_DEADLINE_MS = 10 * MINUTE;
/** An attempt whose answer was lost is only read for this long; before, a late effect would make a second one (rule 3). */
export const REFUND_READ_ONLY_MS = 2 * MINUTE;
const REFUND_LOOK_MS = 30 * SECOND;
const REFUND_PENDING_LOOK_MS = 5 * MINUTE;
/** A refused refund is tried again each day, for thirty days. */
const REFUND_RETRY_MS = 24 * 60 * MINUTE;
const REFUND_GIVE_UP_MS = 30 * REFUND_RETRY_MS;
/** How long a buyer has for the bank's 3DS page before the order is cancelled. */
export const ACTION_TIME_MS = 15 * MINUTE;
/** Banks take weeks over a dispute, and the gateway tells of its end; this finds one whose notice was lost. */
const DISPUTE_LOOK_MS = 24 * 60 * MINUTE;

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

/** Approvals are told apart by the gateway's payment id: the same again is no news, another is money to give back. */
function secondApproval(purchase: Purchase, approval: Approval, now: number): Step {
  const { paymentId } = approval;
  if (paymentId === purchase.paymentId || purchase.surplusPaymentIds.includes(paymentId)) return { kind: 'unchanged' };
  const changed = {
    ...purchase,
    surplusPaymentIds: [...purchase.surplusPaymentIds, paymentId],
    refundSince: purchase.refundSince ?? now,
  };
  const state = purchase.state === 'paid' || purchase.state === 'refunded' ? 'refunding' : purchase.state;
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
        deliverBy: (waitedForBuyer(purchase) ? now : purchase.createdAt) + DELIVERY_DEADLINE_MS,
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
        refundTargetMinor: ownRefundedMinor(purchase),
        refundFailedSince: null,
        withdrawnAt: null,
      };
    case 'abandoned':
      return { ...purchase, idempotencyHash: null };
    case 'dispute-opened':
      return { ...purchase, disputedAt: purchase.disputedAt ?? now, withdrawnAt: purchase.withdrawnAt ?? now };
    case 'dispute-won':
    case 'dispute-lost':
      return { ...purchase, disputedAt: null };
    case 'closed-without-charge':
    case 'delivery-checked':
    case 'refund-looked':
    case 'unanswered':
    case 'refund-retried':
      return purchase;
  }
}

/** When a paid purchase is to be delivered at the latest. */
export const deliveryDueAt = ({ deliverBy, createdAt }: Purchase): number =>
  deliverBy ?? createdAt + DELIVERY_DEADLINE_MS;

/** Then the time that was lost was theirs. */
const waitedForBuyer = ({ state }: Purchase): boolean => state === 'action_required' || state === 'awaiting_payment';

/** Who decided a refund that nobody asked for. */
export const LATE_APPROVAL = 'late-approval';
export const DELIVERY_DEADLINE = 'delivery-deadline';

/** Of a closed purchase always; of one in doubt when the buyer has long gone (design 3, "Late approval"). */
function comesTooLate(purchase: Purchase, now: number): boolean {
  if (!openStates.has(purchase.state)) return true;
  return purchase.state === 'in_doubt' && now - purchase.createdAt > DELIVERY_DEADLINE_MS;
}

const waiting = (purchase: Purchase, state: PurchaseState, now: number) =>
  purchase.state === state ? {} : { waitingSince: now, looks: 0 };

/** Ends that depend on more than state and event: an order that failed for no named reason, and amounts given back. */
function endOf(next: PurchaseState, purchase: Purchase, event: PurchaseEvent): PurchaseState {
  if (event.kind === 'order-failed' && purchase.refusal === null) return 'not_charged';
  if (event.kind === 'approved' && purchase.refundTargetMinor > 0) return 'refunding';
  if (event.kind === 'dispute-won' && next === 'paid') return afterDispute(purchase);
  // The buyer keeps the access, and a second payment still goes back.
  if (event.kind === 'kept' && purchase.refundedMinor < owedBackMinor(purchase)) return 'refunding';
  if (event.kind !== 'refund-seen' || next === 'disputed') return next;
  if (purchase.refundedMinor < owedBackMinor(purchase)) return next;
  // The operator may have given it back by hand at the gateway: then more is back than was decided here.
  return ownRefundedMinor(purchase) >= purchase.amountMinor ? 'refunded' : 'paid';
}

const lookAgainAt = (since: number, now: number): number =>
  now + Math.max(LOOK_AGAIN_MS, Math.min((now - since) / 10, LOOK_AGAIN_LATE_MS));

const refundLookAt = ({ refundSince }: Purchase, now: number, leastMs: number): number =>
  now + Math.max(leastMs, Math.min((now - (refundSince ?? now)) / 10, LOOK_AGAIN_LATE_MS));

/** Of what is settled for all we know: ever more seldom, and not for ever. */
function askAgainAt({ createdAt }: Purchase, now: number): number | null {
  const ageMs = now - createdAt;
  return ageMs > GIVE_UP_ASKING_MS ? null : now + Math.max(LOOK_AGAIN_MS, Math.min(ageMs / 10, 6 * LOOK_AGAIN_LATE_MS));
}

/** What happened to the money while the dispute was open. */
function afterDispute(purchase: Purchase): PurchaseState {
  if (purchase.refundedMinor < owedBackMinor(purchase)) return 'refunding';
  return ownRefundedMinor(purchase) >= purchase.amountMinor ? 'refunded' : 'paid';
}

/** When the sweep has to come back to this purchase, or null. Access has its own due time. */
function dueAt(purchase: Purchase, event: PurchaseEvent, now: number): number | null {
  const since = purchase.waitingSince ?? now;
  switch (purchase.state) {
    case 'created':
      return purchase.createdAt + CREATED_STALE_MS;
    case 'charging':
      return (purchase.chargingAt ?? now) + CHARGING_STALE_MS;
    case 'in_doubt': {
      // By the time that went by, not by the count: buyers who poll look too, and must not use up what is planned.
      const elapsedMs = event.kind === 'looked' ? now - since : -1;
      const next = doubtLooksAtMs[purchase.gateway].find((plannedMs) => plannedMs > elapsedMs);
      return next === undefined ? lookAgainAt(since, now) : since + next;
    }
    case 'action_required':
    case 'awaiting_payment':
      return lookAgainAt(since, now);
    case 'paid': {
      if (event.kind === 'unanswered') return askAgainAt(purchase, now);
      const isSettled = purchase.deliveredAt !== null || purchase.keptBy !== null || event.kind === 'delivery-checked';
      return isSettled ? null : deliveryDueAt(purchase);
    }
    case 'not_charged':
    case 'expired':
      if (event.kind === 'unanswered') return askAgainAt(purchase, now);
      return purchase.orderRef === null || event.kind === 'looked' ? null : now + CLOSED_LOOK_MS;
    case 'refunding': {
      const { refundAttempt } = purchase;
      if (purchase.disputedAt !== null) return now + DISPUTE_LOOK_MS;
      if (refundAttempt)
        return event.kind === 'refund-looked'
          ? refundLookAt(purchase, now, REFUND_LOOK_MS)
          : Math.min(now + REFUND_LOOK_MS, Math.max(now, refundAttempt.sentAt + REFUND_READ_ONLY_MS));
      return event.kind === 'refund-looked' ? refundLookAt(purchase, now, REFUND_LOOK_MS) : now;
    }
    case 'refund_pending':
      return purchase.disputedAt === null ? refundLookAt(purchase, now, REFUND_PENDING_LOOK_MS) : now + DISPUTE_LOOK_MS;
    case 'disputed':
      return now + DISPUTE_LOOK_MS;
    case 'refund_failed': {
      if (purchase.disputedAt !== null) return now + DISPUTE_LOOK_MS;
      const failedForMs = now - (purchase.refundFailedSince ?? now);
      return failedForMs < REFUND_GIVE_UP_MS ? now + REFUND_RETRY_MS : null;
    }
    case 'declined':
    case 'refunded':
    case 'charged_back':
      return null;
  }
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
      return purchase.state === 'charged_back' ? undefined : { kind: 'dispute-lost' };
  }
}

/** Whether all planned looks are over, so that the order may be cancelled to end the doubt. */
export function mayGiveUp(purchase: Purchase, now: number): boolean {
  const waitedMs = now - (purchase.waitingSince ?? now);
  // Sweeps that meet look twice as often: the time must be over as well.
  if (purchase.state === 'in_doubt') {
    const planned = doubtLooksAtMs[purchase.gateway];
    return purchase.looks >= Math.min(planned.length, LEAST_LOOKS) && waitedMs >= Math.max(...planned);
  }
  return waitedMs >= ACTION_TIME_MS;
}
