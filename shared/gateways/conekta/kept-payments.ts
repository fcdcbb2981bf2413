import * as z from 'zod';
import type { KeptPayment, PaymentsAnswer } from '../gateway.ts';
import { approvalOf, byAge, type Charge, chargeBody, chargedBack, disputeOf } from './charge.ts';
import { isSuccess, type Reply, unknown, unread } from './outcome.ts';

/** Amounts are negative in Conekta's own examples, and a list may be bare: both shapes stand in its specification. */
const refundBody = z.object({
  amount: z.int().transform(Math.abs),
  status: z
    .string()
    .toLowerCase()
    .nullish()
    .transform((status) => status ?? undefined),
  created_at: z.number().catch(0),
});
type Refund = z.infer<typeof refundBody>;
const refundList = z.union([
  z.array(refundBody),
  // A list that goes on elsewhere does not show all that was given back.
  z
    .object({ has_more: z.literal(false).default(false), data: z.array(refundBody).default([]) })
    .transform(({ data }) => data),
]);

/** The same order, read for what became of its money: then every number in it has to be there and right. */
export const orderWithRefunds = z.object({
  object: z.literal('order'),
  id: z.string().min(1),
  payment_status: z.string().toLowerCase().nullish(),
  amount_refunded: z.int().nonnegative().nullish(),
  charges: z
    .object({
      has_more: z.literal(false).default(false),
      data: z.array(chargeBody.extend({ refunds: refundList.nullish() })).default([]),
    })
    .nullish(),
});
type OrderWithRefunds = z.infer<typeof orderWithRefunds>;

/** Charges whose money was ours at some time, and so can be given back, or was. Disputed ones are told by their dispute. */
const kept: ReadonlySet<string> = new Set(['paid', 'partially_refunded', 'refunded', 'reversed']);
const whollyBack: ReadonlySet<string> = new Set(['refunded', 'reversed']);

/** No status at all is a refund of an older kind, which was done when it was listed. */
export const doneRefunds: ReadonlySet<string | undefined> = new Set([
  undefined,
  'refunded',
  'succeeded',
  'paid',
  'completed',
]);
export const failedRefunds: ReadonlySet<string | undefined> = new Set([
  'failed',
  'declined',
  'rejected',
  'canceled',
  'cancelled',
  'expired',
]);

/** A payment, and the word its charge has for itself. */
interface Counted {
  readonly status: string;
  readonly payment: KeptPayment;
}

/**
 * The kept payments, from the answer to `GET /orders/{id}`. A refund whose status is not known counts as under way, so
 * that nothing is sent a second time because of a new word.
 */
export function paymentsAnswer(orderRef: string, reply: Reply): PaymentsAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (!isSuccess(reply.status)) return unread(reply);
  const parsed = orderWithRefunds.safeParse(reply.body);
  if (!parsed.success || parsed.data.id !== orderRef) return unknown('unreadable');
  const payments = keptPaymentsOf(parsed.data);
  return payments ? { kind: 'known', payments } : unknown('unreadable');
}

/** @returns oldest first; undefined where the order contradicts itself */
export function keptPaymentsOf(order: OrderWithRefunds): KeptPayment[] | undefined {
  const counted = (order.charges?.data ?? [])
    // Only what was paid can be disputed, whatever the charge calls itself by now.
    .filter((charge) => kept.has(charge.status) || disputeOf(charge) !== null)
    .toSorted(byAge)
    .map((charge) => ({ status: charge.status, payment: paymentOf(charge) }));
  const complete = withUnlistedRefunds(order, counted);
  if (!complete) return undefined;
  const explained = withUnlistedDispute(order, complete.map(withReversal));
  return explained.some(isRefundedWithoutATrace) ? undefined : explained.map(({ payment }) => payment);
}

function paymentOf(charge: Charge & { readonly refunds?: readonly Refund[] | null | undefined }): KeptPayment {
  return {
    ...approvalOf(charge),
    refundedMinor: sumOf(charge.refunds, ({ status }) => doneRefunds.has(status)),
    pendingMinor: sumOf(charge.refunds, ({ status }) => !doneRefunds.has(status) && !failedRefunds.has(status)),
    dispute: disputeOf(charge),
  };
}

/**
 * The order's own total may know of more than its charges list: then it belongs to the only payment there is. Of several
 * nobody can say whose it is.
 */
function withUnlistedRefunds(order: OrderWithRefunds, counted: readonly Counted[]): Counted[] | undefined {
  const listedMinor = counted.reduce((sum, { payment }) => sum + backMinor(payment), 0);
  const unlistedMinor = Math.max(0, (order.amount_refunded ?? 0) - listedMinor);
  if (unlistedMinor > 0 && counted.length !== 1) return undefined;
  return counted.map(({ status, payment }) => ({
    status,
    payment: { ...payment, refundedMinor: payment.refundedMinor + unlistedMinor },
  }));
}

/** A charge reversed without a refund: the money is leaving us by the bank's hand, and nobody here gave it back. */
function withReversal({ status, payment }: Counted): Counted {
  const isUnexplained = status === 'reversed' && payment.dispute === null && !isWhollyBack(payment);
  return { status, payment: isUnexplained ? { ...payment, dispute: 'open' } : payment };
}

/** The order alone may tell of a dispute. With several payments it is about each, until one of them says so itself. */
function withUnlistedDispute(order: OrderWithRefunds, counted: readonly Counted[]): readonly Counted[] {
  const isTold = counted.some(({ payment }) => payment.dispute !== null);
  if (isTold || !order.payment_status || !chargedBack.has(order.payment_status)) return counted;
  return counted.map(({ status, payment }) => ({ status, payment: { ...payment, dispute: 'open' } }));
}

/** A charge that calls itself wholly given back, when nothing shows how. */
function isRefundedWithoutATrace({ status, payment }: Counted): boolean {
  return whollyBack.has(status) && payment.dispute === null && !isWhollyBack(payment);
}

function isWhollyBack(payment: KeptPayment): boolean {
  return backMinor(payment) >= payment.amount.minor;
}

function backMinor({ refundedMinor, pendingMinor }: KeptPayment): number {
  return refundedMinor + pendingMinor;
}

function sumOf(refunds: readonly Refund[] | null | undefined, which: (refund: Refund) => boolean): number {
  return (refunds ?? []).filter(which).reduce((sum, { amount }) => sum + amount, 0);
}
