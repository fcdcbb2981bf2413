/** What the holder of a code is told of it: our books, and the router's own word of this moment (contract 6.4, #17). */
import { askRouter } from '../routers/ask.ts';
import type { Jobs } from '../routers/jobs.ts';
import type { Task } from '../routers/worker.ts';
import { throttles } from '../security/throttle.ts';
import type { InspectedUser } from '../store/jobs.ts';
import { commentOf } from './access.ts';
import { type Holder, type PresentedCode, type ProofParts, proveCode, tooMany, whomCode } from './prove-code.ts';
import { readingOf } from './router-user.ts';
import { isCounted, isOver, observed } from './time-sold.ts';

export type Shown =
  | { readonly kind: 'user'; readonly user: InspectedUser }
  /** It answered, and has no such user yet, or has lost it. */
  | { readonly kind: 'none' }
  /** Unreachable, or no answer in time. */
  | { readonly kind: 'no-answer' }
  /** The time is over: there is nothing to ask about. */
  | { readonly kind: 'not-asked' };

/** `access` with what the router has just counted, for the answer; nothing of it is written. */
export type Inspection = Holder & { readonly shown: Shown };

export interface InspectParts extends ProofParts {
  readonly jobs: Jobs;
}

/**
 * @returns undefined for a wrong code
 * @throws Refusal `too-many-attempts`, for guesses as for one who asks without end
 */
export async function inspectUser(presented: PresentedCode, parts: InspectParts): Promise<Inspection | undefined> {
  const { throttle, clock } = parts;
  const holder = await proveCode(presented, parts);
  if (!holder) return undefined;
  const { access } = holder;
  if (isOver(access, clock.now())) return { ...holder, shown: { kind: 'not-asked' } };
  const asked = await throttle.count('inspections', whomCode(presented));
  if (asked.failures > throttles.inspections.limit) throw tooMany(asked, clock);
  const outcome = await askRouter(access, parts, (until) => ({ kind: 'inspect-user', accessId: access.id, until }));
  if (outcome.kind !== 'inspected') return { ...holder, shown: { kind: 'no-answer' } };
  const { user } = outcome;
  if (!user) return { ...holder, shown: { kind: 'none' } };
  const read = isCounted(access) ? observed(access, user.reading, clock.now()) : access;
  return { ...holder, access: read, shown: { kind: 'user', user } };
}

/** Reads one user, its sessions and its profile, sent together; touches nothing, and takes no password along. */
export const inspectUserTask: Task = async ({ job, access, open }) => {
  if (job.task.kind !== 'inspect-user' || !access) return { outcome: { kind: 'dropped' }, recorded: false };
  const session = await open();
  const [found, sessions, profiles] = await Promise.all([
    session.findUser(access.username),
    session.sessionsOf(access.username),
    session.profiles(),
  ]);
  if (found?.comment !== commentOf(access)) return { outcome: { kind: 'inspected', user: null }, recorded: false };
  const { id, profile, comment, disabled, limitUptimeSeconds } = found;
  const macCookieTimeout = profiles.find(({ name }) => name === profile)?.macCookieTimeout ?? null;
  const reading = readingOf(found, sessions);
  const user = { id, profile, comment, disabled, limitUptimeSeconds, macCookieTimeout, reading };
  return { outcome: { kind: 'inspected', user }, recorded: false };
};
