import * as z from 'zod';
import type { KeptPayment, PaymentsAnswer } from '../gateway.ts';
import { minorFromAmount } from './amount.ts';
import { approvalOf } from './outcome.ts';
import { disputeOf, open, paymentBody, paymentsIn, type Reply, unknown, unread } from './payment.ts';
import { doneRefunds, failedRefunds, refundStatus } from './refund-outcome.ts';

const refundBody = z.object({ amount: z.number(), status: refundStatus });
type Refund = z.infer<typeof refundBody>;

/** The same payment, read for what was given back: then every number in it has to be there and right. */
export const refundedBody = paymentBody.extend({
  transaction_amount: z.number(),
  currency_id: z.string(),
  transaction_amount_refunded: z.number().nullish(),
  refunds: z.array(refundBody).nullish(),
});

/** Payments whose money was ours at some time. */
const kept: ReadonlySet<string> = new Set(['approved', 'refunded', 'in_mediation', 'charged_back']);
/** Never had our money and never will. */
const over: ReadonlySet<string> = new Set(['rejected', 'cancelled']);

/**
 * Which payments to read one by one, from a search: it lags behind, so only their own pages tell.
 */
export function toRead(
  orderRef: string,
  reply: Reply,
): readonly string[] | Extract<PaymentsAnswer, { kind: 'unknown' }> {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (reply.kind === 'refused') return unread(reply);
  const payments = paymentsIn(reply.body, orderRef);
  return payments ? payments.filter(({ status }) => !over.has(status)).map(({ id }) => id) : unknown('unreadable');
}

/**
 * What became of one payment, from the answer to `GET /v1/payments/{id}`. A refund whose status is not known counts
 * as under way, so that nothing is sent a second time because of a new word.
 */
export function paymentsAnswer(orderRef: string, id: string, reply: Reply): PaymentsAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (reply.kind === 'refused') return unread(reply);
  const parsed = refundedBody.safeParse(reply.body);
  if (!parsed.success || parsed.data.id !== id || parsed.data.external_reference !== orderRef)
    return unknown('unreadable');
  const payments = keptPayments(parsed.data);
  return payments ? { kind: 'known', payments } : unknown('unreadable');
}

/** @returns none for a payment that was not kept, undefined when one that was, or may have been, cannot be read */
export function keptPayments(payment: z.infer<typeof refundedBody>): readonly KeptPayment[] | undefined {
  if (open.has(payment.status) || over.has(payment.status)) return [];
  if (!kept.has(payment.status)) return undefined;
  const one = keptPayment(payment);
  return one && [one];
}

function keptPayment(payment: z.infer<typeof refundedBody>): KeptPayment | undefined {
  const { status, refunds, currency_id: currency } = payment;
  const approval = approvalOf(payment);
  const isDone = (refund: Refund) => doneRefunds.has(refund.status);
  const isFailed = (refund: Refund) => failedRefunds.has(refund.status);
  const listed = refunds ?? [];
  const totalMinor = minorFromAmount(payment.transaction_amount_refunded ?? 0, currency);
  const doneMinor = sumOf(listed.filter(isDone), currency);
  const pendingMinor = sumOf(
    listed.filter((refund) => !isDone(refund) && !isFailed(refund)),
    currency,
  );
  if (!approval || totalMinor === undefined || doneMinor === undefined || pendingMinor === undefined) return undefined;
  // The payment's own total may know of more than its list.
  const refundedMinor = doneMinor + Math.max(0, totalMinor - doneMinor - pendingMinor);
  // One that calls itself wholly given back without a trace of it: nothing is known.
  if (status === 'refunded' && refundedMinor + pendingMinor < approval.amount.minor) return undefined;
  return { ...approval, refundedMinor, pendingMinor, dispute: disputeOf(payment) };
}

function sumOf(refunds: readonly Refund[], currency: string): number | undefined {
  return refunds.reduce<number | undefined>((sum, { amount }) => {
    const minor = minorFromAmount(amount, currency);
    return sum === undefined || minor === undefined ? undefined : sum + minor;
  }, 0);
}
