import { inspect } from 'node:util';

/** What stands where a secret was. */
export const MASK = '[secret]';

/**
 * A value that refuses to be logged or serialised. `JSON.stringify`, template strings, `console.log` and the debugger
 * all see the mask; only `reveal()` gives the text, and every call of it can be found by searching for that word.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toJSON(): string {
    return MASK;
  }

  toString(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
