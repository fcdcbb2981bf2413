import { setTimeout as pauseUnlessStopped } from 'node:timers/promises';
import { pause } from '#shared/platform/clock.ts';
import type { Logger } from '#shared/platform/logger.ts';

export interface SchedulePump {
  /** Runs the function now, after the run under way if there is one. */
  runNow(): Promise<void>;
  /** Starts no more runs and gives the one under way `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

export interface SchedulePumpOptions {
  readonly handler: () => Promise<unknown>;
  /** Between the end of a run and the start of the next. */
  readonly everySeconds: number;
  readonly logger: Logger;
}

const GRACE_MS = 1_000;

/** EventBridge's schedule for one function: at once, then again and again, never twice at a time. */
export function startSchedulePump({ handler, everySeconds, logger }: SchedulePumpOptions): SchedulePump {
  const stopping = new AbortController();
  let last = Promise.resolve();

  async function run(): Promise<void> {
    if (stopping.signal.aborted) return;
    try {
      await handler();
    } catch (error) {
      logger.error('scheduled function failed', error);
    }
  }
  const runNow = () => (last = last.then(run));

  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      await runNow();
      await pauseUnlessStopped(everySeconds * 1000, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const pumping = keepRunning();
  return {
    runNow,
    async stop(graceMs = GRACE_MS) {
      stopping.abort();
      await Promise.race([pumping.then(() => last), pause(graceMs)]);
    },
  };
}
