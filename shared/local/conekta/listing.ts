import * as z from 'zod';
import { orderAnswer } from './answers.ts';
import type { OrderRecord } from './orders.ts';
import { Problem } from './problem.ts';
import { parsed } from './requests.ts';

const DEFAULT_PAGE = 20;
const MAX_PAGE = 250;

const whole = z.string().regex(/^\d+$/).transform(Number);

/** What every list takes. */
export const pageRequest = z.object({
  limit: whole.pipe(z.int().min(1).max(MAX_PAGE)).default(DEFAULT_PAGE),
  /** The id of the last thing on the page before. */
  next: z.string().optional(),
});
type PageRequest = z.infer<typeof pageRequest>;

const ordersRequest = pageRequest.extend({
  search: z.string().toLowerCase().default(''),
  payment_status: z.string().optional(),
  // Seconds, both ends included.
  'created_at.gte': whole.default(0),
  'created_at.lte': whole.default(Infinity),
  'updated_at.gte': whole.default(0),
  'updated_at.lte': whole.default(Infinity),
});
type OrdersRequest = z.infer<typeof ordersRequest>;

/**
 * A page of a company's orders, newest first. `search` looks at ids, references, metadata and the customer.
 *
 * @param orders oldest first
 * @param address what was asked for, filters and all
 * @param indexedUntil in seconds: what changed later is not found yet
 * @throws Problem 422
 */
export function ordersPage(orders: readonly OrderRecord[], address: URL, indexedUntil: number): object {
  const request = parsed(ordersRequest, Object.fromEntries(address.searchParams));
  const isListed = (order: OrderRecord) => order.updatedAt <= indexedUntil && isWanted(order, request);
  return page(orders.toReversed(), isListed, orderAnswer, request, address);
}

/**
 * @param all newest first
 * @throws Problem 422 when `next` is none of them
 */
export function page<Item extends { readonly id: string }>(
  all: readonly Item[],
  isWanted: (item: Item) => boolean,
  answerOf: (item: Item) => object,
  { limit, next }: PageRequest,
  address: URL,
): object {
  // By its place among all: whether it would still be listed, after a change, moves nothing.
  const before = next === undefined ? -1 : all.findIndex(({ id }) => id === next);
  if (next !== undefined && before === -1) throw Problem.invalidParameter('next', 'invalid');
  const rest = all.slice(before + 1).filter(isWanted);
  const shown = rest.slice(0, limit);
  const hasMore = rest.length > limit;
  return {
    object: 'list',
    has_more: hasMore,
    total: shown.length,
    next_page_url: hasMore ? withNext(address, shown.at(-1)?.id ?? '') : null,
    previous_page_url: null,
    data: shown.map(answerOf),
  };
}

function withNext(address: URL, next: string): string {
  const url = new URL(address);
  url.searchParams.set('next', next);
  return url.href;
}

function isWanted(order: OrderRecord, request: OrdersRequest): boolean {
  const { search, payment_status: status } = request;
  return (
    request['created_at.gte'] <= order.createdAt &&
    order.createdAt <= request['created_at.lte'] &&
    request['updated_at.gte'] <= order.updatedAt &&
    order.updatedAt <= request['updated_at.lte'] &&
    (status === undefined || order.paymentStatus === status) &&
    textOf(order).includes(search)
  );
}

function textOf({ id, customer, metadata, charges }: OrderRecord): string {
  const references = charges.flatMap((charge) => [charge.id, charge.referenceId]);
  return JSON.stringify([id, Object.values(customer), Object.values(metadata), references]).toLowerCase();
}
