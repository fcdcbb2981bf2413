import * as z from 'zod';
import type { Clock } from '../platform/clock.ts';
import { newJobId } from '../platform/ids.ts';
import { waitFor } from '../platform/wait-for.ts';
import type { Logger } from '../platform/logger.ts';
import type { WorkQueue } from '../platform/work-queue.ts';
import type { Job, JobOutcome, JobStore, JobTask } from '../store/jobs.ts';

/** All that travels on the queue: ids, and how long they matter. What to do, and with what, the worker reads from the table. */
export const jobMessage = z.object({
  jobId: z.string(),
  companyId: z.string(),
  routerId: z.string(),
  /** Named here too, so that the worker reads job, router and access in one batch. */
  accessId: z.string().optional(),
  /** Milliseconds since 1970, of an interactive job: then nobody waits for it any more, and it is not even read. */
  until: z.number().optional(),
  /** Of an interactive job: it writes to the router, so a worker that dies of it leaves the access in doubt. */
  writes: z.literal(true).optional(),
  /** Of the request that it follows from, for the worker's log. */
  correlationId: z.string().optional(),
});
export type JobMessage = z.infer<typeof jobMessage>;

interface Parts {
  readonly queue: WorkQueue;
  readonly items: JobStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Hands work to the one worker that reaches routers. The queue is a fast path: a message that is lost costs time only,
 * because what is owed stands on the due index.
 */
export class Jobs {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A job that is not yet written anywhere: for a caller that stores it together with what makes it due. */
  draft(companyId: string, routerId: string, task: JobTask): Job {
    return { id: newJobId(), companyId, routerId, task, createdAt: this.#parts.clock.now(), outcome: null };
  }

  /** Puts a stored job on the queue. Jobs of one router keep their order and never run side by side. */
  async send(job: Job): Promise<void> {
    const { queue, logger } = this.#parts;
    const { correlationId } = logger;
    const message: JobMessage = {
      jobId: job.id,
      companyId: job.companyId,
      routerId: job.routerId,
      ...('until' in job.task && { until: job.task.until }),
      ...('accessId' in job.task && { accessId: job.task.accessId }),
      ...(job.task.kind === 'reconnect' && { writes: true }),
      ...(correlationId !== undefined && { correlationId }),
    };
    await queue.send({ message, group: job.routerId, dedupId: `${job.id}:1` }, logger);
  }

  /** @param sealed a secret that the task needs */
  async submit(companyId: string, routerId: string, task: JobTask, sealed?: string): Promise<Job> {
    const job = { ...this.draft(companyId, routerId, task), ...(sealed !== undefined && { sealed }) };
    await this.#parts.items.create(job);
    await this.send(job);
    return job;
  }

  /** Nobody waits for it any more: what it carries is forgotten. */
  async giveUp(job: Pick<Job, 'id' | 'companyId'>): Promise<JobOutcome> {
    const outcome = { kind: 'dropped' } as const;
    await this.#parts.items.finish(job, outcome);
    return outcome;
  }

  /**
   * Waits until the job has an outcome.
   *
   * @param until milliseconds, absolute
   * @returns undefined when the time was over first; the job goes on
   */
  async wait(job: Pick<Job, 'id' | 'companyId'>, until: number): Promise<JobOutcome | undefined> {
    const { items, clock } = this.#parts;
    return waitFor(async () => (await items.find(job.companyId, job.id))?.outcome ?? undefined, until, clock);
  }
}
