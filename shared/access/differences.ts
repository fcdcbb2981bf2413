/** Where a router differs from what should be on it. Pure: what was read on both sides goes in. */
import type { ActiveSession, ListedUser } from '../routers/client.ts';
import type { Access } from '../store/accesses.ts';
import { commentOf } from './access.ts';
import { isSetAs, readingOf, userWords } from './router-user.ts';
import { isCounted, isOver, observed } from './time-sold.ts';

export interface Seen {
  readonly users: readonly ListedUser[];
  readonly sessions: readonly ActiveSession[];
}

export interface Differences {
  /** How many should be there. */
  readonly live: number;
  /** The router has to be visited for these. */
  readonly missing: readonly Access[];
  readonly over: readonly Access[];
  readonly otherwise: readonly Access[];
  /** As they should be; what was read of their time is news. */
  readonly news: readonly { readonly before: Access; readonly after: Access; readonly isOnline: boolean }[];
  /** Access ids in the comments of users that are not listed among those that should be there. */
  readonly unlisted: readonly string[];
}

/** Less than this is no news, but for the first of it. */
const NEWS_SECONDS = 60;
const COMMENT = /^px:(.+)$/;

/** @param accesses those of the router that are, or should be, there */
export function differencesOf(accesses: readonly Access[], seen: Seen, now: number): Differences {
  const users = new Map(seen.users.map((user) => [user.name, user]));
  const sessions = Map.groupBy(seen.sessions, ({ user }) => user);
  const missing: Access[] = [];
  const over: Access[] = [];
  const otherwise: Access[] = [];
  const news: { before: Access; after: Access; isOnline: boolean }[] = [];
  // One that was tried and failed comes by its own due time.
  const wanted = accesses.filter(({ desired, attempts }) => desired === 'present' && attempts === 0);
  for (const access of wanted) {
    const user = users.get(access.username);
    const reading = user && readingOf(user, sessions.get(access.username) ?? []);
    const after = reading && isCounted(access) ? observed(access, reading, now) : access;
    if (isOver(after, now)) over.push(access);
    else if (!user) missing.push(access);
    else if (user.comment !== commentOf(access) || !isSetAs(user, userWords(after))) otherwise.push(access);
    else if (access.observed === 'present' && isNews(access, after))
      news.push({ before: access, after, isOnline: sessions.has(access.username) });
  }
  const listed = new Set(accesses.map(commentOf));
  const unlisted = seen.users
    .map(({ comment }) => comment)
    .filter((comment) => !listed.has(comment))
    .flatMap((comment) => COMMENT.exec(comment)?.[1] ?? []);
  return { live: wanted.length, missing, over, otherwise, news, unlisted };
}

/** Time from the purchase needs no reading. */
function isNews(before: Access, after: Access): boolean {
  if (after.used.bytes > before.used.bytes && after.grants.some(({ bytes }) => bytes !== null)) return true;
  if (after.clock === 'first-use') return before.firstSeenAt === null && after.firstSeenAt !== null;
  return after.clock === 'use' && after.used.seconds - before.used.seconds >= NEWS_SECONDS;
}
