/**
 * Access is what should be on a router and what was seen there. Pure: the rules of design 3 on how money moves it and how
 * a visit to the router settles it. `desired` and the limits are a function of the purchases that grant it.
 */
import { devicesIn } from '../routers/health.ts';
import type { Access, Grant } from '../store/accesses.ts';
import type { ProfileLimits } from '../store/router-health.ts';
import { isOver, nextLookAt, withoutGrant } from './time-sold.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A lost answer of add, set or remove is read once more, this much later at least (design 3, rule 6). */
export const RECHECK_MS = MINUTE;

/** Waits before each further try, the last one for ever. The sweep itself comes each minute on AWS. */
const BACK_OFF_MS = [5 * SECOND, 10 * SECOND, 20 * SECOND, 30 * SECOND, MINUTE] as const;

/** The handler that just charged sends the first job itself; the obligation falls due if that leads nowhere. */
const FIRST_TRY_MS = 15 * SECOND;

export type AccessEvent =
  | { readonly kind: 'granted'; readonly grant: Grant }
  | { readonly kind: 'revoked'; readonly purchaseId: number }
  /** The router was read and shows the user as wanted (present), or no user of ours (absent). */
  | { readonly kind: 'seen'; readonly observed: 'present' | 'absent'; readonly isOnline?: boolean }
  /** Its time was found to be over. */
  | { readonly kind: 'ended' }
  /** Somebody is about to try. */
  | { readonly kind: 'tried' }
  /** A try failed; `answerLost` when it may have taken effect. */
  | { readonly kind: 'failed'; readonly answerLost: boolean }
  /** The router may have lost everything: a reset, a new device. */
  | { readonly kind: 'doubted' };

/** The access after an event. Every change of what is wanted makes what was seen `unknown` (rule 4). */
export function stepAccess(access: Access, event: AccessEvent, now: number): Access {
  switch (event.kind) {
    case 'granted': {
      const others = access.grants.filter((grant) => grant.purchaseId !== event.grant.purchaseId);
      const madeAt = access.grants.length === 0 ? event.grant.since : access.madeAt;
      return wanted({ ...access, grants: [...others, event.grant], madeAt }, now, now + FIRST_TRY_MS);
    }
    case 'revoked':
      return wanted(withoutGrant(access, event.purchaseId), now, now);
    case 'ended':
      return wanted(access, now, now);
    case 'seen':
      return seen({ ...access, observed: event.observed, confirmedAt: now }, event.isOnline ?? false, now);
    case 'tried':
      return { ...access, attempts: access.attempts + 1, dueAt: now + backOffMs(access.attempts) };
    case 'failed':
      return {
        ...access,
        uncertainSince: event.answerLost ? now : access.uncertainSince,
        attempts: access.attempts + 1,
        dueAt: now + backOffMs(access.attempts),
        version: access.version + 1,
      };
    case 'doubted':
      return { ...access, observed: 'unknown', attempts: 0, dueAt: now, version: access.version + 1 };
  }
}

function wanted(access: Access, now: number, dueAt: number): Access {
  const isEnded = isOver(access, now);
  return {
    ...access,
    desired: access.grants.length > 0 && !isEnded ? 'present' : 'absent',
    endedAt: isEnded ? (access.endedAt ?? now) : null,
    observed: 'unknown',
    wantedSince: now,
    attempts: 0,
    version: access.version + 1,
    dueAt,
  };
}

function seen(access: Access, isOnline: boolean, now: number): Access {
  const version = access.version + 1;
  if (access.observed !== access.desired)
    return { ...access, version, attempts: access.attempts + 1, dueAt: now + backOffMs(access.attempts) };
  const recheckAt = access.uncertainSince === null ? null : access.uncertainSince + RECHECK_MS;
  const settled = recheckAt === null || recheckAt <= now;
  const lookAt = access.desired === 'present' ? nextLookAt(access, isOnline, now) : null;
  return {
    ...access,
    version,
    attempts: 0,
    uncertainSince: settled ? null : access.uncertainSince,
    dueAt: settled ? lookAt : Math.min(recheckAt, lookAt ?? Infinity),
  };
}

export function backOffMs(attempts: number): number {
  return BACK_OFF_MS[Math.min(attempts, BACK_OFF_MS.length - 1)] ?? MINUTE;
}

/**
 * An access that was sold before anybody had asked the router what its profiles do learns it at its first visit, since a
 * router that is reset loses them.
 */
export function withProfile(access: Access, profiles: readonly ProfileLimits[]): Access {
  const profileLimits = profiles.find(({ name }) => name === access.profileName);
  if (access.profileLimits !== null || !profileLimits) return access;
  return { ...access, profileLimits, devices: access.devices ?? devicesIn(profileLimits) };
}

/** The comment that marks a router user as ours (design 3): an id, nothing else, never customer data. */
export const commentOf = (access: Pick<Access, 'id'>): string => `${MARK}${access.id}`;

/** Of any access, known or not. */
export const isOurComment = (comment: string): boolean => comment.startsWith(MARK);

const MARK = 'px:';
