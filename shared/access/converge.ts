/**
 * The one job on access: makes a router agree with what is wanted, whatever that is when it runs. Create, remove, restore
 * and extend are the same four steps: read, act, read back, record (design 3).
 */
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { RouterFault, type RouterSession } from '../routers/client.ts';
import { outcomeOf, type Task, type Visit } from '../routers/worker.ts';
import type { Secret } from '../security/secret.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Access, AccessStore } from '../store/accesses.ts';
import type { Job, JobOutcome, JobTask } from '../store/jobs.ts';
import type { ReconcileStore } from '../store/reconciles.ts';
import { stepAccess, withProfile } from './access.ts';
import { openCode } from './code.ts';
import { type LoggedIn, logInDevice, openedSession } from './log-in-device.ts';
import { type Settled, settleOn } from './settle-on.ts';
import { COUNTED_EVERY_MS, isCountedByRouter, observed, type Reading } from './time-sold.ts';

export interface ConvergeParts {
  readonly accesses: AccessStore;
  readonly reconciles: ReconcileStore;
  readonly accessCodes: SecretBox;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is wanted may change while we act; each round acts on what it read and records only if that still stands. */
const MAX_ROUNDS = 3;

export function convergeTask(parts: ConvergeParts): Task {
  return async (visit) => {
    const { job } = visit;
    if (!convergesOne(job.task) || !visit.access) return { outcome: { kind: 'dropped' }, recorded: false };
    // A router that cannot be reached owes nothing for this: who waits asks again.
    if (job.task.kind === 'reconnect') await visit.open();
    const logIn = logInFor(job.task, parts.clock);
    let access = visit.access;
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const { before, after, outcome, hasForgotten } = await convergeOnce(access, visit, parts, logIn);
      const delivered = outcome.kind === 'converged' && outcome.observed === 'present' ? after.grants : [];
      const recorded = await parts.accesses.recordVisit({
        before,
        after,
        delivered: delivered.map((grant) => grant.purchaseId),
        job: { job, outcome },
        at: parts.clock.now(),
      });
      if (recorded) {
        measureDelivery(before, after, parts);
        if (hasForgotten) await lookAfter(after, 0, parts);
        else if (after.desired === 'present' && isCountedByRouter(after))
          await lookAfter(after, COUNTED_EVERY_MS, parts);
        return { outcome, recorded: true };
      }
      const moved = await parts.accesses.find(access.companyId, access.id);
      if (!moved) break;
      access = moved;
    }
    return { outcome: { kind: 'dropped' }, recorded: false };
  };
}

/** The first time that what was bought last is seen. */
function measureDelivery(before: Access, after: Access, { logger, clock }: ConvergeParts): void {
  const paidAt = Math.max(...after.grants.map(({ since }) => since));
  if (after.observed === 'present' && after.desired === 'present' && paidAt > (before.confirmedAt ?? 0))
    logger.measure({ delivery: (clock.now() - paidAt) / 1000 });
}

/** The router's next reconcile may be a day away. @param withinMs milliseconds */
async function lookAfter({ companyId, routerId }: Access, withinMs: number, parts: ConvergeParts): Promise<void> {
  const { reconciles, clock, logger } = parts;
  try {
    await reconciles.hurry(companyId, routerId, clock.now() + withinMs);
  } catch (error) {
    // Delivered it is all the same.
    logger.error('reconcile not hurried', error, { routerId });
  }
}

/** Logs a phone in, once the user is there. */
type LogIn = (session: RouterSession, settled: Settled, password: Secret) => Promise<LoggedIn | null>;

interface Converged {
  /** As it stands in the store now. */
  readonly before: Access;
  readonly after: Access;
  readonly outcome: JobOutcome;
  /** A user or a profile that was there is not: whoever else was on the router may be gone too, though it just answered. */
  readonly hasForgotten: boolean;
}

/** Makes the router agree with one access, once. Nothing is recorded but that a lost user is made again. */
export async function convergeOnce(
  wanted: Access,
  visit: Pick<Visit, 'open' | 'failed' | 'profiles'>,
  parts: ConvergeParts,
  logInIfAsked: LogIn = () => Promise.resolve(null),
): Promise<Converged> {
  const { clock } = parts;
  const access = withProfile(wanted, visit.profiles);
  let before = access;
  try {
    const session = await visit.open();
    const { password } = await openCode(parts.accessCodes, access.companyId, access.sealedCode);
    const settled = await settleOn(session, access, password, {
      clock,
      remaking: async (remake) => {
        const written = await parts.accesses.put(before, remake);
        if (written) before = remake;
        return written;
      },
    });
    const { seen } = settled;
    const logIn = await logInIfAsked(session, settled, password);
    const now = clock.now();
    const isJustOnline = logIn?.kind === 'connected';
    return {
      before,
      after: stepAccess(
        isJustOnline ? observed(settled.access, JUST_ONLINE, now) : settled.access,
        { kind: 'seen', observed: seen.kind, isOnline: isJustOnline || settled.isOnline },
        now,
      ),
      outcome: {
        kind: 'converged',
        observed: seen.kind,
        logIn: logIn?.kind ?? null,
        ...(isJustOnline && { session: openedSession(logIn.session) }),
      },
      hasForgotten: seen.kind === 'present' && seen.added && access.confirmedAt !== null,
    };
  } catch (error) {
    if (!(error instanceof RouterFault)) throw error;
    visit.failed(error);
    // With the router went whoever was on it.
    if (error.kind === 'removed' && before.desired === 'absent')
      return {
        before,
        after: stepAccess(before, { kind: 'seen', observed: 'absent' }, clock.now()),
        outcome: { kind: 'converged', observed: 'absent', logIn: null },
        hasForgotten: false,
      };
    parts.logger.warn('access not settled', { accessId: access.id, kind: error.kind, reason: error.reason ?? null });
    return {
      before,
      after: stepAccess(before, { kind: 'failed', answerLost: error.kind === 'answer-lost' }, clock.now()),
      outcome: outcomeOf(error),
      hasForgotten: error.reason === 'profile-missing',
    };
  }
}

const JUST_ONLINE: Reading = { seconds: 0, bytes: 0, sessions: [{ seconds: 0, bytes: 0 }] };

type ConvergeOneTask = Extract<JobTask, { kind: 'converge-access' | 'reconnect' }>;

const convergesOne = (task: Job['task']): task is ConvergeOneTask =>
  task.kind === 'converge-access' || task.kind === 'reconnect';

const logInFor =
  (task: ConvergeOneTask, clock: Clock): LogIn =>
  async (session, { access, seen }, password) => {
    const asked = task.kind === 'reconnect' ? task : task.logIn;
    if (asked === null) return null;
    const { macAddress, until } = asked;
    if (access.desired !== 'present' || seen.kind !== 'present') return { kind: 'not-delivered' };
    if (clock.now() >= until) return { kind: 'slow' };
    const device = { user: access.username, password, macAddress, mayHaveSession: !seen.added, isProven: true };
    return logInDevice(session, device);
  };
