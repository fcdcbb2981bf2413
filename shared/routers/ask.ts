import type { Clock } from '../platform/clock.ts';
import type { JobOutcome, JobTask } from '../store/jobs.ts';
import type { Jobs } from './jobs.ts';

/** Connecting (4 s) and three commands fit; a person is looking at a spinner. */
const ANSWER_WITHIN_MS = 12_000;

const probe = (until: number): JobTask => ({ kind: 'probe', until });

/**
 * Asks a router now, with a probe unless told otherwise, and waits for what it says; `dropped` when the answer did not come
 * in time.
 */
export async function askRouter(
  { companyId, routerId }: { readonly companyId: string; readonly routerId: string },
  { jobs, clock }: { readonly jobs: Jobs; readonly clock: Clock },
  task: (until: number) => JobTask = probe,
  sealed?: string,
): Promise<JobOutcome> {
  const until = clock.now() + ANSWER_WITHIN_MS;
  const job = await jobs.submit(companyId, routerId, task(until), sealed);
  return (await jobs.wait(job, until)) ?? jobs.giveUp(job);
}
