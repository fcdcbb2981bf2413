import { describe, expect, it } from 'vitest';
import { isConfirmedDown } from '#shared/routers/health.ts';
import { beatAfterMs, lookAgainAt, mayHaveForgotten, newsOf, stateOf } from '#shared/routers/watch.ts';
import { type Health, neverAsked } from '#shared/store/router-health.ts';

const MINUTE = 60_000;
const T = Date.UTC(2026, 4, 3);
const healthy = (contactAt = T): Health => ({ ...neverAsked, contactAt, probedAt: contactAt });
const failing = (failures: number, downSince: number, failedAt: number): Health => ({
  ...healthy(downSince - MINUTE),
  failures,
  downSince,
  failedAt,
});

describe('the state of a router', () => {
  it.each([
    ['never asked', neverAsked, 'unknown'],
    ['heard of within two heartbeats', healthy(T - 34 * MINUTE), 'online'],
    ['not heard of for longer', healthy(T - 36 * MINUTE), 'unknown'],
    ['that failed last', failing(1, T, T), 'down'],
    ['that answered after it failed', { ...healthy(T), failedAt: T - 1 }, 'online'],
  ])('%s', (_, health, state) => {
    expect(stateOf(health, undefined, T)).toBe(state);
  });

  it('waits for the heartbeat its operator chose', () => {
    expect(stateOf(healthy(T - 100 * MINUTE), 60, T)).toBe('online');
    expect(stateOf(healthy(T - 100 * MINUTE), 0, T)).toBe('unknown');
  });
});

it.each([
  ['one failure', failing(1, T, T + 5 * MINUTE), false],
  ['two within two minutes', failing(2, T, T + 2 * MINUTE - 1), false],
  ['two over two minutes', failing(2, T, T + 2 * MINUTE), true],
])('%s: down for certain is %s', (_, health, down) => {
  expect(isConfirmedDown(health)).toBe(down);
});

it('a router that is down is asked ever more rarely, but hourly at least', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 9].map((missed) => beatAfterMs(15, missed) / MINUTE)).toEqual([
    15, 2, 4, 8, 16, 32, 60, 60,
  ]);
  expect(beatAfterMs(240, 20) / MINUTE).toBe(240);
});

describe('the operator', () => {
  const router = { id: 'RTR_1', name: 'Principal' };
  const watch = { companyId: 'E', routerId: 'RTR_1', everyMinutes: 15, missed: 0, toldDownSince: null, dueAt: T };
  const told = { ...watch, toldDownSince: T };
  const down = failing(2, T, T + 3 * MINUTE);

  it('is told once that a router is down, and once that it is back', () => {
    expect(newsOf(watch, router, failing(1, T, T), T)).toEqual({ toldDownSince: null });
    expect(newsOf(watch, router, down, T + 4 * MINUTE)).toMatchObject({
      toldDownSince: T,
      notice: { kind: 'router-down', since: T, routerName: 'Principal' },
    });
    expect(newsOf(told, router, down, T + 4 * MINUTE)).toEqual({ toldDownSince: T });
    expect(newsOf(told, router, healthy(T + 9 * MINUTE), T + 10 * MINUTE)).toMatchObject({
      toldDownSince: null,
      notice: { kind: 'router-up', since: T + 9 * MINUTE, downSince: T },
    });
  });
});

describe('after a visit, a router is looked at again', () => {
  const wasUp = { failedAt: null, downSince: null };
  it.each([
    ['not, when it was and is up', wasUp, healthy(), undefined],
    ['in two minutes, when it begins to fail', wasUp, failing(1, T, T), T + 2 * MINUTE],
    ['not, while nothing is certain', { failedAt: T, downSince: T }, failing(2, T, T + MINUTE), undefined],
    ['at once, when it is certain', { failedAt: T, downSince: T }, failing(2, T, T + 2 * MINUTE), T],
    ['not, when it was before', { failedAt: T + 2 * MINUTE, downSince: T }, failing(3, T, T + 3 * MINUTE), undefined],
    ['at once, when it is back', { failedAt: T, downSince: T }, healthy(), T],
  ])('%s', (_, before, after, at) => {
    expect(lookAgainAt(before, after, T)).toBe(at);
  });
});

describe('a router may have forgotten everything', () => {
  const told = (probedAt: number, uptimeS: number | null): Health => ({ ...healthy(probedAt), uptimeS });

  it.each([
    ['when it was switched on since it was last asked', told(T, 50), told(T + MINUTE, 40), true],
    ['though that was moments after it was switched on before', told(T, 10), told(T + 30_000, 5), true],
    ['not when its clock runs a little slow', told(T, 100_000), told(T + 60 * MINUTE, 103_597), false],
    ['not when it does not tell', told(T, null), told(T + MINUTE, null), false],
    ['when it was away for more than a moment', failing(2, T, T + MINUTE), healthy(T + 2 * MINUTE), true],
    ['not after one answer that was lost', failing(1, T, T), healthy(T + 20_000), false],
    ['not while it is away', failing(2, T, T + MINUTE), failing(3, T, T + 2 * MINUTE), false],
  ])('%s', (_, before, after, expected) => {
    expect(mayHaveForgotten(before, after)).toBe(expected);
  });
});
