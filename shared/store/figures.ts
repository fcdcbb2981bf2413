/**
 * Sums over a company's purchases. A money write leaves a tally of what the purchase is worth now; the sweep adds the
 * difference to what was counted before, in one transaction with the mark that it was: so each change counts once, whatever
 * crashes, and no sale waits for an item that all sales share.
 */
import * as z from 'zod';
import { currencies, type Currency } from '../platform/money.ts';
import { DUE_PARTITION, type Key, keys, lists, prefixes, type Table, type Write } from './table.ts';

const factsSchema = z.object({
  /** 1 when lists show it, else 0. */
  sales: z.number(),
  paid: z.number(),
  pending: z.number(),
  /** 1 for a card that was declined. */
  declined: z.number(),
  /** What was paid less what was given back, minor units. */
  incomeMinor: z.number(),
});
export type Facts = Readonly<z.infer<typeof factsSchema>>;

/** What one purchase is worth to the figures, and what of it is in them. */
export const tallySchema = z.object({
  purchaseId: z.number(),
  companyId: z.string(),
  routerId: z.string(),
  productId: z.number(),
  currency: z.enum(currencies),
  /** Of the purchase: a later move leaves a later tally. */
  version: z.number(),
  /** When it was paid, or else begun; milliseconds. */
  at: z.number(),
  /** Its price, minor units. */
  amountMinor: z.number(),
  facts: factsSchema,
  /** And of which day; absent until it was counted once. */
  counted: z.object({ facts: factsSchema, day: z.string() }).optional(),
});
export type Tally = Readonly<z.infer<typeof tallySchema>>;

/** Part of the money write. What was counted before stays in the item. */
export const tallyWrite = (tally: Tally, now: number): Extract<Write, { kind: 'update' }> => ({
  kind: 'update',
  key: keys.tally(tally.companyId, tally.purchaseId),
  update: `SET #purchaseId = :purchase, #companyId = :company, #routerId = :router, #productId = :product,
    #currency = :currency, #version = :version, #at = :at, #amountMinor = :amount, #facts = :facts, #duePk = :due, #dueAt = :now,
    #listPk = :list, #listSk = :place`,
  values: {
    ':purchase': tally.purchaseId,
    ':company': tally.companyId,
    ':router': tally.routerId,
    ':product': tally.productId,
    ':currency': tally.currency,
    ':version': tally.version,
    ':at': tally.at,
    ':amount': tally.amountMinor,
    ':facts': tally.facts,
    ':due': DUE_PARTITION,
    ':now': now,
    ':list': lists.uncounted(tally.companyId),
    ':place': String(tally.purchaseId),
  },
});

/** Sums; income by currency, minor units: a company may sell in several, and they do not add up. */
const figureNames = ['sales', 'paid', 'pending', 'declined', ...currencies] as const;
type FigureName = (typeof figureNames)[number];
export type Figures = Readonly<Record<FigureName, number>>;

const figure = z.number().default(0);
const figuresSchema = z.object({
  sales: figure,
  paid: figure,
  pending: figure,
  declined: figure,
  MXN: figure,
  USD: figure,
  EUR: figure,
});
const NONE: Figures = figuresSchema.parse({});

/** More than are ever uncounted where the sweep runs; beyond it the figures lag. */
const MAX_UNCOUNTED = 200;

const ofRouter = (routerId: string): string => `ROUTER#${routerId}`;
const ofProduct = (productId: number): string => `PRODUCT#${productId}`;
const ofDay = (day: string): string => `DAY#${day}`;
const OF_COMPANY = 'COMPANY';

/** Of all sales of a company. */
export const companyFiguresKey = (companyId: string): Key => keys.figures(companyId, OF_COMPANY);

/** A tally to be counted, and the day it counts for. */
export interface Counting {
  readonly tally: Tally;
  /** In the company's time zone, `2026-11-25`. */
  readonly day: string;
}

export class FigureStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * All sales of a company. What was not counted yet is added here, so the figures lag by the index only, milliseconds; one
   * read and one Query, however many sales there are.
   */
  async ofCompany(companyId: string): Promise<Figures> {
    const [counted, uncounted] = await Promise.all([
      this.#table.get(companyFiguresKey(companyId), figuresSchema),
      this.#table.queryListPage(lists.uncounted(companyId), tallySchema, '', MAX_UNCOUNTED),
    ]);
    return uncounted.map(differenceOf).reduce(plus, counted ?? NONE);
  }

  /** By router or product, and by day: as they were counted, up to a minute ago. At most `limit`, the newest days first. */
  async each(
    companyId: string,
    of: 'router' | 'product' | 'day',
    limit: number,
  ): Promise<readonly (Figures & { readonly of: string })[]> {
    const prefix = prefixes.figures({ router: ofRouter(''), product: 'PRODUCT#', day: ofDay('') }[of]);
    const schema = z.looseObject({ sk: z.string() });
    const { pk } = keys.company(companyId);
    const items = await this.#table.queryPrefix(pk, prefix, schema, { newestFirst: true, limit });
    return items.map((item) => ({ ...figuresSchema.parse(item), of: item.sk.slice(prefix.length) }));
  }

  /**
   * Counts tallies of one company, each once.
   *
   * @param others what else comes with it; at most 100 writes in all
   * @returns false, and nothing is counted, when one of the purchases moved meanwhile
   */
  async count(companyId: string, countings: readonly Counting[], others: readonly Write[]): Promise<boolean> {
    const sums = new Map<string, Figures>();
    const add = (of: string, figures: Figures) => void sums.set(of, plus(sums.get(of) ?? NONE, figures));
    for (const { tally, day } of countings) {
      const difference = differenceOf(tally);
      for (const sum of [OF_COMPANY, ofRouter(tally.routerId), ofProduct(tally.productId)]) add(sum, difference);
      add(ofDay(day), figuresOf(tally.facts, tally.currency));
      if (!tally.counted) continue;
      add(ofDay(tally.counted.day), minus(figuresOf(tally.counted.facts, tally.currency)));
    }
    const result = await this.#table.transact([
      ...countings.map(markCounted),
      ...[...sums].flatMap(([of, figures]) => addWrite(companyId, of, figures)),
      ...others,
    ]);
    return result.kind === 'written';
  }
}

const markCounted = ({ tally, day }: Counting): Write => ({
  kind: 'update',
  key: keys.tally(tally.companyId, tally.purchaseId),
  update: 'SET #counted = :counted REMOVE #dueAt, #duePk, #listPk, #listSk',
  values: { ':counted': { facts: tally.facts, day } },
  condition: {
    expression: '#version = :version AND attribute_exists(#dueAt)',
    values: { ':version': tally.version },
  },
});

function addWrite(companyId: string, of: string, figures: Figures): readonly Write[] {
  const changed = figureNames.filter((name) => figures[name] !== 0);
  if (changed.length === 0) return [];
  return [
    {
      kind: 'update',
      key: keys.figures(companyId, of),
      update: `ADD ${changed.map((name) => `#${name} :${name}`).join(', ')}`,
      values: Object.fromEntries(changed.map((name) => [`:${name}`, figures[name]])),
    },
  ];
}

const figuresOf = ({ incomeMinor, ...counts }: Facts, currency: Currency): Figures => ({
  ...NONE,
  ...counts,
  [currency]: incomeMinor,
});

function differenceOf({ facts, counted, currency }: Tally): Figures {
  const now = figuresOf(facts, currency);
  return counted ? plus(now, minus(figuresOf(counted.facts, currency))) : now;
}

const each = (make: (name: FigureName) => number): Figures => ({
  sales: make('sales'),
  paid: make('paid'),
  pending: make('pending'),
  declined: make('declined'),
  MXN: make('MXN'),
  USD: make('USD'),
  EUR: make('EUR'),
});
const plus = (one: Figures, other: Figures): Figures => each((name) => one[name] + other[name]);
const minus = (figures: Figures): Figures => each((name) => -figures[name]);
