import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Jobs } from '../routers/jobs.ts';
import type { Access, AccessStore } from '../store/accesses.ts';
import { stepAccess } from './access.ts';
import { isOver } from './time-sold.ts';

interface RedriveParts {
  readonly accesses: AccessStore;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** About three minutes of back-off: long enough for a reboot, short enough for a person to help. */
const ALARM_AFTER = 6;

/** Sends a router to settle an access that is due, again and again until it agrees. Two sweeps at once send one job. */
export async function redriveAccess(access: Access, { accesses, jobs, clock, logger }: RedriveParts): Promise<void> {
  const now = clock.now();
  // Written down though the router may be away: then it is owed, and whoever asks is told that the time is over.
  const current = isOver(access, now) ? stepAccess(access, { kind: 'ended' }, now) : access;
  const tried = stepAccess(current, { kind: 'tried' }, now);
  if (!(await accesses.claim(access, tried))) return;
  if (tried.attempts === ALARM_AFTER)
    logger.warn('router does not agree', { accessId: access.id, wanted: access.desired, alarm: 'access-unsettled' });
  const purchaseIds = access.grants.map(({ purchaseId }) => purchaseId);
  logger.info('access driven again', { accessId: access.id, purchaseIds, attempts: tried.attempts });
  await jobs.submit(access.companyId, access.routerId, { kind: 'converge-access', accessId: access.id, logIn: null });
}
