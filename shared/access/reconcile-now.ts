import type { Clock } from '../platform/clock.ts';
import type { Jobs } from '../routers/jobs.ts';
import type { ReconcileStore, Tally } from '../store/reconciles.ts';

export interface ReconcileNowParts {
  readonly reconciles: ReconcileStore;
  readonly jobs: Jobs;
  readonly clock: Clock;
}

/** What came of it so far. `unanswered`: the router did not, or stood in line for too long; it goes on by itself. */
export type ReconcileNow =
  { readonly kind: 'done' | 'under-way'; readonly tally: Tally } | { readonly kind: 'unanswered' };

/** A person is looking at a spinner. */
const ANSWER_WITHIN_MS = 20_000;

/** Compares a router with what should be on it, slice after slice while somebody waits; what is left is due. */
export async function reconcileNow(
  { companyId, routerId }: { readonly companyId: string; readonly routerId: string },
  { reconciles, jobs, clock }: ReconcileNowParts,
): Promise<ReconcileNow> {
  const until = clock.now() + ANSWER_WITHIN_MS;
  await reconciles.ask(companyId, routerId, until);
  while (clock.now() < until) {
    const job = await jobs.submit(companyId, routerId, { kind: 'reconcile' });
    const outcome = await jobs.wait(job, until);
    if (outcome?.kind !== 'reconciled') break;
    if (!outcome.isDone) continue;
    const last = (await reconciles.find(companyId, routerId))?.last;
    if (last) return { kind: 'done', tally: last };
  }
  const run = (await reconciles.find(companyId, routerId))?.run;
  return run ? { kind: 'under-way', tally: run } : { kind: 'unanswered' };
}
