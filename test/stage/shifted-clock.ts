import type { Clock } from '#shared/platform/clock.ts';

/** Real time that a test can move ahead: for code that really waits for sockets and queues. */
export class ShiftedClock implements Clock {
  #aheadMs = 0;

  now(): number {
    return Date.now() + this.#aheadMs;
  }

  advance(ms: number): void {
    this.#aheadMs += ms;
  }
}
