/**
 * Whether a gateway's books and ours say the same of an order: pure, and strict where it costs no more than a question to
 * the gateway. Only an order read whole decides that something differs.
 */
import type { Dispute, KeptPayment, ListedOrder } from '../gateways/gateway.ts';
import type { Difference, DifferenceKind } from '../store/comparisons.ts';
import type { Purchase, PurchaseState } from '../store/purchases.ts';
import { ownRefundedMinor } from './purchase.ts';

/** States in which we believe that the gateway still has money of this purchase, all of it or a part. */
const keepingStates: ReadonlySet<PurchaseState> = new Set([
  'paid',
  'refunding',
  'refund_pending',
  'refund_failed',
  'disputed',
]);
export const keepsMoney = ({ state }: Purchase): boolean => keepingStates.has(state);

/** What could be read of an order. */
export interface Order {
  readonly orderRef: string;
  readonly payments: readonly KeptPayment[];
}

/** Whether the order shows the payment that this purchase was paid with. */
export const names = ({ payments }: Order, purchase: Purchase): boolean =>
  payments.some(({ paymentId }) => paymentId === purchase.paymentId);

/**
 * Whether an entry of a list leaves nothing to ask. It may show a part of the order only, and be older than what we know:
 * "no" means that the gateway has to be asked, and nothing more.
 */
export function agrees(listed: Order, purchase: Purchase): boolean {
  if (firstDifference(listed, purchase)) return false;
  const isWhole = knownPayments(purchase).every((id) => listed.payments.some(({ paymentId }) => paymentId === id));
  const own = listed.payments.find(({ paymentId }) => paymentId === purchase.paymentId);
  // Without the other payments at hand, what is back of this one must not hide behind what is back of those.
  return isWhole || !own || own.refundedMinor <= ownRefundedMinor(purchase);
}

/** In what an order that was read whole differs from our purchase; undefined when in nothing. */
export function differenceOf(whole: Order, purchase: Purchase): Difference | undefined {
  const found = firstDifference(whole, purchase);
  if (found || !keepsMoney(purchase) || names(whole, purchase)) return found;
  return difference('not-at-gateway', purchase.id, whole.orderRef, { oursMinor: purchase.amountMinor });
}

/** A list names a purchase that was never made here, or that a restore forgot. It is reported, and never touched. */
export const unknownPurchase = ({ purchaseId, orderRef, payments }: ListedOrder): Difference =>
  difference('unknown-purchase', purchaseId, orderRef, {
    theirsMinor: payments && sumOf(payments, ({ amount, refundedMinor }) => amount.minor - refundedMinor),
  });

/** Asked about again and again, the gateway did not tell how this purchase stands. */
export const notAnswered = (purchaseId: number): Difference => difference('not-answered', purchaseId, null);

/** Money is there on another order of the same number: nothing that asking about ours could explain. */
export function otherOrder({ orderRef, payments }: Order, purchase: Purchase): Difference | undefined {
  if (payments.length === 0 || orderRef === purchase.orderRef) return undefined;
  return difference('other-order', purchase.id, orderRef, {
    theirsMinor: sumOf(payments, ({ amount }) => amount.minor),
  });
}

function firstDifference(order: Order, purchase: Purchase): Difference | undefined {
  const other = otherOrder(order, purchase);
  if (other) return other;
  const { orderRef, payments } = order;
  const known = knownPayments(purchase);
  // What the buyer's bank took back is not with the operator: such a payment needs no entry.
  const unknown = payments.find(({ paymentId, dispute }) => !known.includes(paymentId) && dispute !== 'lost');
  if (unknown) return difference('unknown-payment', purchase.id, orderRef, { theirsMinor: unknown.amount.minor });
  const theirsMinor = sumOf(payments, ({ refundedMinor }) => refundedMinor);
  const oursMinor = purchase.refundedMinor;
  if (theirsMinor > oursMinor) return difference('unknown-refund', purchase.id, orderRef, { theirsMinor, oursMinor });
  const own = payments.find(({ paymentId }) => paymentId === purchase.paymentId);
  const kind = own && disputeDifference(own.dispute, purchase);
  return kind && difference(kind, purchase.id, orderRef);
}

function disputeDifference(theirs: Dispute | null, { state, disputedAt }: Purchase): DifferenceKind | undefined {
  const isLost = state === 'charged_back';
  const isOpen = disputedAt !== null;
  switch (theirs) {
    case 'open':
      return isOpen || isLost ? undefined : 'unknown-dispute';
    case 'lost':
      return isLost ? undefined : 'unknown-dispute';
    case 'won':
    case null:
      return isOpen || isLost ? 'dispute-gone' : undefined;
  }
}

const knownPayments = ({ paymentId, surplusPaymentIds }: Purchase): readonly string[] =>
  paymentId === null ? surplusPaymentIds : [paymentId, ...surplusPaymentIds];

const sumOf = (payments: readonly KeptPayment[], minorOf: (payment: KeptPayment) => number): number =>
  payments.reduce((sum, payment) => sum + minorOf(payment), 0);

function difference(
  kind: DifferenceKind,
  purchaseId: number,
  orderRef: string | null,
  money: Partial<Pick<Difference, 'theirsMinor' | 'oursMinor'>> = {},
): Difference {
  return { kind, purchaseId, orderRef, theirsMinor: null, oursMinor: null, ...money };
}
