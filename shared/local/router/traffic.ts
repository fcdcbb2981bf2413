import type { Clock } from '../../platform/clock.ts';
import type { Request } from './sentences.ts';

const MASKED = new Set(['password', 'response']);

export interface SeenCommand {
  /** Counts all, logins too, from 1. */
  readonly number: number;
  readonly at: number;
  readonly path: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly queries: readonly string[];
}

export interface Traffic {
  readonly connections: number;
  /** Of those, how many are open now. */
  readonly open: number;
  /** How long the others were open, all together, milliseconds. */
  readonly openMs: number;
  /** Logins that passed. */
  readonly logins: number;
  /** All commands but `/login`. */
  readonly commands: number;
  readonly byPath: Readonly<Record<string, number>>;
  /** The last 1,000 unless told otherwise, oldest first, passwords masked. */
  readonly recent: readonly SeenCommand[];
}

/** What came in since the start, for a person and for tests that count. */
export class TrafficLog {
  readonly #clock: Clock;
  readonly #remembered: number;
  readonly #byPath = new Map<string, number>();
  #recent: SeenCommand[] = [];
  #seen = 0;
  #commands = 0;
  #connections = 0;
  #open = 0;
  #openMs = 0;
  logins = 0;

  /** @param remembered how many of the last commands are kept */
  constructor(clock: Clock, remembered = 1_000) {
    this.#clock = clock;
    this.#remembered = remembered;
  }

  /** @returns what to call when that connection is closed */
  opened(): () => void {
    const at = this.#clock.now();
    this.#connections += 1;
    this.#open += 1;
    return () => {
      this.#open -= 1;
      this.#openMs += this.#clock.now() - at;
    };
  }

  saw({ path, attributes, queries }: Request): void {
    if (path !== '/login') this.#commands += 1;
    this.#byPath.set(path, (this.#byPath.get(path) ?? 0) + 1);
    const shown = [...attributes].map(([name, value]) => [name, MASKED.has(name) ? '***' : value]);
    this.#recent.push({
      number: ++this.#seen,
      at: this.#clock.now(),
      path,
      attributes: Object.fromEntries(shown),
      queries,
    });
    if (this.#recent.length > 2 * this.#remembered) this.#recent = this.#recent.slice(-this.#remembered);
  }

  summary(): Traffic {
    return {
      connections: this.#connections,
      open: this.#open,
      openMs: this.#openMs,
      logins: this.logins,
      commands: this.#commands,
      byPath: Object.fromEntries(this.#byPath),
      recent: this.#recent.slice(-this.#remembered),
    };
  }
}
