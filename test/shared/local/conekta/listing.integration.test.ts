import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConektaSimulator, startConektaSimulator } from '#shared/local/conekta/simulator.ts';
import { makeFolder } from '../../../stage/scratch-folder.ts';
import { Account, refusalOf } from './account.ts';

const START = 1_700_000_000;
let nowMs: number;
let folder: ReturnType<typeof makeFolder>;
let simulator: ConektaSimulator;
let acme: Account;

beforeEach(async () => {
  nowMs = START * 1000;
  folder = makeFolder();
  simulator = await startConektaSimulator({ port: 0, dataDir: folder.path, clock: { now: () => nowMs } });
  acme = new Account(simulator.url);
});
afterEach(async () => {
  await simulator.stop();
  folder.remove();
});

/** One a second, oldest first. */
async function orders(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) {
    nowMs = (START + made) * 1000;
    ids.push(await acme.open(made % 2 === 0 ? 'even' : 'odd'));
  }
  return ids;
}

describe('orders are listed', () => {
  test('by when they were made and when they last changed, in seconds, both ends included', async () => {
    const [first = '', second = '', third = ''] = await orders(3);
    expect((await acme.list({ createdSince: START + 1 })).ids).toEqual([third, second]);
    expect((await acme.list({ createdUntil: START + 1 })).ids).toEqual([second, first]);
    nowMs = (START + 10) * 1000;
    await acme.charge(first);
    expect((await acme.list({ updatedSince: START + 2 })).ids).toEqual([third, first]);
    expect((await acme.list({ updatedSince: START + 10 })).ids).toEqual([first]);
    expect((await acme.list({ updatedSince: START + 11 })).ids).toEqual([]);
    expect((await acme.list({ updatedUntil: START + 2 })).ids).toEqual([third, second]);
    expect((await acme.list({ updatedSince: START + 2, createdUntil: START })).ids).toEqual([first]);
    expect((await acme.list({ status: 'paid' })).ids).toEqual([first]);
  });

  test('a page at a time, each once and in order, with every filter kept', async () => {
    const ids = await orders(7);
    const query = { limit: 2, search: 'even', updatedSince: START + 1 };
    const wanted = [ids[6], ids[4], ids[2]];
    const one = await acme.list(query);
    expect([one.ids, one.hasMore]).toEqual([wanted.slice(0, 2), true]);
    const two = await acme.list({ ...query, next: one.next ?? '' });
    expect(two).toEqual({ ids: wanted.slice(2), hasMore: false, nextUrl: null, next: null });

    const { searchParams, origin } = new URL(one.nextUrl ?? '');
    expect(origin).toBe(simulator.url);
    expect(Object.fromEntries(searchParams)).toEqual({
      limit: '2',
      search: 'even',
      'updated_at.gte': String(START + 1),
      next: one.ids[1],
    });
  });

  test('without a next page when the last one is just full', async () => {
    const ids = await orders(2);
    expect(await acme.list({ limit: 2 })).toMatchObject({ ids: ids.toReversed(), hasMore: false, nextUrl: null });
  });

  test('on from where a page ended, although new ones came and the last one changed', async () => {
    const [first, second = '', third] = await orders(3);
    const { ids, next } = await acme.list({ limit: 2, updatedUntil: START + 2 });
    expect(ids).toEqual([third, second]);
    nowMs = (START + 20) * 1000;
    await acme.charge(second);
    await acme.open();
    expect((await acme.list({ limit: 2, updatedUntil: START + 2, next: next ?? '' })).ids).toEqual([first]);
  });

  test('250 at once at most', async () => {
    await orders(1);
    expect((await acme.list({ limit: 250 })).ids).toHaveLength(1);
    for (const limit of [251, 0, -1, 1.5])
      expect(await refusalOf(acme.list({ limit }))).toMatchObject({ status: 422, param: 'limit' });
  });

  test('to their company only, whatever the cursor', async () => {
    const [first = ''] = await orders(1);
    const other = new Account(simulator.url, 'key_other');
    expect((await other.list({})).ids).toEqual([]);
    expect(await refusalOf(other.list({ next: first }))).toMatchObject({ status: 422, param: 'next' });
    expect(await refusalOf(acme.list({ next: 'ord_none' }))).toMatchObject({ status: 422, param: 'next' });
  });
});
