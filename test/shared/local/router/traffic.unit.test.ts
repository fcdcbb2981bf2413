import { expect, it } from 'vitest';
import { TrafficLog } from '#shared/local/router/traffic.ts';
import { ManualClock } from '../../../stage/manual-clock.ts';

it('the log knows which connections are open, and how long those that are closed were', () => {
  const clock = new ManualClock();
  const traffic = new TrafficLog(clock);
  const [first, second] = [traffic.opened(), traffic.opened()];
  clock.advance(100);
  first();
  expect(traffic.summary()).toMatchObject({ connections: 2, open: 1, openMs: 100 });
  clock.advance(50);
  second();
  expect(traffic.summary()).toMatchObject({ connections: 2, open: 0, openMs: 250 });
});
