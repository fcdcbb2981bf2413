/**
 * Making a router agree with one access, in a session that is open: read, act, read back (design 3). Create, remove, restore
 * and extend are all this.
 */
import type { Clock } from '../platform/clock.ts';
import {
  type ActiveSession,
  type HotspotUser,
  type NewHotspotUser,
  RouterFault,
  type RouterSession,
} from '../routers/client.ts';
import type { Secret } from '../security/secret.ts';
import type { Access } from '../store/accesses.ts';
import { commentOf, stepAccess } from './access.ts';
import { isSetAs, readingOf, userWords } from './router-user.ts';
import { isCounted, isOver, limitsOf, observed, remade } from './time-sold.ts';

export type Seen = { readonly kind: 'present'; readonly added: boolean } | { readonly kind: 'absent' };

export interface Settled {
  /** With what was read of its time; ended, if that was over. */
  readonly access: Access;
  readonly seen: Seen;
  readonly isOnline: boolean;
}

export interface SettleOnParts {
  readonly clock: Clock;
  /** Writes down that the user is made anew, before it is. @returns false when the access moved meanwhile */
  readonly remaking: (remake: Access) => Promise<boolean>;
}

/**
 * Makes the router agree with one access, in a session that is open: read, act, read back.
 *
 * @throws RouterFault
 */
export async function settleOn(
  session: RouterSession,
  access: Access,
  password: Secret,
  parts: SettleOnParts,
): Promise<Settled> {
  if (access.desired === 'absent') return { access, seen: await ensureAbsent(session, access), isOnline: false };
  const found = await session.findUser(access.username);
  if (found && !isOurs(found, access)) throw new RouterFault('refused', 'the name belongs to a stranger', 'name-taken');
  const sessions = found && isCounted(access) ? await session.sessionsOf(access.username) : undefined;
  const read = found && sessions ? observed(access, readingOf(found, sessions), parts.clock.now()) : access;
  const current = stepIfOver(read, parts.clock.now());
  if (current.desired === 'absent')
    return { access: current, seen: await ensureAbsent(session, current), isOnline: false };
  if (!found) return add(session, current, password, parts);
  const seen = await ensureAsWanted(session, current, password, found);
  if (isMore(current, found)) await renew(session, sessions ?? [], access.username, password);
  return { access: current, seen, isOnline: (sessions ?? []).length > 0 };
}

const isMore = (access: Access, { limitUptimeSeconds, limitBytesTotal }: HotspotUser): boolean => {
  const { uptimeSeconds, bytes } = limitsOf(access);
  return (uptimeSeconds ?? 0) > (limitUptimeSeconds ?? Infinity) || (bytes ?? 0) > (limitBytesTotal ?? Infinity);
};

/** A session ends when its user's limit did at its login: for more time it has to begin anew. Its phone stays where it is. */
async function renew(
  session: RouterSession,
  sessions: readonly ActiveSession[],
  user: string,
  password: Secret,
): Promise<void> {
  for (const { id, address, macAddress } of sessions) {
    try {
      await session.endSession(id);
      await session.logIn({ address, macAddress, user, password });
    } catch (error) {
      // The time is there all the same; the hotspot shows its page, and the code opens it.
      if (!(error instanceof RouterFault && error.kind === 'refused')) throw error;
    }
  }
}

const stepIfOver = (access: Access, now: number): Access =>
  isOver(access, now) ? stepAccess(access, { kind: 'ended' }, now) : access;

/**
 * One that a visit has seen before was lost with the router's memory: it comes back with what is left. What is left is written
 * down first: its counters begin again, and after a crash the time used before would be sold a second time.
 */
async function add(
  session: RouterSession,
  access: Access,
  password: Secret,
  { clock, remaking }: SettleOnParts,
): Promise<Settled> {
  const isAnew = access.confirmedAt !== null && isCounted(access);
  const current = isAnew ? { ...remade(access, clock.now()), version: access.version + 1 } : access;
  if (isAnew && !(await remaking(current))) return { access, seen: { kind: 'absent' }, isOnline: false };
  const wanted = { ...userWords(current), password };
  await addUser(session, wanted, access);
  return { access: current, seen: await readBack(session, current, wanted, true), isOnline: false };
}

/** A router that was reset has lost the profile too: it is made again as it was, or nobody would come back. */
async function addUser(session: RouterSession, wanted: NewHotspotUser, access: Access): Promise<void> {
  const { profileLimits, confirmedAt } = access;
  try {
    await session.addUser(wanted);
  } catch (error) {
    const isLost = error instanceof RouterFault && error.reason === 'profile-missing' && confirmedAt !== null;
    if (!isLost || profileLimits === null) throw error;
    await session.addProfile(profileLimits);
    await session.addUser(wanted);
  }
}

async function ensureAsWanted(
  session: RouterSession,
  access: Access,
  password: Secret,
  found: HotspotUser,
): Promise<Seen> {
  const wanted = { ...userWords(access), password };
  if (agrees(found, wanted)) return { kind: 'present', added: false };
  await session.setUser(found.id, { ...wanted, disabled: false });
  return readBack(session, access, wanted, false);
}

async function readBack(session: RouterSession, access: Access, wanted: NewHotspotUser, added: boolean): Promise<Seen> {
  const back = await session.findUser(access.username);
  return back && isOurs(back, access) && agrees(back, wanted) ? { kind: 'present', added } : { kind: 'absent' };
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

const agrees = (user: HotspotUser, wanted: NewHotspotUser): boolean =>
  user.password.reveal() === wanted.password.reveal() && isSetAs(user, wanted);
