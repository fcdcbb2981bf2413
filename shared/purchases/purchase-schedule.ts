/**
 * When somebody has to come back to a purchase: how long each state may last, and how often a gateway is asked. Pure, and read
 * by `step`, which stores the time with the state.
 */
import type { GatewayName } from '../gateways/gateway.ts';
import type { Purchase } from '../store/purchases.ts';
import type { PurchaseEvent } from './purchase-transitions.ts';

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
 * itself (design 3, step 8). Where the company has set nothing else.
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

/** When the sweep has to come back to this purchase, or null. Access has its own due time. */
export function dueAt(purchase: Purchase, event: PurchaseEvent, now: number): number | null {
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

/** When a paid purchase is to be delivered at the latest. */
export const deliveryDueAt = ({ deliverBy, createdAt, deliverWithinMs }: Purchase): number =>
  deliverBy ?? createdAt + deliverWithinMs;

const lookAgainAt = (since: number, now: number): number =>
  now + Math.max(LOOK_AGAIN_MS, Math.min((now - since) / 10, LOOK_AGAIN_LATE_MS));

const refundLookAt = ({ refundSince }: Purchase, now: number, leastMs: number): number =>
  now + Math.max(leastMs, Math.min((now - (refundSince ?? now)) / 10, LOOK_AGAIN_LATE_MS));

/** Of what is settled for all we know: ever more seldom, and not for ever. */
function askAgainAt({ createdAt }: Purchase, now: number): number | null {
  const ageMs = now - createdAt;
  return ageMs > GIVE_UP_ASKING_MS ? null : now + Math.max(LOOK_AGAIN_MS, Math.min(ageMs / 10, 6 * LOOK_AGAIN_LATE_MS));
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
