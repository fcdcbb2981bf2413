/**
 * Sold time, what is left of it and what the router is told of it (routeros.md 5.2). Pure. Its end is ours, in our own clock;
 * the router only counts, in durations, since its own clock begins in 1970 after each start.
 */
import type { Access, Grant } from '../store/accesses.ts';

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;

/** What is paid has to be begun, and time online used up, within this. */
export const USE_WITHIN_MS = 90 * DAY;

/** How often the router is asked for what it alone knows. */
export const COUNTED_EVERY_MS = 30 * 60 * SECOND;

type Amount = Access['used'];

/** What a visit read of a user: its own counters, and those of its sessions. */
export interface Reading extends Amount {
  readonly sessions: readonly Amount[];
}

/** When it is over whatever happens, milliseconds; null where no time was sold. */
export function endsAt(access: Access): number | null {
  const { clock, firstSeenAt, grants } = access;
  if (clock === null || totalOf(grants, 'seconds') === null) return null;
  const lastSince = Math.max(...grants.map(({ since }) => since));
  switch (clock) {
    case 'purchase':
      return stacked(grants, -Infinity);
    case 'first-use':
      return firstSeenAt === null ? lastSince + USE_WITHIN_MS : stacked(grants, firstSeenAt);
    case 'use':
      return Math.max(...grants.map(({ since, seconds }) => since + Math.max(USE_WITHIN_MS, (seconds ?? 0) * SECOND)));
  }
}

/** One purchase's time begins when it is bought, or where the time before it ends. */
const stacked = (grants: readonly Grant[], from: number): number =>
  inOrder(grants).reduce((end, { since, seconds }) => Math.max(end, since, from) + (seconds ?? 0) * SECOND, from);

const inOrder = (grants: readonly Grant[]): readonly Grant[] =>
  grants.toSorted((a, b) => a.since - b.since || a.purchaseId - b.purchaseId);

/** Stacked purchases add up; one without a limit lifts it. */
function totalOf(grants: readonly Grant[], what: 'seconds' | 'bytes'): number | null {
  let total = 0;
  for (const grant of grants) {
    const part = grant[what];
    if (part === null) return null;
    total += part;
  }
  return grants.length === 0 ? null : total;
}

/** What the buyer still has, of time used as of the last reading; null where nothing limits it. */
export function leftOf(
  access: Access,
  now: number,
): { readonly seconds: number | null; readonly bytes: number | null } {
  const bytes = totalOf(access.grants, 'bytes');
  return {
    seconds: secondsLeft(access, now),
    bytes: bytes === null ? null : Math.max(0, bytes - access.used.bytes),
  };
}

function secondsLeft(access: Access, now: number): number | null {
  const end = endsAt(access);
  const total = totalOf(access.grants, 'seconds');
  if (end === null || total === null) return null;
  if (end <= now) return 0;
  if (access.clock === 'use') return Math.max(0, total - access.used.seconds);
  if (access.clock === 'first-use' && access.firstSeenAt === null) return total;
  return Math.ceil((end - now) / SECOND);
}

/** Whether what its user counts on the router is of any consequence. */
export const isCounted = ({ clock, grants }: Access): boolean =>
  clock !== null || grants.some(({ bytes }) => bytes !== null);

/** Whether the router alone knows what is left of it, or when it began. */
export const isCountedByRouter = (access: Access): boolean =>
  isCounted(access) && (access.clock !== 'purchase' || access.grants.some(({ bytes }) => bytes !== null));

export function isOver(access: Access, now: number): boolean {
  if (access.grants.length === 0) return false;
  const left = leftOf(access, now);
  return left.seconds === 0 || left.bytes === 0;
}

export interface Limits {
  readonly uptimeSeconds: number | null;
  readonly bytes: number | null;
}

/**
 * The router's own limits, in terms of the present user's counters. Time online is counted exactly; where the clock on the
 * wall counts, the limit is a belt for the case that nobody can reach the router at the end: nobody is online for longer than
 * that, so it never cuts too early. With several devices the router adds their time up.
 */
export function limitsOf(access: Access): Limits {
  const { grants, usedBefore } = access;
  const bytes = totalOf(grants, 'bytes');
  return {
    uptimeSeconds: notNone(uptimeLimit(access)),
    bytes: notNone(bytes === null ? null : bytes - usedBefore.bytes),
  };
}

function uptimeLimit(access: Access): number | null {
  const { clock, grants, devices, usedBefore, madeAt, firstSeenAt } = access;
  const total = totalOf(grants, 'seconds');
  const end = endsAt(access);
  if (clock === null || total === null || end === null) return null;
  if (clock === 'use') return total - usedBefore.seconds;
  if (devices === null) return null;
  if (clock === 'first-use' && firstSeenAt === null) return total * devices;
  return Math.ceil((end - Math.max(madeAt ?? 0, firstSeenAt ?? 0)) / SECOND) * devices;
}

/** Zero would lift the limit. */
const notNone = (limit: number | null): number | null => (limit === null ? null : Math.max(1, limit));

/**
 * The access after a reading. Routers differ in when they write a session's time to its user, at once or at log-out
 * (routeros.md 4.3, rule 4). Both are bounds from below: the user's counter, and what was known before and its sessions have
 * added since. The greater one is right to the time between two readings, and never against the buyer.
 */
export function observed(access: Access, reading: Reading, now: number): Access {
  const { used, usedBefore, usedAt } = access;
  const sinceSeconds = usedAt === null ? Infinity : Math.max(0, (now - usedAt) / SECOND);
  const added = sumOf(reading.sessions, ({ seconds }) => Math.min(seconds, sinceSeconds));
  const inSessions = sumOf(reading.sessions, ({ bytes }) => bytes);
  const wasOnline = reading.seconds > 0 || reading.sessions.length > 0;
  return {
    ...access,
    used: {
      seconds: Math.floor(Math.max(usedBefore.seconds + reading.seconds, used.seconds + added)),
      bytes: Math.max(used.bytes, usedBefore.bytes + Math.max(reading.bytes, inSessions)),
    },
    usedAt: now,
    firstSeenAt: access.firstSeenAt ?? (wasOnline ? now : null),
  };
}

/** The access whose router user is gone and is about to be made again, with what is left. */
export const remade = (access: Access, now: number): Access => ({ ...access, usedBefore: access.used, madeAt: now });

/** Takes a purchase's part away, and what was used of it with it: the others keep theirs. First bought is first used. */
export function withoutGrant(access: Access, purchaseId: number): Access {
  const share = (what: 'seconds' | 'bytes'): number => {
    let left = access.used[what];
    for (const grant of inOrder(access.grants)) {
      const part = Math.min(left, grant[what] ?? 0);
      if (grant.purchaseId === purchaseId) return part;
      left -= part;
    }
    return 0;
  };
  const seconds = share('seconds');
  const bytes = share('bytes');
  const less = (amount: Amount): Amount => ({ seconds: amount.seconds - seconds, bytes: amount.bytes - bytes });
  return {
    ...access,
    grants: access.grants.filter((grant) => grant.purchaseId !== purchaseId),
    used: less(access.used),
    usedBefore: less(access.usedBefore),
  };
}

/**
 * When somebody has to look at what is as wanted: at its end. Time online of one who is online is over, at the earliest, when
 * what is left has passed; of one who is not, the router's reconcile tells.
 */
export function nextLookAt(access: Access, isOnline: boolean, now: number): number | null {
  const end = endsAt(access);
  if (end === null || access.clock !== 'use' || !isOnline) return end;
  return Math.min(end, now + Math.max(SHORTEST_LOOK_MS, (leftOf(access, now).seconds ?? 0) * SECOND));
}

const SHORTEST_LOOK_MS = 10 * SECOND;

const sumOf = <T>(things: readonly T[], of: (thing: T) => number): number =>
  things.reduce((sum, thing) => sum + of(thing), 0);
