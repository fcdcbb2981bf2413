import type { Clock } from '../platform/clock.ts';
import { isDown } from '../routers/health.ts';
import type { Jobs } from '../routers/jobs.ts';
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

/** Sends the next slice to a router. Two sweeps at once send one. */
export async function reconcileIfUp(reconcile: Reconcile, parts: ReconcileDueParts): Promise<void> {
  const { companyId, routerId } = reconcile;
  const { reconciles, health, jobs, clock } = parts;
  const isAway = isDown(await health.find(companyId, routerId));
  const whenAway = reconcile.run === null ? DOWN_AGAIN_MS : DOWN_HALF_WAY_MS;
  const next = clock.now() + (isAway ? whenAway : SLICE_LOST_MS);
  if ((await reconciles.claim(reconcile, next)) && !isAway)
    await jobs.submit(companyId, routerId, { kind: 'reconcile' });
}
