import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { startDynamo, type LocalDynamo } from '#shared/local/dynamodb.ts';
import { createAwsClients } from '#shared/local/aws-clients.ts';
import { readConfig } from '#shared/platform/config.ts';
import { counterKey, countIn, Throttle, type Throttled, throttles } from '#shared/security/throttle.ts';
import { keys, Table } from '#shared/store/table.ts';
import { ManualClock } from '../../stage/manual-clock.ts';

let dynamo: LocalDynamo;
let table: Table;
let clock: ManualClock;
let throttle: Throttle;

beforeAll(async () => {
  dynamo = await startDynamo();
  const { dynamo: client } = createAwsClients(readConfig({ AWS_ENDPOINT_URL_DYNAMODB: dynamo.url }));
  table = new Table(client, dynamo.tableName);
});
beforeEach(() => {
  clock = new ManualClock();
  throttle = new Throttle(table, clock);
});
afterAll(() => dynamo.stop());

const MINUTE_MS = 60_000;

/** What the counter says now, 0 where no window runs. */
const standing = async (what: Throttled, whom: string) =>
  countIn(await table.get(counterKey(what, whom), z.record(z.string(), z.unknown())), clock.now())?.failures ?? 0;
/** One failure more. @returns how many there are with it */
const fail = async (what: Throttled, whom: string) => (await throttle.count(what, whom)).failures;

describe('failed logins', () => {
  it('are counted by e-mail, whatever its letter case, and without end', async () => {
    for (let failure = 1; failure <= throttles.login.limit + 1; failure += 1)
      expect(await fail('login', failure % 2 ? 'ana@hotel.mx' : 'Ana@Hotel.MX')).toBe(failure);
    expect(await standing('login', 'ANA@hotel.mx')).toBe(throttles.login.limit + 1);
    expect(await standing('login', 'eva@hotel.mx')).toBe(0);
  });

  it('are forgotten 15 minutes after the first, though the table still has them', async () => {
    await fail('login', 'window@hotel.mx');
    clock.advance(14 * MINUTE_MS);
    expect(await fail('login', 'window@hotel.mx')).toBe(2);
    clock.advance(MINUTE_MS);
    expect(await standing('login', 'window@hotel.mx')).toBe(0);
    expect(await fail('login', 'window@hotel.mx')).toBe(1);
    clock.advance(14 * MINUTE_MS);
    expect(await standing('login', 'window@hotel.mx')).toBe(1);
  });

  it('are removed by the table itself after their window', async () => {
    await fail('login', 'ttl@hotel.mx');
    const item = await table.get(keys.throttle('login', 'ttl@hotel.mx'), z.object({ expiresAtSeconds: z.number() }));
    expect(item?.expiresAtSeconds).toBe((clock.now() + 15 * MINUTE_MS) / 1000);
  });

  it('are cleared by a success', async () => {
    await fail('login', 'clear@hotel.mx');
    await throttle.clear('login', 'Clear@hotel.mx');
    expect(await standing('login', 'clear@hotel.mx')).toBe(0);
  });

  it('of ten guesses at once are ten, in a fresh window and in one that is just over', async () => {
    const guess = () => Promise.all(Array.from({ length: 10 }, () => fail('login', 'many@hotel.mx')));
    const oneToTen = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect((await guess()).toSorted((a, b) => a - b)).toEqual(oneToTen);
    clock.advance(15 * MINUTE_MS);
    expect((await guess()).toSorted((a, b) => a - b)).toEqual(oneToTen);
  });
});

describe('places reserved for declines', () => {
  const ROUTER = 'declines-on-router';

  it('are no more than the limit, of many at once, in a fresh window and in one that is just over', async () => {
    const reserve = () => Promise.all(Array.from({ length: 10 }, () => throttle.reserve(ROUTER, 'many', 4)));
    const got = (counts: Awaited<ReturnType<typeof reserve>>) =>
      counts.flatMap((count) => count?.failures ?? []).toSorted((a, b) => a - b);
    expect(got(await reserve())).toEqual([1, 2, 3, 4]);
    expect(await standing(ROUTER, 'many')).toBe(4);
    clock.advance(10 * MINUTE_MS);
    expect(got(await reserve())).toEqual([1, 2, 3, 4]);
  });

  it('can be given back, once each, and only in their own window', async () => {
    const first = await throttle.reserve(ROUTER, 'back', 2);
    const second = await throttle.reserve(ROUTER, 'back', 2);
    expect(await throttle.reserve(ROUTER, 'back', 2)).toBeUndefined();
    if (!first || !second) throw new Error('There was room');
    await throttle.giveBack(ROUTER, 'back', first);
    expect(await throttle.reserve(ROUTER, 'back', 2)).toMatchObject({ failures: 2 });
    clock.advance(10 * MINUTE_MS);
    await fail(ROUTER, 'back');
    await throttle.giveBack(ROUTER, 'back', second);
    expect(await standing(ROUTER, 'back')).toBe(1);
  });

  it('that were never taken cannot be given back', async () => {
    const taken = await throttle.count(ROUTER, 'none');
    await throttle.giveBack(ROUTER, 'none', taken);
    await throttle.giveBack(ROUTER, 'none', taken);
    expect(await standing(ROUTER, 'none')).toBe(0);
  });
});
