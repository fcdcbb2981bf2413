import * as z from 'zod';
import type { RefundAnswer } from '../gateway.ts';
import { asksForPatience, refusesKey } from '../http-status.ts';
import { refusalOf } from './outcome.ts';
import { paymentId, type Reply, unknown } from './payment.ts';

export const refundStatus = z
  .string()
  .toLowerCase()
  .nullish()
  .transform((status) => status ?? undefined);

const newRefundBody = z.object({
  id: paymentId,
  payment_id: paymentId.optional(),
  status: z.string().toLowerCase(),
});

/** No status at all is a refund of an older kind, which was done when it was listed. */
export const doneRefunds: ReadonlySet<string | undefined> = new Set([undefined, 'approved']);
export const failedRefunds: ReadonlySet<string | undefined> = new Set(['rejected', 'cancelled']);

/**
 * The answer to `POST /v1/payments/{id}/refunds`: a refund can be taken, be decided later, or be refused by the bank. One
 * that came too often or with a wrong key was not decided at all, and is sent again later.
 */
export function refundAnswer(id: string, reply: Reply): RefundAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (reply.kind === 'refused') {
    if (asksForPatience(reply.status)) return unknown('server-error');
    return reply.readable && refusesKey(reply.status) ? unknown('key-refused') : refusalOf(reply);
  }
  const refund = newRefundBody.safeParse(reply.body);
  if (!refund.success || (refund.data.payment_id ?? id) !== id) return unknown('unreadable');
  const { status } = refund.data;
  if (doneRefunds.has(status)) return { kind: 'accepted' };
  return failedRefunds.has(status)
    ? { kind: 'refused', refusal: { reason: 'mp:default', httpStatus: 402 } }
    : { kind: 'pending' };
}
