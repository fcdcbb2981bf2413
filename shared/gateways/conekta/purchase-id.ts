import * as z from 'zod';
import type { TraceAnswer } from '../gateway.ts';
import { isObject, isSuccess, type Reply, unknown, unread } from './outcome.ts';

/** What we write is a decimal text; a number is how it may come back. */
const purchaseIdText = z.union([z.string().regex(/^[1-9]\d{0,15}$/), z.number()]).transform(Number);
const purchaseId = purchaseIdText.pipe(z.int().positive());

const ourMetadata = z.object({ purchase_id: purchaseId });

const tracedOrder = z.object({ object: z.literal('order'), id: z.string().min(1), metadata: z.unknown().optional() });

/** The purchase a text or a number at Conekta names; undefined for what we would never have written. */
export function purchaseIdFrom(given: unknown): number | undefined {
  return purchaseId.safeParse(given).data;
}

/** Whose an order is: ours carries its purchase's id in its metadata, all others are the operator's own business. */
export function purchaseIdIn(metadata: unknown): number | undefined {
  return ourMetadata.safeParse(metadata).data?.purchase_id;
}

/** The answer to `GET /orders/{id}`, read for whose it is. */
export function traceAnswer(orderId: string, reply: Reply): TraceAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  // A web page that says 404 is some proxy's, and not about the order.
  if (reply.status === 404) return isObject(reply.body) ? { kind: 'not-found' } : unknown('unreadable');
  if (!isSuccess(reply.status)) return unread(reply);
  const order = tracedOrder.safeParse(reply.body);
  if (!order.success || order.data.id !== orderId) return unknown('unreadable');
  const ours = purchaseIdIn(order.data.metadata);
  return ours === undefined ? { kind: 'foreign' } : { kind: 'ours', purchaseId: ours, orderRef: orderId };
}
