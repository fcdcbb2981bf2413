import { firstPurchaseId } from '../platform/ids.ts';
import { Refusal } from '../platform/refusal.ts';
import { dayBegins } from '../platform/time-zone.ts';
import type { CompanyStore } from '../store/companies.ts';
import type { Purchase, PurchaseStore, SalesFilter } from '../store/purchases.ts';
import { timeZoneOf } from '../tenants/settings.ts';

/** Further ones are asked for by cursor: an offset reads all that it skips. */
const MAX = { limit: 200, offset: 1000 } as const;
const DAY_MS = 24 * 60 * 60_000;

export interface SalesPage {
  readonly limit: number;
  readonly offset: number;
  /** Number of the last purchase that was seen. */
  readonly cursor: number | undefined;
  /** At most one may be there. */
  readonly filters: readonly SalesFilter[];
  /** Days in the company's time zone, both included: `2026-11-25`. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

interface Parts {
  readonly purchases: PurchaseStore;
  readonly companies: CompanyStore;
}

/**
 * A page of a company's sales, newest first: one Query.
 *
 * @returns `next`, the cursor for those that follow, if any do
 * @throws Refusal `use-cursor`, `cursor-with-offset`, `filters-together`
 */
export async function listSales(
  companyId: string,
  { limit, offset, cursor, filters, from, to }: SalesPage,
  { purchases, companies }: Parts,
): Promise<{ readonly sales: readonly Purchase[]; readonly next: number | undefined }> {
  if (limit > MAX.limit || offset > MAX.offset) throw new Refusal('use-cursor');
  if (cursor !== undefined && offset > 0) throw new Refusal('cursor-with-offset');
  const [filter, ...others] = filters;
  if (others.length > 0) throw new Refusal('filters-together');
  const zone = from === undefined && to === undefined ? '' : timeZoneOf(await companies.find(companyId));
  const range = {
    fromId: from === undefined ? 0 : firstPurchaseId(dayBegins(zone, from) ?? 0),
    beforeId: Math.min(cursor ?? Number.MAX_SAFE_INTEGER, to === undefined ? Number.MAX_SAFE_INTEGER : endOf(zone, to)),
  };
  if (range.fromId >= range.beforeId) return { sales: [], next: undefined };
  const found = await purchases.list(companyId, filter, range, offset + limit + 1);
  const sales = found.slice(offset, offset + limit);
  return { sales, next: found.length > offset + limit ? sales.at(-1)?.id : undefined };
}

/** The first number of the day after. */
function endOf(zone: string, day: string): number {
  const after = new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  return firstPurchaseId(dayBegins(zone, after) ?? 0);
}
