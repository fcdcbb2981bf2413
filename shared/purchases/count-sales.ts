/** Tallies that money writes left behind, added to the figures of their companies. */
import type { CompanyStore } from '../store/companies.ts';
import type { Counting, FigureStore, Tally } from '../store/figures.ts';
import { timeZoneOf } from '../tenants/settings.ts';
import { dayIn } from '../platform/time-zone.ts';

export interface CountingParts {
  readonly companies: CompanyStore;
  readonly figures: FigureStore;
}

/** A mark and its share of the sums for each; a transaction takes a hundred writes. */
const AT_ONCE = 20;

/**
 * Counts what one company's purchases changed. A purchase that moved meanwhile has left a later tally: its group stays
 * uncounted until the next sweep, but for one that is tried alone.
 */
export async function countSales(companyId: string, tallies: readonly Tally[], parts: CountingParts): Promise<void> {
  const company = await parts.companies.find(companyId);
  const zone = timeZoneOf(company);
  const countings = tallies.map((tally): Counting => ({ tally, day: dayIn(zone, tally.at) }));
  for (let start = 0; start < countings.length; start += AT_ONCE) {
    const group = countings.slice(start, start + AT_ONCE);
    if (await parts.figures.count(companyId, group, [])) continue;
    for (const counting of group) await parts.figures.count(companyId, [counting], []);
  }
}
