import * as z from 'zod';
import { type Attributes, DUE_PARTITION, keys, type Table, THERE, type Write } from './table.ts';

/** What a reconcile found and did. */
const tallySchema = z.object({
  /** Accesses that should be on the router. */
  live: z.number(),
  /** Users that were missing and came back. */
  restored: z.number(),
  /** Users of ours whose time is over, or whose money went back. */
  removed: z.number(),
  /** Users that were not set as they should be. */
  mended: z.number(),
  /** Users that bear our mark, and nobody here knows them: left alone. */
  strangers: z.number(),
  /** Left to be done by their own due time: the router refused, or its answer was lost. */
  failed: z.number(),
});
export type Tally = Readonly<z.infer<typeof tallySchema>>;

export const NOTHING_DONE: Tally = { live: 0, restored: 0, removed: 0, mended: 0, strangers: 0, failed: 0 };

/** When a router is compared with what should be on it, and what came of it the last time. One item, always due at some time. */
export const reconcileSchema = z.object({
  companyId: z.string(),
  routerId: z.string(),
  /** Of the run that is under way, slice by slice; null between two. */
  run: tallySchema.extend({ startedAt: z.number() }).nullable().default(null),
  last: tallySchema.extend({ startedAt: z.number(), endedAt: z.number() }).nullable().default(null),
  dueAt: z.number(),
});
export type Reconcile = z.infer<typeof reconcileSchema>;

/** Begins the reconciles of a router: part of the write that makes it. */
export const reconcileOwed = (companyId: string, routerId: string, at: number): Extract<Write, { kind: 'update' }> => ({
  kind: 'update',
  key: keys.reconcile(companyId, routerId),
  update: 'SET #companyId = :company, #routerId = :router, #duePk = :due, #dueAt = :at',
  values: { ':company': companyId, ':router': routerId, ':due': DUE_PARTITION, ':at': at },
});

export class ReconcileStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(companyId: string, routerId: string): Promise<Reconcile | undefined> {
    return this.#table.get(keys.reconcile(companyId, routerId), reconcileSchema);
  }

  /** Has a router compared at `at`, also one that never was, for who begins with it at once. */
  async ask(companyId: string, routerId: string, at: number): Promise<void> {
    await this.#table.write(reconcileOwed(companyId, routerId, at));
  }

  /** Has a router compared no later than `at`. */
  async hurry(companyId: string, routerId: string, at: number): Promise<void> {
    await this.#table.write({
      kind: 'update',
      key: keys.reconcile(companyId, routerId),
      update: 'SET #dueAt = :at',
      values: { ':at': at },
      condition: { expression: '#dueAt > :at' },
    });
  }

  /** For who is about to send a slice. @returns false when another was faster */
  async claim({ companyId, routerId, dueAt }: Reconcile, next: number): Promise<boolean> {
    return this.#table.write({
      kind: 'update',
      key: keys.reconcile(companyId, routerId),
      update: 'SET #dueAt = :next',
      values: { ':next': next },
      condition: { expression: '#dueAt = :seen', values: { ':seen': dueAt } },
    });
  }

  /** Writes how far a slice has come, by the one worker who holds the router; nothing of a router that was deleted meanwhile. */
  async advance(
    companyId: string,
    routerId: string,
    { run, last, dueAt }: Pick<Reconcile, 'run' | 'dueAt'> & { readonly last?: Reconcile['last'] },
  ): Promise<void> {
    const owed = reconcileOwed(companyId, routerId, dueAt);
    const values: Attributes = { ...owed.values, ':run': run, ...(last && { ':last': last }) };
    const update = `${owed.update}, #run = :run${last ? ', #last = :last' : ''}`;
    await this.#table.write({ kind: 'update', key: owed.key, update, values, condition: THERE });
  }
}
