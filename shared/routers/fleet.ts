import { companySchema } from '../store/companies.ts';
import { type Health, healthSchema } from '../store/router-health.ts';
import { type Router, routerSchema } from '../store/routers.ts';
import { type Attributes, BATCH_KEYS, type Key, keys, type Table } from '../store/table.ts';
import type { ListedWatch, WatchStore } from '../store/watches.ts';

export interface FleetMember {
  readonly watch: ListedWatch;
  readonly router: Router;
  readonly companyName: string;
  readonly health: Health;
}

/**
 * Routers of all companies: those whose failure was confirmed first, the newest failure foremost.
 *
 * @param after where the page before ended, or ''
 */
export async function readFleet(
  { table, watches }: { readonly table: Table; readonly watches: WatchStore },
  after: string,
  limit: number,
): Promise<{ readonly members: readonly FleetMember[]; readonly next: string | null }> {
  const found = await watches.fleet(after, limit + 1);
  const page = found.slice(0, limit);
  const companyIds = [...new Set(page.map(({ companyId }) => companyId))];
  const items = await readAll(table, [
    ...page.map(({ companyId, routerId }) => keys.router(companyId, routerId)),
    ...page.map(({ companyId, routerId }) => keys.health(companyId, routerId)),
    ...companyIds.map(keys.company),
  ]);
  const [routers, healths] = [items.slice(0, page.length), items.slice(page.length, 2 * page.length)];
  const companies = items.slice(2 * page.length);
  const names = new Map(
    companyIds.map((id, index) => [id, companies[index] && companySchema.parse(companies[index]).name]),
  );
  const members = page.flatMap((watch, index) => {
    const router = routers[index];
    if (!router) return [];
    return {
      watch,
      router: routerSchema.parse(router),
      companyName: names.get(watch.companyId) ?? '',
      health: healthSchema.parse(healths[index] ?? {}),
    };
  });
  return { members, next: found.length > limit ? (page.at(-1)?.listSk ?? null) : null };
}

async function readAll(table: Table, wanted: readonly Key[]): Promise<(Attributes | undefined)[]> {
  const batches: Promise<(Attributes | undefined)[]>[] = [];
  for (let at = 0; at < wanted.length; at += BATCH_KEYS)
    batches.push(table.batchGet(wanted.slice(at, at + BATCH_KEYS)));
  return (await Promise.all(batches)).flat();
}
