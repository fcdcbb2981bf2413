import * as z from 'zod';
import { type Attributes, keys, NOT_THERE, type Table, THERE } from './table.ts';

const profileSchema = z.object({
  id: z.string(),
  name: z.string(),
  sessionTimeout: z.string().nullable(),
  idleTimeout: z.string().nullable(),
  keepaliveTimeout: z.string().nullable(),
  statusAutorefresh: z.string().nullable(),
  sharedUsers: z.string().nullable(),
  rateLimit: z.string().nullable(),
  addressList: z.string().nullable(),
  macCookieTimeout: z.string().nullable(),
});

/** How logging a phone in went. `slow`: the time was over, or the router's answer was lost. */
export const logInResults = ['connected', 'no-host', 'refused', 'slow', 'not-delivered'] as const;

/** A session that was read back after its phone was logged in. */
const openedSessionSchema = z.object({
  /** In the hotspot's own network. */
  address: z.string(),
  uptimeSeconds: z.number(),
  bytesIn: z.number(),
  bytesOut: z.number(),
});
export type OpenedSession = z.infer<typeof openedSessionSchema>;

const amountSchema = { seconds: z.number(), bytes: z.number() };

/** A user as the router shows it now. */
const inspectedUserSchema = z.object({
  id: z.string(),
  profile: z.string(),
  comment: z.string(),
  disabled: z.boolean(),
  limitUptimeSeconds: z.number().nullable(),
  /** Of its profile; RouterOS duration text. */
  macCookieTimeout: z.string().nullable(),
  /** Its own counters, and those of its sessions. */
  reading: z.object({ ...amountSchema, sessions: z.array(z.object(amountSchema)).readonly() }),
});
export type InspectedUser = z.infer<typeof inspectedUserSchema>;

/** What a job found, as the one who waits needs it. No address of a router, no passwords. */
const outcomeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('converged'),
    observed: z.enum(['present', 'absent']),
    logIn: z.enum(logInResults).nullable(),
    /** Of a phone that was logged in. */
    session: openedSessionSchema.optional(),
  }),
  z.object({ kind: z.literal('unreachable') }),
  z.object({ kind: z.literal('refused'), reason: z.string() }),
  z.object({ kind: z.literal('answer-lost') }),
  z.object({ kind: z.literal('probed'), identity: z.string(), profiles: z.array(profileSchema) }),
  z.object({ kind: z.literal('answered') }),
  /** One slice of a reconcile; `isDone` when nothing was left for another. */
  z.object({ kind: z.literal('reconciled'), isDone: z.boolean() }),
  z.object({ kind: z.literal('host-looked-up'), isThere: z.boolean() }),
  /** null: there is no such user, or it is a stranger's. */
  z.object({ kind: z.literal('inspected'), user: inspectedUserSchema.nullable() }),
  /** null: there is no such user, or its password is another. */
  z.object({
    kind: z.literal('stranger'),
    logIn: z.enum(logInResults).nullable(),
    session: openedSessionSchema.optional(),
  }),
  /** null likewise. */
  z.object({ kind: z.literal('stranger-inspected'), user: inspectedUserSchema.nullable() }),
  /** Nobody waits any more, or the router was busy with another job. */
  z.object({ kind: z.literal('dropped') }),
]);
export type JobOutcome = z.infer<typeof outcomeSchema>;

const taskSchema = z.discriminatedUnion('kind', [
  /** Durable: makes the router agree with the access. Logs a phone in as well while somebody waits for that. */
  z.object({
    kind: z.literal('converge-access'),
    accessId: z.string(),
    logIn: z.object({ macAddress: z.string(), until: z.number() }).nullable(),
  }),
  /** Durable: compares the router with what should be on it, for a moment; the rest is another job's. */
  z.object({ kind: z.literal('reconcile') }),
  /** Interactive: identity, version and profiles; keeps the router's health up to date. */
  z.object({ kind: z.literal('probe'), until: z.number() }),
  /** Interactive: whether the router can be logged in to, and nothing more. */
  z.object({ kind: z.literal('knock'), until: z.number() }),
  /** Interactive: whether a device stands in the router's own host table. */
  z.object({ kind: z.literal('find-host'), macAddress: z.string(), until: z.number() }),
  /** Interactive: what the router shows of an access, now. Only reads. */
  z.object({ kind: z.literal('inspect-user'), accessId: z.string(), until: z.number() }),
  /** Interactive: as `converge-access` with a phone to log in, and nothing at all once nobody waits for that. */
  z.object({ kind: z.literal('reconnect'), accessId: z.string(), macAddress: z.string(), until: z.number() }),
  /** Interactive: the same for a user that is none of ours. Its router alone knows its password; the one given is `sealed`. */
  z.object({ kind: z.literal('reconnect-stranger'), username: z.string(), macAddress: z.string(), until: z.number() }),
  /** Interactive: as `inspect-user`, and proved as `reconnect-stranger` is. */
  z.object({ kind: z.literal('inspect-stranger'), username: z.string(), until: z.number() }),
]);
export type JobTask = z.infer<typeof taskSchema>;

/** One visit to a router. The queue message carries ids only; this item is what the worker reads and answers into. */
export const jobSchema = z.object({
  id: z.string(),
  companyId: z.string(),
  routerId: z.string(),
  task: taskSchema,
  /** A secret that the task needs, sealed as an access code is; gone when the job has ended. */
  sealed: z.string().optional(),
  createdAt: z.number(),
  outcome: outcomeSchema.nullable(),
});
export type Job = z.infer<typeof jobSchema>;

/** Jobs are read for seconds and kept for a day, for whoever looks into an incident. */
const KEPT_MS = 24 * 60 * 60 * 1000;

export const jobItem = (job: Job): Attributes => ({
  ...job,
  expiresAtSeconds: Math.ceil((job.createdAt + KEPT_MS) / 1000),
});

export class JobStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async create(job: Job): Promise<void> {
    await this.#table.write({
      kind: 'put',
      key: keys.job(job.companyId, job.id),
      item: jobItem(job),
      condition: NOT_THERE,
    });
  }

  async find(companyId: string, jobId: string): Promise<Job | undefined> {
    return this.#table.get(keys.job(companyId, jobId), jobSchema);
  }

  async finish(job: Pick<Job, 'id' | 'companyId'>, outcome: JobOutcome): Promise<void> {
    await this.#table.update(
      keys.job(job.companyId, job.id),
      'SET #outcome = :outcome REMOVE #sealed',
      { ':outcome': outcome },
      THERE,
    );
  }
}
