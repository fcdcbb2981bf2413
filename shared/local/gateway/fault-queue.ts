/** What a queue needs to know of a gateway's fault. */
export interface QueuedFault {
  readonly route: string;
  readonly when: 'before' | 'after';
  /** How many requests it spoils; until cleared if absent. */
  readonly times?: number | undefined;
}

/** The faults still to happen, oldest first. */
export class FaultQueue<Fault extends QueuedFault> {
  #waiting: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? Infinity });
  }

  clear(): void {
    this.#waiting = [];
  }

  take(route: Fault['route'], when: Fault['when']): Fault | undefined {
    const found = this.#waiting.find(({ fault }) => fault.route === route && fault.when === when);
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#waiting = this.#waiting.filter((entry) => entry !== found);
    return found.fault;
  }
}
