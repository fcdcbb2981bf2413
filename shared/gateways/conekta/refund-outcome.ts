import type { RefundAnswer } from '../gateway.ts';
import { asksForPatience, refusesKey } from '../http-status.ts';
import { doneRefunds, failedRefunds, orderWithRefunds } from './kept-payments.ts';
import { definiteRefusals, isObject, isSuccess, refusalOf, type Reply, unknown } from './outcome.ts';

/**
 * The answer to `POST /orders/{id}/refunds`, which is the order with the new refund on it. Refused is what was decided about
 * the refund: one that came too often or with a wrong key is sent again later.
 *
 * @param amountMinor what was asked to be given back: the newest refund of that amount is this one
 */
export function refundAnswer(orderRef: string, amountMinor: number, reply: Reply): RefundAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (!isSuccess(reply.status)) {
    if (!definiteRefusals.has(reply.status) || asksForPatience(reply.status)) return unknown('server-error');
    if (!isObject(reply.body)) return unknown('unreadable');
    return refusesKey(reply.status)
      ? unknown('key-refused')
      : { kind: 'refused', refusal: refusalOf(reply.status, reply.body) };
  }
  const parsed = orderWithRefunds.safeParse(reply.body);
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
