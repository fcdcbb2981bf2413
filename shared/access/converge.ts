/**
 * The one job on access: makes a router agree with what is wanted, whatever that is when it runs. Create, remove, restore
 * and extend are the same four steps: read, act, read back, record (design 3).
 */
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { type HotspotUser, type NewHotspotUser, RouterFault, type RouterSession } from '../routers/client.ts';
import { outcomeOf, type Task, type Visit } from '../routers/worker.ts';
import type { Secret } from '../security/secret.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Access, AccessStore } from '../store/accesses.ts';
import type { Job, JobOutcome } from '../store/jobs.ts';
import { commentOf, limitsOf, stepAccess } from './access.ts';
import { openCode } from './code.ts';
import { logInDevice } from './log-in-device.ts';

export interface ConvergeParts {
  readonly accesses: AccessStore;
  readonly accessCodes: SecretBox;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is wanted may change while we act; each round acts on what it read and records only if that still stands. */
const MAX_ROUNDS = 3;

export function convergeTask(parts: ConvergeParts): Task {
  return async (visit) => {
    const { job } = visit;
    if (job.task.kind !== 'converge-access' || !visit.access) return { outcome: { kind: 'dropped' }, recorded: false };
    let access = visit.access;
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const { after, outcome } = await converge(access, job, visit, parts);
      const delivered = outcome.kind === 'converged' && outcome.observed === 'present' ? access.grants : [];
      const recorded = await parts.accesses.recordVisit({
        before: access,
        after,
        delivered: delivered.map((grant) => grant.purchaseId),
        job: { job, outcome },
        at: parts.clock.now(),
      });
      if (recorded) return { outcome, recorded: true };
      const moved = await parts.accesses.find(access.companyId, access.id);
      if (!moved) break;
      access = moved;
    }
    return { outcome: { kind: 'dropped' }, recorded: false };
  };
}

async function converge(
  access: Access,
  job: Job,
  visit: Visit,
  parts: ConvergeParts,
): Promise<{ after: Access; outcome: JobOutcome }> {
  const { clock } = parts;
  try {
    const session = await visit.open();
    const password = (await openCode(parts.accessCodes, access.companyId, access.sealedCode)).password;
    const observed =
      access.desired === 'present'
        ? await ensurePresent(session, access, password)
        : await ensureAbsent(session, access);
    const logIn = await logInIfAsked(session, { access, password, job, observed, clock });
    return {
      after: stepAccess(access, { kind: 'seen', observed: observed.kind }, clock.now()),
      outcome: { kind: 'converged', observed: observed.kind, logIn },
    };
  } catch (error) {
    if (!(error instanceof RouterFault)) throw error;
    visit.failed(error);
    parts.logger.warn('access not settled', { accessId: access.id, kind: error.kind, reason: error.reason ?? null });
    return {
      after: stepAccess(access, { kind: 'failed', answerLost: error.kind === 'answer-lost' }, clock.now()),
      outcome: outcomeOf(error),
    };
  }
}

type Seen = { readonly kind: 'present'; readonly added: boolean } | { readonly kind: 'absent' };

async function ensurePresent(session: RouterSession, access: Access, password: Secret): Promise<Seen> {
  const wanted: NewHotspotUser = {
    name: access.username,
    password,
    profile: access.profileName,
    comment: commentOf(access),
    ...limitsOf(access),
  };
  const found = await session.findUser(access.username);
  if (!found) await session.addUser(wanted);
  else if (!isOurs(found, access)) throw new RouterFault('refused', 'the name belongs to a stranger', 'name-taken');
  else if (!agrees(found, wanted)) await session.setUser(found.id, { ...wanted, disabled: false });
  else return { kind: 'present', added: false };
  const back = await session.findUser(access.username);
  if (!back || !isOurs(back, access) || !agrees(back, wanted)) return { kind: 'absent' };
  return { kind: 'present', added: !found };
}

/** User, then cookies, then sessions: neither of the latter can log the user back in (routeros 5.3). */
async function ensureAbsent(session: RouterSession, access: Access): Promise<Seen> {
  const found = await session.findUser(access.username);
  if (found && !isOurs(found, access)) return { kind: 'absent' };
  if (found) await session.removeUser(found.id);
  for (const cookie of await session.cookiesOf(access.username)) await session.removeCookie(cookie);
  for (const active of await session.sessionsOf(access.username)) await session.endSession(active.id);
  if (!found) return { kind: 'absent' };
  return (await session.findUser(access.username)) ? { kind: 'present', added: false } : { kind: 'absent' };
}

/** Only a user that carries our comment for this very access is touched; anything else is a stranger. */
const isOurs = (user: HotspotUser, access: Access): boolean => user.comment === commentOf(access);

function agrees(user: HotspotUser, wanted: NewHotspotUser): boolean {
  return !user.disabled && user.password.reveal() === wanted.password.reveal() && user.profile === wanted.profile;
}

interface LogInRequest {
  readonly access: Access;
  readonly password: Secret;
  readonly job: Job;
  readonly observed: Seen;
  readonly clock: Clock;
}

async function logInIfAsked(session: RouterSession, { access, password, job, observed, clock }: LogInRequest) {
  if (job.task.kind !== 'converge-access' || job.task.logIn === null) return null;
  const { macAddress, until } = job.task.logIn;
  if (observed.kind !== 'present') return 'not-delivered';
  if (clock.now() >= until) return 'slow';
  return logInDevice(session, { user: access.username, password, macAddress, mayHaveSession: !observed.added });
}
