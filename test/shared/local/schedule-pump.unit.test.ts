import { describe, expect, it, onTestFinished } from 'vitest';
import { startSchedulePump } from '#shared/local/schedule-pump.ts';
import { systemClock } from '#shared/platform/clock.ts';
import { Logger } from '#shared/platform/logger.ts';

const logger = new Logger(systemClock, 'SILENT');
function scheduled(handler: () => Promise<unknown>, everySeconds: number) {
  const pump = startSchedulePump({ handler, everySeconds, logger });
  onTestFinished(() => pump.stop(0));
  return pump;
}

describe('the pump of a schedule', () => {
  it('runs at start and then again and again, also after a run that threw', async () => {
    let runs = 0;
    scheduled(() => ((runs += 1) === 2 ? Promise.reject(new Error()) : Promise.resolve()), 0.001);
    await expect.poll(() => runs).toBeGreaterThan(4);
  });

  it('never runs twice at once, also when told to run now', async () => {
    let running = 0;
    let runs = 0;
    const pump = scheduled(async () => {
      running += 1;
      expect(running).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      runs += 1;
    }, 3_600);
    await Promise.all([pump.runNow(), pump.runNow()]);
    expect(runs).toBe(3);
  });

  it('starts no run once it is stopped, and lets the one under way end', async () => {
    let ended = 0;
    let tellStarted = () => {};
    const started = new Promise<void>((resolve) => (tellStarted = resolve));
    const pump = scheduled(async () => {
      tellStarted();
      await new Promise((resolve) => setImmediate(resolve));
      ended += 1;
    }, 0);
    await started;
    await pump.stop();
    const atStop = ended;
    await pump.runNow();
    expect([atStop, ended]).toEqual([1, 1]);
  });

  it('does not wait for a run that hangs when it is stopped', async () => {
    await scheduled(() => new Promise(() => {}), 1).stop(1);
  });
});
