import * as z from 'zod';
import { gatewayNames, type GatewayName } from '../gateways/gateway.ts';
import { dueAttributes } from './due.ts';
import { type Attributes, DUE_PARTITION, keys, prefixes, type Table, THERE, type Write } from './table.ts';

/** In what a gateway's books and ours may differ. What each means: shared/purchases/compare.ts. */
export const differenceKinds = [
  'unknown-purchase',
  'other-order',
  'unknown-payment',
  'unknown-refund',
  'unknown-dispute',
  'dispute-gone',
  'not-at-gateway',
  'not-answered',
] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

const differenceSchema = z.object({
  purchaseId: z.number(),
  kind: z.enum(differenceKinds),
  /** The gateway's order, where it is about one. */
  orderRef: z.string().nullable(),
  /** Money as the gateway has it and as we do, where the difference lies there. */
  theirsMinor: z.number().nullable(),
  oursMinor: z.number().nullable(),
});
export type Difference = z.infer<typeof differenceSchema>;

/** How far the comparison with one gateway has come. `silent`: the gateway would not answer, and it was given up. */
export const comparisonStages = ['listing', 'searching', 'complete', 'silent'] as const;

const gatewaySchema = z.object({
  gateway: z.enum(gatewayNames),
  stage: z.enum(comparisonStages),
  /** Changes at the gateway from then on, milliseconds. */
  since: z.number(),
  /** Where the gateway's next page begins, and how many were read. */
  cursor: z.string().nullable(),
  pages: z.number(),
  /** The last of our own purchases that was looked for in the gateway's list. */
  searchedTo: z.number(),
  /** Purchases to ask the gateway about one by one. */
  toReview: z.array(z.number()),
  /** Answers that did not come, and when the gateway may be asked again. */
  unanswered: z.number(),
  nextAt: z.number(),

  /** Orders listed as ours, and entries that were none of ours. */
  ours: z.number(),
  foreign: z.number(),
  agreeing: z.number(),
  /** Purchases that disagreed until the gateway was asked about them. */
  corrected: z.number(),
  differing: z.number(),
  /** The first of those that differ. */
  differences: z.array(differenceSchema),
});
export type GatewayComparison = z.infer<typeof gatewaySchema>;

const runSchema = z.object({ startedAt: z.number(), gateways: z.array(gatewaySchema) });
export type ComparisonRun = z.infer<typeof runSchema>;

const resultSchema = runSchema.extend({ endedAt: z.number() });
export type ComparisonResult = z.infer<typeof resultSchema>;

/** A company's daily comparison of its purchases with its gateways' payments: one item, always due at some time. */
export const comparisonSchema = z.object({
  companyId: z.string(),
  /** Raised by every write; every write is conditional on it. */
  version: z.number(),
  run: runSchema.nullable().default(null),
  last: resultSchema.nullable().default(null),
  /** When the last run began that was complete, by gateway: the next must reach back to it. */
  completeAt: z.partialRecord(z.enum(gatewayNames), z.number()).default({}),
  dueAt: z.number(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** Begins the daily comparison of a company that has none yet; another is left as it is. */
export const comparisonOwed = (companyId: string, dueAt: number): Write => ({
  kind: 'update',
  key: keys.comparison(companyId),
  update: `SET #companyId = :company, #version = if_not_exists(#version, :zero),
    #dueAt = if_not_exists(#dueAt, :at), #duePk = :due`,
  values: { ':company': companyId, ':zero': 0, ':at': dueAt, ':due': DUE_PARTITION },
});

const comparisonItem = (comparison: Comparison): Attributes => ({ ...comparison, ...dueAttributes(comparison.dueAt) });

/** Which purchases one page of the gateway's list named: read once, by the end of its run. */
const namedSchema = z.object({ purchaseIds: z.array(z.number()) });
const NAMED_KEPT_MS = 7 * 24 * 60 * 60 * 1000;

export interface NamedPage {
  readonly gateway: GatewayName;
  readonly page: number;
  readonly purchaseIds: readonly number[];
}

export class ComparisonStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(companyId: string): Promise<Comparison | undefined> {
    return this.#table.get(keys.comparison(companyId), comparisonSchema);
  }

  /**
   * Writes how far it has come, together with what the page just read named.
   *
   * @returns false when somebody else went on with it
   */
  async advance(before: Comparison, after: Comparison, named?: NamedPage): Promise<boolean> {
    const { companyId, version } = before;
    const put: Extract<Write, { kind: 'put' }> = {
      kind: 'put',
      key: keys.comparison(companyId),
      item: comparisonItem(after),
      condition: { expression: '#version = :version', values: { ':version': version } },
    };
    const startedAt = after.run?.startedAt;
    if (!named || startedAt === undefined) return this.#table.write(put);
    const { gateway, page, purchaseIds } = named;
    const result = await this.#table.transact([
      put,
      {
        kind: 'put',
        key: keys.named(companyId, startedAt, gateway, page),
        item: { purchaseIds, expiresAtSeconds: Math.ceil((startedAt + NAMED_KEPT_MS) / 1000) },
      },
    ]);
    return result.kind === 'written';
  }

  /** Begins it anew, now. It reaches back to the last one that was complete, as ever. */
  async beginAnew(companyId: string, now: number): Promise<void> {
    await this.#table.update(
      keys.comparison(companyId),
      'SET #run = :none, #dueAt = :now ADD #version :one',
      { ':none': null, ':now': now, ':one': 1 },
      THERE,
    );
  }

  /** All purchases that the pages of this run named. */
  async namedIn(companyId: string, startedAt: number, gateway: GatewayName): Promise<ReadonlySet<number>> {
    const { pk } = keys.comparison(companyId);
    const pages = await this.#table.queryPrefix(pk, prefixes.named(startedAt, gateway), namedSchema);
    return new Set(pages.flatMap(({ purchaseIds }) => purchaseIds));
  }
}
