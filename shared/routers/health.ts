/** What we know of a router without asking it, and when to ask again (design 3, step 2). */
import type { Clock } from '../platform/clock.ts';
import type { Health, ProfileLimits, RouterHealthStore } from '../store/router-health.ts';
import { waitFor } from '../platform/wait-for.ts';
import type { Jobs } from './jobs.ts';

const SECOND = 1000;

/** A probe this recent decides a sale without asking again. */
export const FRESH_MS = 60 * SECOND;
/** Whoever pays is told of a router that died a moment ago: it is knocked at unless it answered anything as recently as this. */
const HEARD_MS = SECOND;
/** A router that did not answer is asked again at most this often. */
const RETRY_DOWN_MS = 3 * SECOND;
/** One probe in flight per router. */
const PROBE_QUIET_MS = 3 * SECOND;
/** Of a buyer before a router that is known to be down. */
const GLANCE_MS = SECOND / 2;
/** A probe nobody waits for is worth this long. */
const PROBE_LIFE_MS = 15 * SECOND;
/** With no answer in time, a sale goes on only if the router was heard of this recently. */
const LAST_CONTACT_MS = 10 * 60 * SECOND;

/** The circuit of a router is open from a failed contact to the next good one. */
export const isDown = (health: Health): boolean =>
  health.failedAt !== null && health.failedAt >= (health.contactAt ?? 0);

/** Nobody is alarmed, or sent away unasked, for one failed contact. */
const CONFIRMING_FAILURES = 2;
export const CONFIRMED_AFTER_MS = 2 * 60 * SECOND;

/** Down by more than one failed contact, and for more than a moment. */
export const isConfirmedDown = ({ downSince, failedAt, failures }: Health): boolean =>
  downSince !== null && (failures ?? 0) >= CONFIRMING_FAILURES && (failedAt ?? 0) - downSince >= CONFIRMED_AFTER_MS;

/** Whether nothing newer than `FRESH_MS` is known; a router that is down is looked after more eagerly. */
export function isStale(health: Health, now: number): boolean {
  if (isDown(health)) return now - (health.failedAt ?? 0) >= RETRY_DOWN_MS;
  return now - (health.probedAt ?? 0) >= FRESH_MS;
}

export type Outlook = 'sells' | 'unreachable' | 'hotspot-blocked' | 'profile-missing';

/** What a recent enough probe says about selling a profile of this router. */
export function outlook(health: Health, profileName: string): Outlook {
  if (isDown(health)) return 'unreachable';
  if (health.deviceModeBlocked) return 'hotspot-blocked';
  return health.profileNames.includes(profileName) ? 'sells' : 'profile-missing';
}

export const limitsOfProfile = ({ profileLimits }: Health, profileName: string): ProfileLimits | undefined =>
  profileLimits?.find(({ name }) => name === profileName);

/** How many devices a profile lets in at once; null where that is not known, or not limited. */
export const devicesOf = (health: Health, profileName: string): number | null =>
  devicesIn(limitsOfProfile(health, profileName));

export const devicesIn = (profile: Pick<ProfileLimits, 'sharedUsers'> | undefined): number | null =>
  /^[1-9]\d*$/.test(profile?.sharedUsers ?? '') ? Number(profile?.sharedUsers) : null;

export interface ProbeParts {
  readonly health: RouterHealthStore;
  readonly jobs: Jobs;
  readonly clock: Clock;
}

interface Subject {
  readonly companyId: string;
  readonly routerId: string;
  readonly known: Health;
}

/** Sends a probe when what is known is stale and none is on its way; nobody waits for it. */
export async function probeIfStale(subject: Subject, parts: ProbeParts): Promise<void> {
  if (isStale(subject.known, parts.clock.now())) await sendProbe(subject, parts);
}

/** Has the router asked, unless somebody else just did. @param lifeMs how long the answer is of use */
export async function sendProbe(
  { companyId, routerId, known }: Subject,
  { health, jobs, clock }: ProbeParts,
  lifeMs = PROBE_LIFE_MS,
  kind: 'probe' | 'knock' = 'probe',
): Promise<void> {
  const now = clock.now();
  const isAnswered = (known.probeAskedAt ?? 0) <= Math.max(known.contactAt ?? 0, known.failedAt ?? 0);
  const quietMs = kind === 'knock' && isAnswered ? HEARD_MS : PROBE_QUIET_MS;
  if (await health.claimProbe(companyId, routerId, now, quietMs))
    await jobs.submit(companyId, routerId, { kind, until: now + lifeMs });
}

/**
 * Decides, before any charge, whether the router can be sold on now. Costs nothing while it was heard of moments ago; knocks
 * while what it sells is known, and else probes, and waits.
 *
 * @param until how long to wait for the probe, milliseconds, absolute
 */
export async function preflight(
  subject: Subject & { readonly profileName: string },
  parts: ProbeParts,
  until: number,
): Promise<Outlook> {
  const { known, profileName } = subject;
  const askedAt = parts.clock.now();
  const judged = outlook(known, profileName);
  // What it sells may be a minute old; that it is there, and bad news, only seconds.
  const isKnown = !isStale(known, askedAt);
  if (judged === 'sells' && isKnown && askedAt - (known.contactAt ?? 0) < HEARD_MS) return 'sells';
  if (judged === 'unreachable' && isKnown) return 'unreachable';
  await sendProbe(subject, parts, PROBE_LIFE_MS, judged === 'sells' && isKnown ? 'knock' : 'probe');
  // A dead router takes seconds to say so again; one that is back says so in this time, and sells.
  const patience = judged === 'unreachable' && isConfirmedDown(known) ? Math.min(until, askedAt + GLANCE_MS) : until;
  // Somebody else may have knocked just now, where this one would have probed: what it sells was good a moment ago.
  const answered = await newsOf(subject, parts, {
    askedAt,
    until: patience,
    // One that blocks its hotspot answers no probe to the end.
    good: judged === 'sells' || judged === 'hotspot-blocked' ? 'contactAt' : 'probedAt',
  });
  if (answered) return outlook(answered, profileName);
  const heardOf = known.contactAt !== null && askedAt - known.contactAt < LAST_CONTACT_MS;
  // Not even an old "no such profile" may be charged for: it would be paid and never delivered.
  return heardOf ? judged : 'unreachable';
}

export type Presence = 'up' | 'down' | 'unknown';

/**
 * Whether the router is there, for a portal that asks. It costs the router a knock a second at most, however often it is
 * asked: who comes meanwhile waits for the same one.
 *
 * @param until how long to wait for the knock, milliseconds, absolute
 * @returns `unknown` when nobody has been there in time, and the last who was got an answer
 */
export async function lookFor(subject: Subject, parts: ProbeParts, until: number): Promise<Presence> {
  const { known } = subject;
  const askedAt = parts.clock.now();
  if (isDown(known) ? !isStale(known, askedAt) : askedAt - (known.contactAt ?? 0) < HEARD_MS) return presenceIn(known);
  await sendProbe(subject, parts, until - askedAt, 'knock');
  const answered = await newsOf(subject, parts, { askedAt, until, good: 'contactAt' });
  if (!answered && !isDown(known)) return 'unknown';
  return presenceIn(answered ?? known);
}

const presenceIn = (health: Health): Presence => (isDown(health) ? 'down' : 'up');

/** What is known after the visit that was asked for, now or by somebody else just before; undefined when none came in time. */
function newsOf(
  { companyId, routerId }: Omit<Subject, 'known'>,
  { health, clock }: ProbeParts,
  { askedAt, until, good }: { askedAt: number; until: number; good: 'contactAt' | 'probedAt' },
): Promise<Health | undefined> {
  return waitFor(
    async () => {
      const now = await health.find(companyId, routerId);
      const newest = Math.max(now[good] ?? 0, now.failedAt ?? 0);
      return newest >= Math.min(askedAt, now.probeAskedAt ?? askedAt) ? now : undefined;
    },
    until,
    clock,
  );
}
