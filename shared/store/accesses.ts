import * as z from 'zod';
import type { Job, JobOutcome } from './jobs.ts';
import { dueAttributes } from './due.ts';
import { profileLimitsSchema } from './router-health.ts';
import { accessClocks } from './time-sold.ts';
import {
  type Attributes,
  BATCH_KEYS,
  DUE_PARTITION,
  keys,
  lists,
  NOT_THERE,
  type Table,
  THERE,
  type Write,
} from './table.ts';

export const accessObservations = ['unknown', 'present', 'absent'] as const;

/** One paid purchase's claim on an access: the access should be present while there is any, and time is left. */
const grantSchema = z.object({
  purchaseId: z.number(),
  /** From when its time is counted, milliseconds. */
  since: z.number().default(0),
  /** null: the router profile's own limit rules, as the contract has it (9.5). */
  seconds: z.number().nullable().default(null),
  bytes: z.number().nullable(),
});

const amountSchema = z.object({ seconds: z.number(), bytes: z.number() });
const NOTHING = { seconds: 0, bytes: 0 };

/** What should be on a router, and what was seen there. How it moves: shared/access/access.ts. */
export const accessSchema = z.object({
  id: z.string(),
  companyId: z.string(),
  routerId: z.string(),
  username: z.string(),
  /** Sealed `{password, consultToken}`: shown to the buyer again on a repeated request. */
  sealedCode: z.string(),
  profileName: z.string(),
  /** As it was when this was sold, for a router that lost it; null where that was not known. */
  profileLimits: profileLimitsSchema.nullable().default(null),
  grants: z.array(grantSchema),
  /** What its time is counted by; null where none was sold. */
  clock: z.enum(accessClocks).nullable().default(null),
  /** How many devices may be online at once, where that is known: their time adds up on the router. */
  devices: z.number().nullable().default(null),
  /** When it was first seen online. */
  firstSeenAt: z.number().nullable().default(null),
  /** Online time and bytes so far, as of `usedAt`: never more than the truth. */
  used: amountSchema.default(NOTHING),
  usedAt: z.number().nullable().default(null),
  /** What of `used` the present router user's own counters do not hold: it was made when so much was used. */
  usedBefore: amountSchema.default(NOTHING),
  /** Not before this was the present router user made. */
  madeAt: z.number().nullable().default(null),
  /** When its time was found to be over. */
  endedAt: z.number().nullable().default(null),
  desired: z.enum(['present', 'absent']),
  observed: z.enum(accessObservations),
  confirmedAt: z.number().nullable(),
  /** Since when money has wanted it as it is. */
  wantedSince: z.number().nullable().default(null),
  version: z.number(),
  /** Failed tries since the last agreement; sets the back-off. */
  attempts: z.number(),
  /** When an answer of the router was lost: it is read once more a minute later (design 3, rule 6). */
  uncertainSince: z.number().nullable(),
  createdAt: z.number(),
  /** Absent, not null, in the table: the index is sparse. */
  dueAt: z.number().nullable().default(null),
});
export type Access = z.infer<typeof accessSchema>;
export type Grant = z.infer<typeof grantSchema>;

/** What stands under a name of a router. */
export const reservedNameSchema = z.object({ accessId: z.string() });

/** Listed by router while anything of it is, or should be, there. */
export const accessItem = (access: Access): Attributes => ({
  ...access,
  ...dueAttributes(access.dueAt),
  ...((access.desired === 'present' || access.observed !== 'absent') && {
    listPk: lists.accesses(access.routerId),
    listSk: access.id,
  }),
});

/** With the name reserved on its router: part of the write that begins a purchase. */
export const newAccessWrites = (access: Access): readonly Write[] => [
  {
    kind: 'put',
    key: keys.reservedName(access.companyId, access.routerId, access.username),
    item: { accessId: access.id } satisfies z.infer<typeof reservedNameSchema>,
    condition: NOT_THERE,
  },
  { kind: 'put', key: keys.access(access.companyId, access.id), item: accessItem(access), condition: NOT_THERE },
];

export class AccessStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(companyId: string, accessId: string): Promise<Access | undefined> {
    return this.#table.get(keys.access(companyId, accessId), accessSchema);
  }

  /** By its user name, which is one access's on a router, for good. */
  async findByName(companyId: string, routerId: string, username: string): Promise<Access | undefined> {
    const name = await this.#table.get(keys.reservedName(companyId, routerId, username), reservedNameSchema);
    return name && this.find(companyId, name.accessId);
  }

  /** Those that are, or should be, on a router. Eventually consistent: read again what is acted on. */
  async onRouter(companyId: string, routerId: string): Promise<Access[]> {
    const found = await this.#table.queryList(lists.accesses(routerId), accessSchema);
    return found.filter((access) => access.companyId === companyId);
  }

  /** Those of some ids that there are, by id. */
  async findMany(companyId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Access>> {
    const found = new Map<string, Access>();
    for (let start = 0; start < ids.length; start += BATCH_KEYS) {
      const wanted = [...new Set(ids.slice(start, start + BATCH_KEYS))].map((id) => keys.access(companyId, id));
      for (const item of await this.#table.batchGet(wanted)) {
        const access = item && accessSchema.parse(item);
        if (access) found.set(access.id, access);
      }
    }
    return found;
  }

  /**
   * Writes what a router visit showed: the access, the job's outcome and, when the user was seen present, the delivery of
   * every purchase behind it, in one transaction.
   *
   * @returns false when the access moved meanwhile: what was seen may no longer be what is wanted
   */
  async recordVisit(visit: {
    readonly before: Access;
    readonly after: Access;
    readonly delivered: readonly number[];
    readonly job?: { readonly job: Job; readonly outcome: JobOutcome } | undefined;
    readonly at: number;
  }): Promise<boolean> {
    const { before, after, delivered, job, at } = visit;
    const { companyId } = before;
    const writes: Write[] = [
      {
        kind: 'put',
        key: keys.access(companyId, before.id),
        item: accessItem(after),
        condition: { expression: '#version = :version', values: { ':version': before.version } },
      },
      ...delivered.map((purchaseId): Write => ({
        kind: 'update',
        key: keys.purchase(companyId, purchaseId),
        // The first time counts, whenever the router is read again. The version rises, so that a money write that read the
        // purchase earlier re-reads instead of forgetting this.
        update: 'SET #deliveredAt = if_not_exists(#deliveredAt, :at) ADD #version :one',
        values: { ':at': at, ':one': 1 },
        condition: THERE,
      })),
    ];
    if (job)
      writes.push({
        kind: 'update',
        key: keys.job(companyId, job.job.id),
        update: 'SET #outcome = :outcome',
        values: { ':outcome': job.outcome },
        condition: THERE,
      });
    return (await this.#table.transact(writes)).kind === 'written';
  }

  /** @returns false when the access moved meanwhile */
  async put(before: Access, after: Access): Promise<boolean> {
    return this.#table.write({
      kind: 'put',
      key: keys.access(before.companyId, before.id),
      item: accessItem(after),
      condition: { expression: '#version = :version', values: { ':version': before.version } },
    });
  }

  /** What was last sent to the router for this access may still take effect: it is read again, now and a minute later. */
  async doubt(companyId: string, accessId: string, at: number): Promise<void> {
    await this.#table.update(
      keys.access(companyId, accessId),
      'SET #uncertainSince = :at, #duePk = :due, #dueAt = :at ADD #version :one',
      { ':at': at, ':due': DUE_PARTITION, ':one': 1 },
      THERE,
    );
  }

  /** Moves only the due time and the number of tries, for one who is about to try. @returns false when another was faster */
  async claim(before: Access, after: Access): Promise<boolean> {
    return this.#table.write({
      kind: 'put',
      key: keys.access(before.companyId, before.id),
      item: accessItem(after),
      condition: {
        expression: '#version = :version AND #attempts = :attempts',
        values: { ':version': before.version, ':attempts': before.attempts },
      },
    });
  }
}
