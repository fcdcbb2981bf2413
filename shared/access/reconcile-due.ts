import type { Clock } from '../platform/clock.ts';
import { isDown } from '../routers/health.ts';
import type { Jobs } from '../routers/jobs.ts';
import type { Job } from '../store/jobs.ts';
import type { Reconcile, ReconcileStore } from '../store/reconciles.ts';
import type { RouterHealthStore } from '../store/router-health.ts';

export interface ReconcileDueParts {
  readonly reconciles: ReconcileStore;
  readonly health: RouterHealthStore;
  readonly jobs: Jobs;
  readonly clock: Clock;
}

const MINUTE = 60_000;
/** A slice that does not report was lost: its worker died, or its message did. */
const SLICE_LOST_MS = MINUTE;
/** Of a router that is down: after a while its return asks for a reconcile by itself. What has begun goes on soon. */
const DOWN_AGAIN_MS = 60 * MINUTE;
const DOWN_HALF_WAY_MS = MINUTE;

/** Sends the next slice to a router. Two sweeps at once send one. @returns the job, where one was sent */
export async function reconcileIfUp(reconcile: Reconcile, parts: ReconcileDueParts): Promise<Job | undefined> {
  const { companyId, routerId } = reconcile;
  const { reconciles, health, jobs, clock } = parts;
  const isAway = isDown(await health.find(companyId, routerId));
  const whenAway = reconcile.run === null ? DOWN_AGAIN_MS : DOWN_HALF_WAY_MS;
  const next = clock.now() + (isAway ? whenAway : SLICE_LOST_MS);
  const isMine = await reconciles.claim(reconcile, next);
  return isMine && !isAway ? jobs.submit(companyId, routerId, { kind: 'reconcile' }) : undefined;
}

/**
 * Sends slice after slice: with one for each sweep, a router that lost thousands of users would get them back in hours. Each
 * is sent when the one before has ended, so that a buyer still stands behind one slice at most.
 *
 * @param until milliseconds, absolute; what is left then is due
 */
export async function carryOn(reconcile: Reconcile, parts: ReconcileDueParts, until: number): Promise<void> {
  let current: Reconcile | undefined = reconcile;
  while (current?.run && parts.clock.now() < until) {
    const slice = await reconcileIfUp(current, parts);
    const outcome = slice && (await parts.jobs.wait(slice, until));
    if (outcome?.kind !== 'reconciled') return;
    current = await parts.reconciles.find(current.companyId, current.routerId);
  }
}
