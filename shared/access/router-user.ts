/** An access as its user on the router. */
import type { ActiveSession, ListedUser, NewHotspotUser } from '../routers/client.ts';
import type { Access } from '../store/accesses.ts';
import { commentOf } from './access.ts';
import { limitsOf, type Reading } from './time-sold.ts';

export type UserWords = Omit<NewHotspotUser, 'password'>;

/** All but the password. */
export function userWords(access: Access): UserWords {
  const { uptimeSeconds, bytes } = limitsOf(access);
  return {
    name: access.username,
    profile: access.profileName,
    comment: commentOf(access),
    ...(uptimeSeconds !== null && { limitUptimeSeconds: uptimeSeconds }),
    ...(bytes !== null && { limitBytesTotal: bytes }),
  };
}

/** What it has used so far, with the sessions it has now. */
export const readingOf = (user: ListedUser, sessions: readonly ActiveSession[]): Reading => ({
  seconds: user.uptimeSeconds,
  bytes: user.bytes,
  sessions: sessions.map(({ uptimeSeconds, bytesIn, bytesOut }) => ({
    seconds: uptimeSeconds,
    bytes: bytesIn + bytesOut,
  })),
});

/** Where nothing was sold, a limit that the operator set by hand is left alone. */
export function isSetAs(user: ListedUser, wanted: UserWords): boolean {
  const { limitUptimeSeconds = user.limitUptimeSeconds, limitBytesTotal = user.limitBytesTotal } = wanted;
  return (
    !user.disabled &&
    user.profile === wanted.profile &&
    user.limitUptimeSeconds === limitUptimeSeconds &&
    user.limitBytesTotal === limitBytesTotal
  );
}
