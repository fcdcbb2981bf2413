import type { Clock } from '../platform/clock.ts';
import type { Jobs } from '../routers/jobs.ts';
import type { Access, AccessStore } from '../store/accesses.ts';
import { stepAccess } from './access.ts';

interface RedriveParts {
  readonly accesses: AccessStore;
  readonly jobs: Jobs;
  readonly clock: Clock;
}

/** Sends a router to settle an access that is due, again and again until it agrees. Two sweeps at once send one job. */
export async function redriveAccess(access: Access, { accesses, jobs, clock }: RedriveParts): Promise<void> {
  const tried = stepAccess(access, { kind: 'tried' }, clock.now());
  if (!(await accesses.claim(access, tried))) return;
  await jobs.submit(access.companyId, access.routerId, { kind: 'converge-access', accessId: access.id, logIn: null });
}
