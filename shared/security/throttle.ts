import * as z from 'zod';
import type { Clock } from '../platform/clock.ts';
import { type Attributes, type Condition, type Key, keys, type Table } from '../store/table.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** How many of a kind are borne in a window that begins with the first of them. */
export const throttles = {
  login: { limit: 5, windowMs: 15 * MINUTE_MS },
  /** Cards declined (design 5). A company may set limits of its own. */
  'declines-of-email': { limit: 5, windowMs: 10 * MINUTE_MS },
  'declines-on-router': { limit: 20, windowMs: 10 * MINUTE_MS },
  /** Cards sent to the gateway from one router before any was declined. */
  'burst-on-router': { limit: 30, windowMs: 10 * SECOND_MS },
  /** Devices that one router is asked after, which keeps it from its buyers. */
  'host-lookups': { limit: 120, windowMs: MINUTE_MS },
  /** Wrong access codes. One name's password has six digits; a PIN is a name, guessed among all of a router. */
  'guesses-of-code': { limit: 10, windowMs: 15 * MINUTE_MS },
  'guesses-on-router': { limit: 100, windowMs: 10 * MINUTE_MS },
  'telegram-tests': { limit: 10, windowMs: 10 * MINUTE_MS },
  /** How often one access is asked after at its router, which keeps it from its buyers. */
  inspections: { limit: 20, windowMs: MINUTE_MS },
  /** How often one code is logged in anew, and all of a router, which keeps it from its buyers (contract 11 RULE). */
  'reconnects-of-code': { limit: 10, windowMs: MINUTE_MS },
  'reconnects-on-router': { limit: 120, windowMs: MINUTE_MS },
} as const satisfies Record<string, { readonly limit: number; readonly windowMs: number }>;
export type Throttled = keyof typeof throttles;

const counter = z.object({ failures: z.number(), windowEndsAt: z.number() });
export type FailureCount = Readonly<z.infer<typeof counter>>;

/** Where a counter stands, for those who read it together with other items. Letter case does not make another person. */
export const counterKey = (what: Throttled, whom: string): Key => keys.throttle(what, whom.toLowerCase());

/** What an item found under `counterKey` says now. The table's own expiry is hours late, so the window is checked here. */
export function countIn(item: Attributes | undefined, now: number): FailureCount | undefined {
  const found = item && counter.parse(item);
  return found && found.windowEndsAt > now ? found : undefined;
}

/** Whole seconds until the window ends, as `Retry-After` wants them. */
export const secondsLeft = ({ windowEndsAt }: FailureCount, now: number): number =>
  Math.max(1, Math.ceil((windowEndsAt - now) / SECOND_MS));

/**
 * Counts failures of (what, whom). Guesses sent at the same time all read the same count: whoever must not let them through
 * records first, refuses above the limit, and clears after a success; or reserves, and gives back what did not fail.
 */
export class Throttle {
  readonly #table: Table;
  readonly #clock: Clock;

  constructor(table: Table, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /**
   * @param whom an e-mail, a router id, ...
   * @returns the failures of this window, this one included, of which none recorded at the same time is lost; and when the
   *   window ends, which failures do not put off
   */
  async count(what: Throttled, whom: string): Promise<FailureCount> {
    const counted = await this.reserve(what, whom, Infinity);
    if (!counted) throw new Error('There is always room below infinity');
    return counted;
  }

  /**
   * Counts a failure before it happens, for as long as there is room for one: of many at once no more than `limit` get any.
   *
   * @returns undefined, and nothing is counted, when the limit is reached
   */
  async reserve(what: Throttled, whom: string, limit: number): Promise<FailureCount | undefined> {
    for (;;) {
      const counted = (await this.#add(what, whom, limit)) ?? (await this.#begin(what, whom));
      if (counted) return counter.parse(counted);
      const standing = await this.standing(what, whom);
      if (standing && standing.failures >= limit) return undefined;
      // Another call began the new window, or cleared the old one, in between: count in what stands now.
    }
  }

  /** What counts so far; undefined where no window runs. */
  async standing(what: Throttled, whom: string): Promise<FailureCount | undefined> {
    return countIn(await this.#table.get(counterKey(what, whom), counter), this.#clock.now());
  }

  /** Takes back what was reserved and did not fail. In a window that began since, it was never counted. */
  async giveBack(what: Throttled, whom: string, { windowEndsAt }: FailureCount): Promise<void> {
    await this.#table.update(
      counterKey(what, whom),
      'ADD #failures :minusOne',
      { ':minusOne': -1 },
      { expression: '#windowEndsAt = :end AND #failures > :none', values: { ':end': windowEndsAt, ':none': 0 } },
    );
  }

  async clear(what: Throttled, whom: string): Promise<void> {
    await this.#table.write({ kind: 'delete', key: counterKey(what, whom) });
  }

  /** One more in the window that runs, or the first of the first one. */
  #add(what: Throttled, whom: string, limit: number): Promise<Attributes | undefined> {
    const now = this.#clock.now();
    const hasRoom: Condition = Number.isFinite(limit)
      ? { expression: '#windowEndsAt > :now AND #failures < :limit', values: { ':now': now, ':limit': limit } }
      : { expression: '#windowEndsAt > :now', values: { ':now': now } };
    return this.#table.update(
      counterKey(what, whom),
      'SET #windowEndsAt = if_not_exists(#windowEndsAt, :end), #expiresAtSeconds = if_not_exists(#expiresAtSeconds, :ttl) ADD #failures :one',
      windowFrom(what, now),
      { ...hasRoom, expression: `attribute_not_exists(pk) OR (${hasRoom.expression})` },
    );
  }

  /** The first of a new window, where the one before is over. */
  #begin(what: Throttled, whom: string): Promise<Attributes | undefined> {
    const now = this.#clock.now();
    return this.#table.update(
      counterKey(what, whom),
      'SET #windowEndsAt = :end, #expiresAtSeconds = :ttl, #failures = :one',
      windowFrom(what, now),
      { expression: '#windowEndsAt <= :now', values: { ':now': now } },
    );
  }
}

function windowFrom(what: Throttled, now: number): Attributes {
  const end = now + throttles[what].windowMs;
  return { ':one': 1, ':end': end, ':ttl': Math.ceil(end / SECOND_MS) };
}
