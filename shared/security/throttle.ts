import * as z from 'zod';
import type { Clock } from '../platform/clock.ts';
import { keys, type Table } from '../store/table.ts';

/** How many failures of a kind are borne in a window that begins with the first of them. */
export const throttles = {
  login: { limit: 5, windowMs: 15 * 60_000 },
} as const satisfies Record<string, { readonly limit: number; readonly windowMs: number }>;
export type Throttled = keyof typeof throttles;

const counter = z.object({ failures: z.number(), windowEndsAt: z.number() });
export type FailureCount = Readonly<z.infer<typeof counter>>;

/**
 * Counts failures of (what, whom). The table's own expiry removes counters hours late, so the window is checked here too.
 * Guesses sent at the same time all read the same count: whoever must not let them through records first, refuses above
 * the limit, and clears after a success.
 */
export class Throttle {
  readonly #table: Table;
  readonly #clock: Clock;

  constructor(table: Table, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /** @param whom an e-mail, a router id, ...; letter case does not make another person */
  async failures(what: Throttled, whom: string): Promise<number> {
    const found = await this.#table.get(counterKey(what, whom), counter);
    return found && found.windowEndsAt > this.#clock.now() ? found.failures : 0;
  }

  async isOver(what: Throttled, whom: string): Promise<boolean> {
    return (await this.failures(what, whom)) >= throttles[what].limit;
  }

  /** @returns the failures of this window, this one included; none recorded at the same time is lost */
  async recordFailure(what: Throttled, whom: string): Promise<number> {
    return (await this.count(what, whom)).failures;
  }

  /** As `recordFailure`, with the time at which the window ends: failures do not make it longer. */
  async count(what: Throttled, whom: string): Promise<FailureCount> {
    const key = counterKey(what, whom);
    const now = this.#clock.now();
    const values = { ':one': 1, ':end': now + throttles[what].windowMs };
    const expiry = { ':ttl': Math.ceil(values[':end'] / 1000) };
    for (;;) {
      const counted = await this.#table.update(
        key,
        'SET #windowEndsAt = if_not_exists(#windowEndsAt, :end), #expiresAtSeconds = if_not_exists(#expiresAtSeconds, :ttl) ADD #failures :one',
        { ...values, ...expiry },
        { expression: 'attribute_not_exists(pk) OR #windowEndsAt > :now', values: { ':now': now } },
      );
      if (counted) return counter.parse(counted);
      const begun = await this.#table.update(
        key,
        'SET #windowEndsAt = :end, #expiresAtSeconds = :ttl, #failures = :one',
        { ...values, ...expiry },
        { expression: '#windowEndsAt <= :now', values: { ':now': now } },
      );
      if (begun) return counter.parse(begun);
      // Another call began the new window, or cleared the old one, in between: count in what stands now.
    }
  }

  async clear(what: Throttled, whom: string): Promise<void> {
    await this.#table.write({ kind: 'delete', key: counterKey(what, whom) });
  }
}

const counterKey = (what: Throttled, whom: string) => keys.throttle(what, whom.toLowerCase());
