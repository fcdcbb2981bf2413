/**
 * One visit to a router at a time: take the lease, read what the job is about, do it, write down what came of it. A job
 * that nobody waits for any more is dropped before all that: a storm of them would stand before the buyers who do. The
 * queue's message is always acknowledged; what is still owed stands on the due index (design 4).
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { type AddressPolicy, resolveAllowed } from '../security/address-policy.ts';
import type { SecretBox } from '../security/secret-box.ts';
import { type Access, accessSchema, type AccessStore } from '../store/accesses.ts';
import { type Job, type JobOutcome, jobSchema, type JobStore } from '../store/jobs.ts';
import type { Contact, Findings, Health, Lease, ProfileLimits, RouterHealthStore } from '../store/router-health.ts';
import { type Router, routerSchema, type RouterStore } from '../store/routers.ts';
import { keys, type Table } from '../store/table.ts';
import type { ReconcileStore } from '../store/reconciles.ts';
import type { WatchStore } from '../store/watches.ts';
import { connectPinned } from './certificate.ts';
import { RouterFault, type RouterSession, type RouterTransport } from './client.ts';
import type { JobMessage } from './jobs.ts';
import { logIn } from './log-in.ts';
import { lookAgainAt, mayHaveForgotten } from './watch.ts';

/**
 * Longer than the worker may run (20 s), so that a living worker never shares a router; shorter than a message stays hidden
 * (25 s), so that the one of a crashed worker does not come back only to meet its own lease.
 */
const LEASE_MS = 24_000;
const CONNECT_MS = 4_000;
/** A router that answers, but ever so slowly, is left in time to write down how far we came. */
const VISIT_MS = 14_000;
/** A job that waited this long, and whose router has failed meanwhile, is not tried any more. */
const PATIENCE_MS = 8_000;

export interface WorkerParts {
  readonly table: Table;
  readonly health: RouterHealthStore;
  readonly watches: WatchStore;
  readonly reconciles: ReconcileStore;
  readonly jobItems: JobStore;
  readonly accesses: AccessStore;
  readonly routers: RouterStore;
  readonly routerCredentials: SecretBox;
  readonly transport: RouterTransport;
  readonly addressPolicy: AddressPolicy;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long one visit may take, milliseconds. */
  readonly visitMs?: number;
}

/** What a task gets to do its work with. */
export interface Visit {
  readonly job: Job;
  readonly access: Access | undefined;
  /** As the last probe read them; empty where none has. */
  readonly profiles: readonly ProfileLimits[];
  /** Opens the one session of this visit, when first asked for. @throws RouterFault */
  open(): Promise<RouterSession>;
  /** The task met a fault and deals with it itself; the router's health still has to know. */
  failed(fault: RouterFault): void;
  /** A full probe's findings, for the router's health. */
  probed(findings: Findings): void;
}

/** Does a job and says what came of it; `recorded` when the task has written the outcome together with its own facts. */
export type Task = (visit: Visit) => Promise<{ readonly outcome: JobOutcome; readonly recorded: boolean }>;

export type Tasks = Readonly<Record<Job['task']['kind'], Task>>;

export async function work(message: JobMessage, tasks: Tasks, parts: WorkerParts): Promise<void> {
  const { companyId, routerId, jobId, accessId, until, writes = until === undefined } = message;
  const { health, clock, table } = parts;
  const logger = parts.logger.with({ jobId, routerId, accessId });
  if (until !== undefined && until <= clock.now()) {
    logger.info('nobody waits for this job any more');
    return;
  }
  // Not the job's id: a message that comes twice must not share the router with itself.
  const owner = randomUUID();
  // What only reads its access leaves nothing in doubt if it crashes.
  const taken = { accessId: writes ? accessId : undefined, now: clock.now(), leaseMs: LEASE_MS };
  const lease = await health.takeLease(companyId, routerId, owner, taken);
  if (!lease) {
    logger.warn('router is busy, job dropped');
    return;
  }
  const line: { contact: Contact } = { contact: { kind: 'none' } };
  try {
    if (lease.crashedAt !== undefined) await parts.accesses.doubt(companyId, lease.crashedAt, clock.now());
    const [jobFound, routerFound, accessFound] = await table.batchGet([
      keys.job(companyId, jobId),
      keys.router(companyId, routerId),
      ...(accessId === undefined ? [] : [keys.access(companyId, accessId)]),
    ]);
    if (!jobFound || !routerFound) {
      logger.warn('job or router is gone');
      return;
    }
    const job = jobSchema.parse(jobFound);
    if (job.outcome !== null) return;
    // The circuit (design 4): each try on a dead router takes seconds, and the due index sends more of them than a queue in
    // single file gets rid of. They would stand before every buyer when the router is back.
    if (lease.failedAt !== null && lease.failedAt > job.createdAt && clock.now() - job.createdAt > PATIENCE_MS) {
      await parts.jobItems.finish(job, { kind: 'unreachable' });
      return;
    }
    const router = routerSchema.parse(routerFound);
    const access = accessFound && accessSchema.parse(accessFound);
    const subject = { job, router, access, profiles: lease.profileLimits ?? [], line };
    const { outcome, recorded } = await visit(subject, tasks, { ...parts, logger });
    if (!recorded) await parts.jobItems.finish(job, outcome);
    logger.info('router job done', { task: job.task.kind, outcome: outcome.kind });
  } catch (error) {
    // Acknowledged all the same: a message that comes back stops the queue of this router, and so all its buyers, for as
    // long as the one job cannot be done. What is owed stands on the due index.
    logger.error('router job failed', error, { alarm: 'router-job-failed' });
    await parts.jobItems.finish({ companyId, id: jobId }, { kind: 'dropped' });
  } finally {
    const known = await health.releaseLease(companyId, routerId, owner, line.contact, clock.now());
    if (known) await lookAgain(message, lease, known, { ...parts, logger });
  }
}

/** The router began to fail, or came back: the operator is to know soon, and no buyer waits for it. */
async function lookAgain({ companyId, routerId }: JobMessage, before: Lease, known: Health, parts: WorkerParts) {
  const now = parts.clock.now();
  const at = lookAgainAt(before, known, now);
  try {
    if (at !== undefined) await parts.watches.hurry(companyId, routerId, at);
    if (mayHaveForgotten(before, known)) await parts.reconciles.hurry(companyId, routerId, now);
  } catch (error) {
    // The next heartbeat, and the next reconcile, come all the same.
    parts.logger.error('router not hurried after', error);
  }
}

interface Subject {
  readonly job: Job;
  readonly router: Router;
  readonly access: Access | undefined;
  readonly profiles: readonly ProfileLimits[];
  readonly line: { contact: Contact };
}

async function visit({ job, router, access, profiles, line }: Subject, tasks: Tasks, parts: WorkerParts) {
  let session: RouterSession | undefined;
  let latencyMs: number | null = null;
  const timer = setTimeout(() => session?.close(), parts.visitMs ?? VISIT_MS);
  const failed = (fault: RouterFault): void => {
    if (fault.kind === 'removed') return;
    if (fault.kind !== 'refused') line.contact = { kind: 'unreachable', why: fault.kind };
    else if (fault.reason === 'device-mode') line.contact = { kind: 'answered', deviceModeBlocked: true };
  };
  try {
    return await tasks[job.task.kind]({
      job,
      access,
      profiles,
      open: async () => {
        session ??= await connect(router, parts, (took) => (latencyMs = took));
        line.contact = { kind: 'answered' };
        return session;
      },
      failed,
      probed: (findings) => {
        line.contact = { kind: 'probed', findings, latencyMs };
      },
    });
  } catch (error) {
    if (!(error instanceof RouterFault)) throw error;
    parts.logger.warn('router fault', { routerId: router.id, kind: error.kind, reason: error.reason ?? null });
    failed(error);
    return { outcome: outcomeOf(error), recorded: false };
  } finally {
    clearTimeout(timer);
    session?.close();
  }
}

/** @param measured told how long dialling and logging in took, milliseconds */
async function connect(router: Router, parts: WorkerParts, measured: (tookMs: number) => void): Promise<RouterSession> {
  if (router.removedAt !== null) throw new RouterFault('removed', 'router was deleted');
  const { tunnelAddress, port } = router;
  const resolved = await resolveAllowed(router.host, parts.addressPolicy, { tunnelAddress });
  if (resolved.kind !== 'ok') throw new RouterFault('unreachable', resolved.kind);
  const { address: host } = resolved;
  return logIn(router, parts, async (username, password) => {
    const startedAt = parts.clock.now();
    const session = await connectPinned(router, { host, port, username, password }, CONNECT_MS, parts);
    measured(parts.clock.now() - startedAt);
    return session;
  });
}

/** A fault as the one who waits needs to know it. */
export function outcomeOf(fault: RouterFault): JobOutcome {
  switch (fault.kind) {
    case 'unreachable':
    case 'removed':
      return { kind: 'unreachable' };
    case 'answer-lost':
      return { kind: 'answer-lost' };
    case 'login-refused':
      return { kind: 'refused', reason: 'router-login' };
    case 'certificate-changed':
      return { kind: 'refused', reason: 'certificate-changed' };
    case 'refused':
      return { kind: 'refused', reason: fault.reason ?? 'other' };
    case 'usage':
      return { kind: 'refused', reason: 'usage' };
  }
}
