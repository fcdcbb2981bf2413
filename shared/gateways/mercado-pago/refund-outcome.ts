import * as z from 'zod';
import type { RefundAnswer, RefundedPayment, RefundsAnswer } from '../gateway.ts';
import { minorFromAmount } from './amount.ts';
import { refusalOf } from './outcome.ts';
import { paymentBody, paymentId, paymentsIn, type Reply, unknown } from './payment.ts';

const refundStatus = z
  .string()
  .toLowerCase()
  .nullish()
  .transform((status) => status ?? undefined);

const refundBody = z.object({ amount: z.number(), status: refundStatus });
type Refund = z.infer<typeof refundBody>;

/** The same payment, read for what was given back: then every number in it has to be there and right. */
const refundedBody = paymentBody.extend({
  transaction_amount: z.number(),
  currency_id: z.string(),
  transaction_amount_refunded: z.number().nullish(),
  refunds: z.array(refundBody).nullish(),
});

const newRefundBody = z.object({
  id: paymentId,
  payment_id: paymentId.optional(),
  status: z.string().toLowerCase(),
});

/** Payments whose money was ours and can be given back or was. What the bank took back itself is not in our hands. */
const kept: ReadonlySet<string> = new Set(['approved', 'refunded', 'in_mediation']);
/** Never had our money and never will. */
const over: ReadonlySet<string> = new Set(['rejected', 'cancelled']);

/** No status at all is a refund of an older kind, which was done when it was listed. */
const doneRefunds: ReadonlySet<string | undefined> = new Set([undefined, 'approved']);
const failedRefunds: ReadonlySet<string | undefined> = new Set(['rejected', 'cancelled']);

/**
 * Which payments to read one by one, from a search: it lags behind, so only their own pages tell.
 */
export function toRead(
  orderRef: string,
  reply: Reply,
): readonly string[] | Extract<RefundsAnswer, { kind: 'unknown' }> {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (reply.kind === 'refused') return unknown('server-error');
  const payments = paymentsIn(reply.body, orderRef);
  return payments ? payments.filter(({ status }) => !over.has(status)).map(({ id }) => id) : unknown('unreadable');
}

/**
 * What was given back of one payment, from the answer to `GET /v1/payments/{id}`. A refund whose status is not known counts
 * as under way, so that nothing is sent a second time because of a new word.
 */
export function refundsAnswer(orderRef: string, id: string, reply: Reply): RefundsAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (reply.kind === 'refused') return unknown('server-error');
  const parsed = refundedBody.safeParse(reply.body);
  if (!parsed.success || parsed.data.id !== id || parsed.data.external_reference !== orderRef)
    return unknown('unreadable');
  if (!kept.has(parsed.data.status)) return { kind: 'known', payments: [] };
  const payment = refundedPayment(parsed.data);
  return payment ? { kind: 'known', payments: [payment] } : unknown('unreadable');
}

/** The answer to `POST /v1/payments/{id}/refunds`: a refund can be taken, be decided later, or be refused by the bank. */
export function refundAnswer(id: string, reply: Reply): RefundAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (reply.kind === 'refused') return refusalOf(reply);
  const refund = newRefundBody.safeParse(reply.body);
  if (!refund.success || (refund.data.payment_id ?? id) !== id) return unknown('unreadable');
  const { status } = refund.data;
  if (doneRefunds.has(status)) return { kind: 'accepted' };
  return failedRefunds.has(status)
    ? { kind: 'refused', refusal: { reason: 'mp:default', httpStatus: 402 } }
    : { kind: 'pending' };
}

function refundedPayment(payment: z.infer<typeof refundedBody>): RefundedPayment | undefined {
  const { id, status, refunds, currency_id: currency } = payment;
  const isDone = (refund: Refund) => doneRefunds.has(refund.status);
  const isFailed = (refund: Refund) => failedRefunds.has(refund.status);
  const listed = refunds ?? [];
  const amountMinor = minorFromAmount(payment.transaction_amount, currency);
  const totalMinor = minorFromAmount(payment.transaction_amount_refunded ?? 0, currency);
  const doneMinor = sumOf(listed.filter(isDone), currency);
  const pendingMinor = sumOf(
    listed.filter((refund) => !isDone(refund) && !isFailed(refund)),
    currency,
  );
  if (amountMinor === undefined || totalMinor === undefined || doneMinor === undefined || pendingMinor === undefined)
    return undefined;
  // The payment's own total may know of more than its list.
  const refundedMinor = doneMinor + Math.max(0, totalMinor - doneMinor - pendingMinor);
  // One that calls itself wholly given back without a trace of it: nothing is known.
  if (status === 'refunded' && refundedMinor + pendingMinor < amountMinor) return undefined;
  return { paymentId: id, amountMinor, refundedMinor, pendingMinor };
}

function sumOf(refunds: readonly Refund[], currency: string): number | undefined {
  return refunds.reduce<number | undefined>((sum, { amount }) => {
    const minor = minorFromAmount(amount, currency);
    return sum === undefined || minor === undefined ? undefined : sum + minor;
  }, 0);
}
