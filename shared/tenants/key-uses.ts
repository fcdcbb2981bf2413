import type { ApiKey, ApiKeyStore } from '../store/api-keys.ts';

/** How often one warm function reports the uses of one key. */
const REPORT_EVERY_MS = 30_000;

/**
 * Counts the uses of API keys without a write per call: the first use of a key is written at once, so that "never used" is
 * true to the second; later ones are added up in memory and written every 30 seconds. Uses since the last report are
 * lost with the process: the counter is approximate, and the README says so.
 */
export class KeyUses {
  readonly #store: Pick<ApiKeyStore, 'recordUse'>;
  readonly #pending = new Map<string, { uses: number; reportedAt: number }>();

  constructor(store: Pick<ApiKeyStore, 'recordUse'>) {
    this.#store = store;
  }

  /** @param key the row as just read: one that was never used is reported at once */
  async record(key: Pick<ApiKey, 'hash' | 'useCount'>, now: number): Promise<void> {
    const pending = this.#pending.get(key.hash) ?? { uses: 0, reportedAt: key.useCount === 0 ? -Infinity : now };
    pending.uses += 1;
    this.#pending.set(key.hash, pending);
    if (now - pending.reportedAt < REPORT_EVERY_MS) return;
    const { uses } = pending;
    pending.uses = 0;
    pending.reportedAt = now;
    await this.#store.recordUse(key.hash, uses, now);
  }
}
