/** Tallies that money writes left behind: added to the figures of their companies, and told to their operators. */
import type { Clock } from '../platform/clock.ts';
import { dayIn } from '../platform/time-zone.ts';
import type { Company, CompanyStore } from '../store/companies.ts';
import type { Counting, FigureStore, Tally } from '../store/figures.ts';
import { messageWrite, type News } from '../store/messages.ts';
import type { Write } from '../store/table.ts';
import { timeZoneOf } from '../tenants/settings.ts';
import { wasPaid } from './figures.ts';

export interface CountingParts {
  readonly companies: CompanyStore;
  readonly figures: FigureStore;
  readonly clock: Clock;
}

/** A mark, two messages and four sums for each, and one of all; a transaction takes a hundred writes. */
const AT_ONCE = 14;
/** More declined cards than this in one go are told in one message: a card tester makes thousands. */
const DECLINES_TOLD = 3;

/**
 * Counts what one company's purchases changed, each once, and leaves a message about each for whoever wants to be told. A
 * purchase that moved meanwhile has left a later tally: then the others of its group are counted one by one.
 */
export async function countSales(companyId: string, tallies: readonly Tally[], parts: CountingParts): Promise<void> {
  const { companies, figures, clock } = parts;
  const company = await companies.find(companyId);
  const countings = tallies.map((tally): Counting => ({ tally, day: dayIn(timeZoneOf(company), tally.at) }));
  const messages = (some: readonly Counting[]) => messagesOf(company, some, clock.now());
  for (let start = 0; start < countings.length; start += AT_ONCE) {
    const group = countings.slice(start, start + AT_ONCE);
    if (await figures.count(companyId, group, messages(group))) continue;
    for (const counting of group) await figures.count(companyId, [counting], messages([counting]));
  }
}

function messagesOf(company: Company | undefined, countings: readonly Counting[], now: number): readonly Write[] {
  if (!company?.telegram.enabled) return [];
  const news = countings.flatMap(({ tally }) => newsOf(tally).map((one) => ({ one, version: tally.version })));
  const declines = news.filter(({ one }) => one.kind === 'declined').length;
  const isMany = declines > DECLINES_TOLD;
  return [
    ...news
      .filter(({ one }) => !isMany || one.kind !== 'declined')
      .map(({ one, version }) => messageWrite(company.id, `${one.kind}-${one.purchaseId}-${version}`, one, now)),
    ...(isMany ? [messageWrite(company.id, `declines-${now}`, { kind: 'declines', count: declines }, now)] : []),
  ];
}

type NewsOfOne = Extract<News, { purchaseId: number }>;

/** What is new since it was counted last. Of money that came and went since then, what went is told. */
function newsOf({ purchaseId, amountMinor, facts, counted }: Tally): readonly NewsOfOne[] {
  const before = counted?.facts;
  if (facts.declined > (before?.declined ?? 0)) return [{ kind: 'declined', purchaseId }];
  const known = before && wasPaid(before) ? before.incomeMinor : undefined;
  const minor = (known ?? (wasPaid(facts) ? amountMinor : 0)) - facts.incomeMinor;
  return [
    ...(facts.paid > (before?.paid ?? 0) ? [{ kind: 'sale', purchaseId } as const] : []),
    ...(minor > 0 ? [{ kind: 'reversal', purchaseId, minor } as const] : []),
  ];
}
