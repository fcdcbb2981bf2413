/** What the holder of a code is told of it: our books, and the router's own word of this moment (contract 6.4, #17). */
import { askRouter } from '../routers/ask.ts';
import type { ActiveSession, HotspotProfile, HotspotUser } from '../routers/client.ts';
import type { Jobs } from '../routers/jobs.ts';
import type { Task } from '../routers/worker.ts';
import { throttles } from '../security/throttle.ts';
import type { InspectedUser } from '../store/jobs.ts';
import type { AccessKind } from '../store/purchases.ts';
import { commentOf } from './access.ts';
import { isDrawnUsername } from './code.ts';
import { type Holder, type PresentedCode, type ProofParts, proveCode, tooMany, whomCode } from './prove-code.ts';
import { requestedName } from './requested-name.ts';
import { readingOf } from './router-user.ts';
import { askStranger } from './stranger.ts';
import { isCounted, isOver, observed } from './time-sold.ts';

export type Shown =
  | { readonly kind: 'user'; readonly user: InspectedUser }
  /** It answered, and has no such user yet, or has lost it. */
  | { readonly kind: 'none' }
  /** Unreachable, or no answer in time. */
  | { readonly kind: 'no-answer' }
  /** The time is over: there is nothing to ask about. */
  | { readonly kind: 'not-asked' };

export type Inspection =
  /** `access` with what the router has just counted, for the answer; nothing of it is written. */
  | (Holder & { readonly kind: 'sold'; readonly shown: Shown })
  /** One of the operator's own: `user` is undefined where its router did not answer, and then nothing was proved. */
  | {
      readonly kind: 'stranger';
      readonly name: string;
      readonly userKind: AccessKind;
      readonly user: InspectedUser | undefined;
    };

export interface InspectParts extends ProofParts {
  readonly jobs: Jobs;
}

/**
 * @returns undefined for a wrong code
 * @throws Refusal `too-many-attempts`, for guesses as for one who asks without end
 */
export async function inspectUser(request: PresentedCode, parts: InspectParts): Promise<Inspection | undefined> {
  const username = requestedName(request.username);
  if (username === undefined) return undefined;
  const presented = { ...request, username };
  return isDrawnUsername(username) ? inspectSold(presented, parts) : inspectStranger(presented, parts);
}

async function inspectSold(presented: PresentedCode, parts: InspectParts): Promise<Inspection | undefined> {
  const holder = await proveCode(presented, parts);
  if (!holder) return undefined;
  const { access } = holder;
  const sold = { kind: 'sold', ...holder } as const;
  if (isOver(access, parts.clock.now())) return { ...sold, shown: { kind: 'not-asked' } };
  await countInspection(presented, parts);
  const outcome = await askRouter(access, parts, (until) => ({ kind: 'inspect-user', accessId: access.id, until }));
  if (outcome.kind !== 'inspected') return { ...sold, shown: { kind: 'no-answer' } };
  const { user } = outcome;
  if (!user) return { ...sold, shown: { kind: 'none' } };
  const read = isCounted(access) ? observed(access, user.reading, parts.clock.now()) : access;
  return { ...sold, access: read, shown: { kind: 'user', user } };
}

/** What proves it is on the router alone. A password that is empty is none: only one that was not sent is a PIN's. */
async function inspectStranger(presented: PresentedCode, parts: InspectParts): Promise<Inspection | undefined> {
  const { username, password } = presented;
  if (password?.reveal() === '') return undefined;
  await countInspection(presented, parts);
  const outcome = await askStranger(presented, (until) => ({ kind: 'inspect-stranger', username, until }), parts);
  const userKind = password === null ? 'pin' : 'usuario_contrasena';
  const stranger = { kind: 'stranger', name: username, userKind } as const;
  if (outcome.kind !== 'stranger-inspected') return { ...stranger, user: undefined };
  return outcome.user ? { ...stranger, user: outcome.user } : undefined;
}

async function countInspection(presented: PresentedCode, { throttle, clock }: InspectParts): Promise<void> {
  const asked = await throttle.count('inspections', whomCode(presented));
  if (asked.failures > throttles.inspections.limit) throw tooMany(asked, clock);
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
  return { outcome: { kind: 'inspected', user: shownUser(found, sessions, profiles) }, recorded: false };
};

/** All but the password. */
export function shownUser(
  found: HotspotUser,
  sessions: readonly ActiveSession[],
  profiles: readonly HotspotProfile[],
): InspectedUser {
  const { id, profile, comment, disabled, limitUptimeSeconds } = found;
  const macCookieTimeout = profiles.find(({ name }) => name === profile)?.macCookieTimeout ?? null;
  return { id, profile, comment, disabled, limitUptimeSeconds, macCookieTimeout, reading: readingOf(found, sessions) };
}
