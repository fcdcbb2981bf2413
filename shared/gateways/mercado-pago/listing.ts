import * as z from 'zod';
import type { ChangesAnswer, CheckAnswer, ListedOrder, TraceAnswer } from '../gateway.ts';
import { refusesKey } from '../http-status.ts';
import { keptPayments, refundedBody } from './kept-payments.ts';
import { orderRefOf, purchaseIdIn } from './order-ref.ts';
import { paymentId, type Reply, unknown, unread } from './payment.ts';

/** The most that Mercado Pago lists at once. */
export const PAGE = 100;

/** A page, whatever stands on it: what the operator sells besides need not be readable to us. */
const page = z.object({
  paging: z.object({ total: z.int().nonnegative(), offset: z.int().optional() }),
  results: z.array(z.unknown()),
});
const entry = z.object({ external_reference: z.unknown() });

/**
 * Where a page begins.
 *
 * @param from `next` of the page before, null for the first
 * @returns undefined for what no page of ours ever ended with
 */
export function offsetIn(from: string | null): number | undefined {
  if (from === null) return 0;
  return /^\d{1,9}$/.test(from) ? Number(from) : undefined;
}

/**
 * A page of a search by the time of the last change, newest first: what changes while it is read moves to the front, so that
 * entries may come twice, and none is passed over.
 *
 * @param offset where it was asked to begin
 */
export function changesAnswer(offset: number, reply: Reply): ChangesAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (reply.kind === 'refused') return unread(reply);
  const parsed = page.safeParse(reply.body);
  if (!parsed.success) return unknown('unreadable');
  const { paging, results } = parsed.data;
  const end = offset + results.length;
  // Another page than the one asked for, more than there is, or nothing where there is more: a list that contradicts itself
  // does not show everything, and reading on in it might never end.
  const isOther = (paging.offset ?? offset) !== offset;
  if (isOther || (results.length > 0 ? end > paging.total : offset < paging.total)) return unknown('unreadable');
  const orders: ListedOrder[] = [];
  for (const result of results) {
    const purchaseId = purchaseIdIn(entry.safeParse(result).data?.external_reference);
    if (purchaseId === undefined) continue;
    const payment = refundedBody.safeParse(result).data;
    const payments = (payment && keptPayments(payment)) ?? null;
    orders.push({ purchaseId, orderRef: orderRefOf({ purchaseId }), payments });
  }
  const next = end < paging.total ? String(end) : null;
  return { kind: 'page', orders, foreign: results.length - orders.length, next };
}

const tracedBody = z.object({ id: paymentId, external_reference: z.string().nullish().catch(null) });

/** The answer to `GET /v1/payments/{id}`, read for whose it is. */
export function traceAnswer(id: string, reply: Reply): TraceAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (reply.kind === 'refused') return reply.status === 404 && reply.readable ? { kind: 'not-found' } : unread(reply);
  const parsed = tracedBody.safeParse(reply.body);
  if (!parsed.success || parsed.data.id !== id) return unknown('unreadable');
  const orderRef = parsed.data.external_reference ?? '';
  const purchaseId = purchaseIdIn(orderRef);
  return purchaseId === undefined ? { kind: 'foreign' } : { kind: 'ours', purchaseId, orderRef };
}

const userBody = z.object({ id: z.number(), tags: z.array(z.string()).optional().catch(undefined) });

/**
 * The answer to `GET /users/me`, read for whether the access token is good. A test account's token may look like a real one,
 * so its own tags count too. Without them nothing is said of such a token.
 */
export function checkAnswer(isTestToken: boolean, reply: Reply): CheckAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (reply.kind === 'refused') {
    return reply.readable && refusesKey(reply.status) ? { kind: 'refused' } : unknown('server-error');
  }
  const user = userBody.safeParse(reply.body);
  if (!user.success) return unknown('unreadable');
  const { tags } = user.data;
  return { kind: 'works', live: isTestToken ? false : tags ? !tags.includes('test_user') : null };
}
