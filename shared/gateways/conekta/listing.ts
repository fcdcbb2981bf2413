import * as z from 'zod';
import type { ChangesAnswer, CheckAnswer, ListedOrder } from '../gateway.ts';
import { refusesKey } from '../http-status.ts';
import { keptPaymentsOf, orderWithRefunds } from './kept-payments.ts';
import { isObject, isSuccess, type Reply, unknown, unread } from './outcome.ts';
import { purchaseIdIn } from './purchase-id.ts';

/** The most that Conekta lists at once (its specification, 2.3.0). */
export const ordersPerPage = 250;

/** A page, whatever stands on it: what the operator sells besides need not be readable to us. */
const page = z.object({
  has_more: z.boolean(),
  next_page_url: z.string().nullish().catch(undefined),
  data: z.array(z.unknown()),
});

const metadataOf = z.object({ metadata: z.unknown() });
const idOf = z.object({ id: z.string() });
const modeOf = z.object({ livemode: z.boolean() });

/**
 * A page of `GET /orders`.
 *
 * @param from the cursor that was asked for
 */
export function changesAnswer(from: string | null, reply: Reply): ChangesAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (!isSuccess(reply.status)) return unread(reply);
  const parsed = page.safeParse(reply.body);
  if (!parsed.success) return unknown('unreadable');
  const { has_more: goesOn, next_page_url: nextUrl, data } = parsed.data;

  const orders: ListedOrder[] = [];
  let foreign = 0;
  for (const entry of data) {
    const purchaseId = purchaseIdIn(metadataOf.safeParse(entry).data?.metadata);
    if (purchaseId === undefined) {
      foreign += 1;
      continue;
    }
    const order = orderWithRefunds.safeParse(entry).data;
    const payments = (order && keptPaymentsOf(order)) ?? null;
    orders.push({ purchaseId, orderRef: idOf.safeParse(entry).data?.id ?? '', payments });
  }

  const next = goesOn ? cursorIn(nextUrl) : null;
  // A list that does not say where it goes on, or goes round in a circle, is no list of everything.
  if (next === undefined || (next !== null && next === from)) return unknown('unreadable');
  return { kind: 'page', orders, foreign, next };
}

/** The answer to a list of one order, read for whether the key is good. */
export function checkAnswer(reply: Reply): CheckAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (refusesKey(reply.status)) {
    return isObject(reply.body) ? { kind: 'refused' } : unknown('unreadable');
  }
  if (!isSuccess(reply.status)) return unknown('server-error');
  const parsed = page.safeParse(reply.body);
  if (!parsed.success) return unknown('unreadable');
  return { kind: 'works', live: modeOf.safeParse(parsed.data.data[0]).data?.livemode ?? null };
}

/** Only the cursor is taken from the address, never the address: the key goes nowhere an answer points. */
function cursorIn(nextUrl: string | null | undefined): string | undefined {
  const url = nextUrl ? URL.parse(nextUrl) : null;
  return url?.searchParams.get('next') || undefined;
}
