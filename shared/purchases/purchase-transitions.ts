/** What can happen to the money of a purchase, and the one table of what may follow what. */
import type { Approval, NextAction, Refusal, UnknownCause } from '../gateways/gateway.ts';
import type { PurchaseState, RouterRefusal } from '../store/purchases.ts';

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

export type EventKind = PurchaseEvent['kind'];

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
