import * as z from 'zod';
import type { RefundAnswer, RefundedPayment, RefundsAnswer } from '../gateway.ts';
import { byAge, chargeBody, definiteRefusals, isObject, isSuccess, refusalOf, type Reply, unknown } from './outcome.ts';

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

/** The same order, read for what was given back: then every number in it has to be there and right. */
const refundedOrder = z.object({
  object: z.literal('order'),
  id: z.string().min(1),
  amount_refunded: z.int().nonnegative().nullish(),
  charges: z
    .object({
      has_more: z.literal(false).default(false),
      data: z.array(chargeBody.extend({ refunds: refundList.nullish() })).default([]),
    })
    .nullish(),
});
type RefundedOrder = z.infer<typeof refundedOrder>;

/** Charges whose money was ours at some time, and so can be given back or was. */
const kept: ReadonlySet<string> = new Set(['paid', 'partially_refunded', 'refunded', 'reversed']);
const whollyBack: ReadonlySet<string> = new Set(['refunded', 'reversed']);

/** No status at all is a refund of an older kind, which was done when it was listed. */
const doneRefunds: ReadonlySet<string | undefined> = new Set([undefined, 'refunded', 'succeeded', 'paid', 'completed']);
const failedRefunds: ReadonlySet<string | undefined> = new Set([
  'failed',
  'declined',
  'rejected',
  'canceled',
  'cancelled',
  'expired',
]);

/**
 * What was given back, from the answer to `GET /orders/{id}`. A refund whose status is not known counts as under way, so
 * that nothing is sent a second time because of a new word.
 */
export function refundsAnswer(orderRef: string, reply: Reply): RefundsAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (!isSuccess(reply.status)) return unknown('server-error');
  const parsed = refundedOrder.safeParse(reply.body);
  if (!parsed.success || parsed.data.id !== orderRef) return unknown('unreadable');
  const payments = withUnlisted(parsed.data, paymentsOf(parsed.data));
  return payments ? { kind: 'known', payments } : unknown('unreadable');
}

/**
 * The answer to `POST /orders/{id}/refunds`, which is the order with the new refund on it.
 *
 * @param amountMinor what was asked to be given back: the newest refund of that amount is this one
 */
export function refundAnswer(orderRef: string, amountMinor: number, reply: Reply): RefundAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (!isSuccess(reply.status)) {
    if (!definiteRefusals.has(reply.status)) return unknown('server-error');
    return isObject(reply.body)
      ? { kind: 'refused', refusal: refusalOf(reply.status, reply.body) }
      : unknown('unreadable');
  }
  const parsed = refundedOrder.safeParse(reply.body);
  if (!parsed.success || parsed.data.id !== orderRef) return unknown('unreadable');
  const asked = (parsed.data.charges?.data ?? [])
    .flatMap(({ refunds }) => refunds ?? [])
    .filter(({ amount }) => amount === amountMinor);
  const newestAt = Math.max(...asked.map((refund) => refund.created_at));
  const ours = asked.filter((refund) => refund.created_at === newestAt);
  // A list that does not show it yet has it all the same: the gateway said yes.
  if (ours.length === 0 || ours.some(({ status }) => doneRefunds.has(status))) return { kind: 'accepted' };
  return ours.every(({ status }) => failedRefunds.has(status))
    ? { kind: 'refused', refusal: { reason: 'default', httpStatus: 402 } }
    : { kind: 'pending' };
}

function paymentsOf({ charges }: RefundedOrder): RefundedPayment[] {
  return (charges?.data ?? [])
    .filter(({ status }) => kept.has(status))
    .toSorted(byAge)
    .map(({ id, amount, refunds }) => ({
      paymentId: id,
      amountMinor: amount,
      refundedMinor: sumOf(refunds, ({ status }) => doneRefunds.has(status)),
      pendingMinor: sumOf(refunds, ({ status }) => !doneRefunds.has(status) && !failedRefunds.has(status)),
    }));
}

/**
 * The order's own total may know of more than its charges list: then it belongs to the only payment there is. Of several
 * nobody can say whose it is, and where a charge calls itself wholly given back without a trace of it, nothing is known.
 */
function withUnlisted(order: RefundedOrder, payments: RefundedPayment[]): RefundedPayment[] | undefined {
  const listed = payments.reduce((sum, { refundedMinor, pendingMinor }) => sum + refundedMinor + pendingMinor, 0);
  const unlistedMinor = Math.max(0, (order.amount_refunded ?? 0) - listed);
  if (unlistedMinor > 0 && payments.length !== 1) return undefined;
  const complete = payments.map((one) => ({ ...one, refundedMinor: one.refundedMinor + unlistedMinor }));
  const isWholly = (paymentId: string) =>
    order.charges?.data.some(({ id, status }) => id === paymentId && whollyBack.has(status));
  const contradicts = complete.some(
    ({ paymentId, amountMinor, refundedMinor, pendingMinor }) =>
      isWholly(paymentId) && refundedMinor + pendingMinor < amountMinor,
  );
  return contradicts ? undefined : complete;
}

function sumOf(refunds: readonly Refund[] | null | undefined, which: (refund: Refund) => boolean): number {
  return (refunds ?? []).filter(which).reduce((sum, { amount }) => sum + amount, 0);
}
