import * as z from 'zod';
import type { Job, JobOutcome } from './jobs.ts';
import { dueAttributes } from './due.ts';
import { type Attributes, DUE_PARTITION, keys, type Table, THERE, type Write } from './table.ts';

export const accessObservations = ['unknown', 'present', 'absent'] as const;

/** One paid purchase's claim on an access: the access should be present while there is any. */
const grantSchema = z.object({
  purchaseId: z.number(),
  /** null: the router profile's own limit rules, as the contract has it (9.5). */
  uptimeSeconds: z.number().nullable(),
  bytes: z.number().nullable(),
});

/** What should be on a router, and what was seen there. How it moves: shared/access/access.ts. */
export const accessSchema = z.object({
  id: z.string(),
  companyId: z.string(),
  routerId: z.string(),
  username: z.string(),
  /** Sealed `{password, consultToken}`: shown to the buyer again on a repeated request. */
  sealedCode: z.string(),
  profileName: z.string(),
  grants: z.array(grantSchema),
  desired: z.enum(['present', 'absent']),
  observed: z.enum(accessObservations),
  confirmedAt: z.number().nullable(),
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

export const accessItem = (access: Access): Attributes => ({ ...access, ...dueAttributes(access.dueAt) });

export class AccessStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(companyId: string, accessId: string): Promise<Access | undefined> {
    return this.#table.get(keys.access(companyId, accessId), accessSchema);
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
