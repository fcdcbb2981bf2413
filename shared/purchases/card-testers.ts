/**
 * Thieves try stolen cards by the hundred wherever a page takes them. What is counted is cards declined, never attempts:
 * guests share one public address, and a MAC is what the caller says (design 5). Past the e-mail's limit nothing is sold to
 * it; past the router's, only to devices that the router itself knows.
 *
 * Counted is what the charge itself, or the look right after it, was answered. A decline that is learnt later is not: 3-D
 * Secure that failed, or a lost answer that a webhook or the sweep finds to be one. Such tries are bounded by nothing here.
 *
 * The limit on a router is exact from the first decline that is counted on. Until then cards are in flight that nobody holds
 * a place for, `burst-on-router` of them in a window; so many may be declined on top of the limit.
 */
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Jobs } from '../routers/jobs.ts';
import { canonicalMac } from '../routers/mac-address.ts';
import { counterKey, countIn, type FailureCount, secondsLeft, type Throttle, throttles } from '../security/throttle.ts';
import type { Company } from '../store/companies.ts';
import type { NoticeStore } from '../store/notices.ts';
import type { Purchase } from '../store/purchases.ts';
import type { Router } from '../store/routers.ts';
import type { Attributes, Key } from '../store/table.ts';

/** What counts so far, as read together with everything else an order is judged by; undefined where no window runs. */
export interface Declines {
  readonly ofEmail: FailureCount | undefined;
  readonly onRouter: FailureCount | undefined;
}

interface Buyer {
  readonly company: Company;
  readonly router: Router;
  readonly customer: { readonly email: string };
  readonly macAddress: string | null;
  readonly declines: Declines;
}

export interface CardTesterParts {
  readonly throttle: Throttle;
  readonly notices: NoticeStore;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The router's answer about a device; the charge has to fit behind it. */
const HOST_WITHIN_MS = 4_000;

/** What one company bears; another's counters are none of its business. */
const whomEmail = (companyId: string, email: string): string => `${companyId}#${email}`;
const whomRouter = (companyId: string, routerId: string): string => `${companyId}#${routerId}`;

/** Windows cut by the clock, each a counter of its own: then the first of a window is one write, as all others. */
const whomBurst = (companyId: string, routerId: string, now: number): string =>
  `${whomRouter(companyId, routerId)}#${Math.floor(now / throttles['burst-on-router'].windowMs)}`;

/** Keys of the two counters, in the order `declinesIn` takes their items. */
export const keysOfDeclines = (companyId: string, routerId: string, email: string): [Key, Key] => [
  counterKey('declines-of-email', whomEmail(companyId, email)),
  counterKey('declines-on-router', whomRouter(companyId, routerId)),
];

export const declinesIn = (
  ofEmail: Attributes | undefined,
  onRouter: Attributes | undefined,
  now: number,
): Declines => ({ ofEmail: countIn(ofEmail, now), onRouter: countIn(onRouter, now) });

export interface DeclineLimits {
  readonly email: number;
  readonly router: number;
}

/** The company's own, or ours. */
export const declineLimits = ({ declineLimitOfEmail, declineLimitOnRouter }: Company): DeclineLimits => ({
  email: declineLimitOfEmail ?? throttles['declines-of-email'].limit,
  router: declineLimitOnRouter ?? throttles['declines-on-router'].limit,
});

export type Admission =
  /** `isKnownDevice`: the router was asked, and has it in its host table. */
  | { readonly kind: 'admitted'; readonly isKnownDevice: boolean }
  | { readonly kind: 'refused'; readonly retryAfterSeconds: number };

/** Whether a new sale may begin. Costs nothing but where the router's limit is reached: then the router is asked. */
export async function admit(buyer: Buyer, parts: CardTesterParts): Promise<Admission> {
  const limits = declineLimits(buyer.company);
  const { ofEmail, onRouter } = buyer.declines;
  if (ofEmail && ofEmail.failures >= limits.email) return refused(ofEmail, parts.clock);
  if (!onRouter || onRouter.failures < limits.router) return { kind: 'admitted', isKnownDevice: false };
  return (await isInHostTable(buyer, parts))
    ? { kind: 'admitted', isKnownDevice: true }
    : refused(onRouter, parts.clock);
}

const refused = (count: FailureCount, clock: Clock): Admission => ({
  kind: 'refused',
  retryAfterSeconds: secondsLeft(count, clock.now()),
});

/** A router that says nothing in time knows nobody; nor does one that is asked more than it can be without harm. */
async function isInHostTable({ company, router, macAddress }: Buyer, { jobs, clock, throttle }: CardTesterParts) {
  if (macAddress === null) return false;
  const lookups = await throttle.count('host-lookups', whomRouter(company.id, router.id));
  if (lookups.failures > throttles['host-lookups'].limit) return false;
  const until = clock.now() + HOST_WITHIN_MS;
  const job = await jobs.submit(company.id, router.id, {
    kind: 'find-host',
    macAddress: canonicalMac(macAddress),
    until,
  });
  const outcome = await jobs.wait(job, until);
  return outcome?.kind === 'host-looked-up' && outcome.isThere;
}

/** Where a card that was not declined is taken off again. */
interface Taken {
  readonly what: 'declines-on-router' | 'burst-on-router';
  readonly whom: string;
  readonly count: FailureCount;
}

/** The right to have one card declined; `taken` is null where none has to be given back. */
export type Place =
  | { readonly kind: 'place'; readonly taken: Taken | null }
  | { readonly kind: 'none'; readonly retryAfterSeconds: number };

/** Of a window's sales. */
const FEW_AT_A_TIME = throttles['burst-on-router'].limit / 3;

/**
 * Right before the charge. From a router's first decline on a place is reserved, or a hundred cards at once would all read
 * the same count and all be tried. Before it those under way are only counted.
 */
export async function takePlace(buyer: Buyer, isKnownDevice: boolean, parts: CardTesterParts): Promise<Place> {
  const { company, router, declines } = buyer;
  const { throttle, clock } = parts;
  const free: Place = { kind: 'place', taken: null };
  const onThisRouter = whomRouter(company.id, router.id);
  if (isKnownDevice) return free;
  let full = declines.onRouter;
  if (full?.failures) {
    const { router: limit } = declineLimits(company);
    const count = await throttle.reserve('declines-on-router', onThisRouter, limit);
    if (count) return { kind: 'place', taken: { what: 'declines-on-router', whom: onThisRouter, count } };
  } else {
    const whom = whomBurst(company.id, router.id, clock.now());
    const count = await throttle.count('burst-on-router', whom);
    // Few at a time are not worth a write to take them off again; of many, good ones would keep others out.
    const taken = count.failures > FEW_AT_A_TIME ? ({ what: 'burst-on-router', whom, count } as const) : null;
    if (count.failures <= throttles['burst-on-router'].limit) return { kind: 'place', taken };
    full = count;
  }
  if (await isInHostTable(buyer, parts)) return free;
  return { kind: 'none', retryAfterSeconds: secondsLeft(full, clock.now()) };
}

/**
 * Right after the charge: a declined card is counted, for anything else the place is given back. Never throws, for the
 * buyer has an answer to get.
 *
 * @param purchase as the charge left it; undefined when something broke on the way
 */
export async function leavePlace(
  purchase: Purchase | undefined,
  buyer: Buyer,
  { taken }: Extract<Place, { kind: 'place' }>,
  parts: CardTesterParts,
): Promise<void> {
  const { company, router, customer } = buyer;
  const onThisRouter = whomRouter(company.id, router.id);
  try {
    if (purchase && isCardDecline(purchase)) {
      const [onRouter] = await Promise.all([
        taken?.what === 'declines-on-router' ? taken.count : parts.throttle.count('declines-on-router', onThisRouter),
        parts.throttle.count('declines-of-email', whomEmail(company.id, customer.email)),
      ]);
      await tellOnce(buyer, onRouter, parts);
    } else if (taken) await parts.throttle.giveBack(taken.what, taken.whom, taken.count);
  } catch (error) {
    parts.logger.error('declined card not counted', error, { routerId: router.id, alarm: 'decline-not-counted' });
  }
}

/** A card was tried and its bank, or the gateway for it, said no. Wrong keys, limits and outages say nothing of a card. */
export const isCardDecline = ({ state, chargingAt, refusal }: Purchase): boolean =>
  state === 'declined' && chargingAt !== null && refusal?.httpStatus === 402;

/** The window that reached the limit has one notice, whoever reached it and however many at once. */
async function tellOnce({ company, router }: Buyer, { failures, windowEndsAt }: FailureCount, parts: CardTesterParts) {
  const limit = declineLimits(company).router;
  if (failures < limit) return;
  const since = windowEndsAt - throttles['declines-on-router'].windowMs;
  const notice = { routerId: router.id, routerName: router.name, limit, since, createdAt: parts.clock.now() };
  if (!(await parts.notices.add(company.id, { kind: 'declines', ...notice }))) return;
  parts.logger.warn('cards are being tested', { routerId: router.id, limit, alarm: 'decline-storm' });
  parts.logger.measure({ 'decline-storms': 1 });
}
