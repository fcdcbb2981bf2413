import * as z from 'zod';
import { type Notice, noticeWrite } from './notices.ts';
import { type Attributes, DUE_PARTITION, keys, lists, prefixes, type Table, type Write } from './table.ts';

export const DEFAULT_HEARTBEAT_MINUTES = 15;

/** How a router is looked after while nobody asks for it: its heartbeat, and what the operator was told. */
export const watchSchema = z.object({
  companyId: z.string(),
  routerId: z.string(),
  /** Minutes from one heartbeat to the next; 0 = none, for a site that sleeps. */
  everyMinutes: z.number(),
  /** Heartbeats since the router is down. */
  missed: z.number().default(0),
  /** Since when it was down, when the operator was told; null when told that it is up, or nothing yet. */
  toldDownSince: z.number().nullable().default(null),
  dueAt: z.number().nullable().default(null),
});
export type Watch = z.infer<typeof watchSchema>;

const listedWatchSchema = watchSchema.extend({ listSk: z.string() });
export type ListedWatch = z.infer<typeof listedWatchSchema>;

const LATEST = 9_999_999_999_999;

/** The order of the fleet: routers that are down, the newest first; then all others. */
const placeInFleet = (companyId: string, routerId: string, downSince: number | null): string =>
  `${downSince === null ? '1' : `0#${String(LATEST - downSince).padStart(13, '0')}`}#${companyId}#${routerId}`;

/** Begins the watch over a router, or goes on with one that rested: part of the write that makes or activates it. */
export const watchOwed = (companyId: string, routerId: string, dueAt: number): Extract<Write, { kind: 'update' }> => ({
  kind: 'update',
  key: keys.watch(companyId, routerId),
  update: `SET #companyId = :company, #routerId = :router, #everyMinutes = if_not_exists(#everyMinutes, :every),
    #duePk = :due, #dueAt = :at, #listPk = :list, #listSk = if_not_exists(#listSk, :place)`,
  values: {
    ':company': companyId,
    ':router': routerId,
    ':every': DEFAULT_HEARTBEAT_MINUTES,
    ':due': DUE_PARTITION,
    ':at': dueAt,
    ':list': lists.fleet,
    ':place': placeInFleet(companyId, routerId, null),
  },
});

export class WatchStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(companyId: string, routerId: string): Promise<Watch | undefined> {
    return this.#table.get(keys.watch(companyId, routerId), watchSchema);
  }

  /** By router. */
  async listOfCompany(companyId: string): Promise<ReadonlyMap<string, Watch>> {
    const found = await this.#table.queryPrefix(keys.company(companyId).pk, prefixes.watches, watchSchema);
    return new Map(found.map((watch) => [watch.routerId, watch]));
  }

  /** Routers of all companies, those that are down first. @param after the `listSk` of the last one seen, or '' */
  async fleet(after: string, limit: number): Promise<ListedWatch[]> {
    return this.#table.queryListPage(lists.fleet, listedWatchSchema, after, limit);
  }

  /**
   * Writes when the next heartbeat is, and what the operator is told, together with the telling.
   *
   * @returns false when somebody else did, or the watch was changed meanwhile
   */
  async advance(
    before: Watch,
    after: Pick<Watch, 'missed' | 'toldDownSince' | 'dueAt'>,
    notice?: Notice,
  ): Promise<boolean> {
    const { companyId, routerId, dueAt } = before;
    const seen: Attributes = {
      ':seen': dueAt,
      ':missed': after.missed,
      ':told': after.toldDownSince,
      ':place': placeInFleet(companyId, routerId, after.toldDownSince),
    };
    const set = 'SET #missed = :missed, #toldDownSince = :told, #listSk = :place';
    const write: Extract<Write, { kind: 'update' }> = {
      kind: 'update',
      key: keys.watch(companyId, routerId),
      ...(after.dueAt === null
        ? { update: `${set} REMOVE #dueAt, #duePk`, values: seen }
        : { update: `${set}, #dueAt = :next`, values: { ...seen, ':next': after.dueAt } }),
      condition: { expression: '#dueAt = :seen' },
    };
    if (!notice) return this.#table.write(write);
    return (await this.#table.transact([write, noticeWrite(companyId, notice)])).kind === 'written';
  }

  /** Has a router looked after no later than `at`; one that rests goes on resting. */
  async hurry(companyId: string, routerId: string, at: number): Promise<void> {
    await this.#table.update(
      keys.watch(companyId, routerId),
      'SET #dueAt = :at',
      { ':at': at },
      { expression: '#dueAt > :at' },
    );
  }

  /** @param everyMinutes 0 = no heartbeat */
  async setEvery(companyId: string, routerId: string, everyMinutes: number): Promise<void> {
    // Due now, also to be switched off: the next sweep sees to either.
    const owed = watchOwed(companyId, routerId, 0);
    await this.#table.write({
      ...owed,
      update: owed.update.replace('if_not_exists(#everyMinutes, :every)', ':every'),
      values: { ...owed.values, ':every': everyMinutes },
    });
  }
}
