/**
 * What an older copy of the table needs before anything runs on it. Everything else comes by itself: what the gateways and the
 * routers remember is asked of them, and what they have that this table never heard of is left alone and told of.
 */
import type { Clock } from '../platform/clock.ts';
import type { CompanyStore } from '../store/companies.ts';
import type { ComparisonStore } from '../store/comparisons.ts';
import type { Table } from '../store/table.ts';
import type { UserStore } from '../store/users.ts';

interface RestoredParts {
  readonly table: Table;
  readonly companies: CompanyStore;
  readonly comparisons: ComparisonStore;
  readonly users: UserStore;
  readonly clock: Clock;
}

/** More than were given out, or counted, since the copy was made. */
const LOST_AT_MOST = 1000;

/**
 * Numbers that were given out since are not given out again, nobody's session goes on, and every company is compared with its
 * gateways at once. Run again, it does no harm.
 *
 * @returns how many companies and users there are
 */
export async function prepareRestored(parts: RestoredParts): Promise<{ companies: number; users: number }> {
  const { table, companies, comparisons, users, clock } = parts;
  // A portal, or a session, may still say one of them.
  for (const counter of ['PRODUCT', 'USER'])
    await table.raiseNumber(counter, (await table.nextNumber(counter)) + LOST_AT_MOST);
  const people = await users.list({ role: null, companyId: null });
  // A session that was signed since knows a later version of its user than this table does.
  for (const { id } of people) await users.endSessions(id, LOST_AT_MOST);
  const tenants = await companies.list();
  for (const { id } of tenants) await comparisons.beginAnew(id, clock.now());
  return { companies: tenants.length, users: people.length };
}
