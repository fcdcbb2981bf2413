import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { startDynamo, type LocalDynamo } from '#shared/local/dynamodb.ts';
import { createAwsClients } from '#shared/local/aws-clients.ts';
import { readConfig } from '#shared/platform/config.ts';
import { DUE_PARTITION, keys, lists, NOT_THERE, prefixes, StoreError, Table, THERE } from '#shared/store/table.ts';

let dynamo: LocalDynamo;
let table: Table;

beforeAll(async () => {
  dynamo = await startDynamo();
  const { dynamo: client } = createAwsClients(readConfig({ AWS_ENDPOINT_URL_DYNAMODB: dynamo.url }));
  table = new Table(client, dynamo.tableName);
});
afterAll(() => dynamo.stop());

const named = z.object({ name: z.string() });
const put = (key: { pk: string; sk: string }, item: Record<string, unknown>) => table.write({ kind: 'put', key, item });

describe('a read', () => {
  it('gives the item as its schema says, or undefined where there is none', async () => {
    await put(keys.company('READ'), { name: 'Hotel', dropped: undefined });
    expect(await table.get(keys.company('READ'), named)).toEqual({ name: 'Hotel' });
    expect(await table.get(keys.company('NOBODY'), named)).toBeUndefined();
    await expect(table.get(keys.company('READ'), z.object({ name: z.number() }))).rejects.toThrow();
  });

  it('of many keys keeps their order and leaves holes', async () => {
    for (const id of ['1', '2', '3']) await put(keys.access('BATCH', id), { name: id });
    const wanted = ['3', 'none', '1', '2'].map((id) => keys.access('BATCH', id));
    expect((await table.batchGet(wanted)).map((item) => item?.['name'])).toEqual(['3', undefined, '1', '2']);
    expect(await table.batchGet([])).toEqual([]);
  });

  it('of a hundred keys is one call, of more a mistake', async () => {
    const wanted = Array.from({ length: 101 }, (_, i) => keys.access('BATCH', `many${i}`));
    expect(await table.batchGet(wanted.slice(0, 100))).toHaveLength(100);
    await expect(table.batchGet(wanted)).rejects.toBeInstanceOf(StoreError);
  });
});

describe('a list', () => {
  it("of a company's purchases comes newest first, bounded, and never another company's", async () => {
    for (const id of [9, 10, 100]) await put(keys.purchase('LIST', id), { name: String(id) });
    await put(keys.purchase('LIST2', 11), { name: 'foreign' });
    const newest = await table.queryPrefix('COMPANY#LIST', prefixes.purchases, named, { newestFirst: true, limit: 2 });
    expect(newest).toEqual([{ name: '100' }, { name: '10' }]);
    expect(await table.queryPrefix('COMPANY#LIST', prefixes.purchases, named)).toHaveLength(3);
  });

  it('with a filter is bounded after the filter, not before', async () => {
    for (let id = 1; id <= 6; id += 1) await put(keys.product('FILTER', id), { name: `p${id}`, active: id % 2 === 0 });
    const active = await table.queryPrefix('COMPANY#FILTER', prefixes.products, named, {
      limit: 2,
      filter: { expression: '#active = :yes', values: { ':yes': true } },
    });
    expect(active).toEqual([{ name: 'p2' }, { name: 'p4' }]);
  });

  it('kept by the index holds only items that say so, in its order', async () => {
    const listPk = lists.catalogue('RTR_1');
    await put(keys.product('INDEX', 1), { name: 'second', listPk, listSk: '2' });
    await put(keys.product('INDEX', 2), { name: 'first', listPk, listSk: '1' });
    await put(keys.product('INDEX', 3), { name: 'unlisted' });
    expect(await table.queryList(listPk, named)).toEqual([{ name: 'first' }, { name: 'second' }]);
  });
});

describe('what is due', () => {
  it('comes oldest first, only when its time has come, and no more than asked for', async () => {
    for (const dueAt of [300, 100, 900, 200])
      await put(keys.access('DUE', String(dueAt)), { duePk: DUE_PARTITION, dueAt });
    const due = (until: number, limit: number) =>
      table.queryDue(until, limit).then((found) => found.map(({ sk }) => sk));
    expect(await due(300, 10)).toEqual(['ACCESS#100', 'ACCESS#200', 'ACCESS#300']);
    expect(await due(300, 2)).toEqual(['ACCESS#100', 'ACCESS#200']);
    await table.write({ kind: 'update', key: keys.access('DUE', '100'), update: 'REMOVE #duePk, #dueAt' });
    expect(await due(300, 10)).toEqual(['ACCESS#200', 'ACCESS#300']);
    expect(await due(50, 10)).toEqual([]);
  });
});

describe('a transaction', () => {
  it('writes all of it', async () => {
    const result = await table.transact([
      { kind: 'put', key: keys.purchase('TX', 1), item: { name: 'purchase' }, condition: NOT_THERE },
      { kind: 'update', key: keys.access('TX', 'a'), update: 'SET #name = :name', values: { ':name': 'access' } },
      { kind: 'check', key: keys.company('TX'), condition: NOT_THERE },
    ]);
    expect(result).toEqual({ kind: 'written' });
    expect(await table.get(keys.access('TX', 'a'), named)).toEqual({ name: 'access' });
  });

  it('refused by one condition writes nothing and shows what stood in the way', async () => {
    await put(keys.idempotency('TX2', 'R', 'k'), { name: 'earlier' });
    const result = await table.transact([
      { kind: 'put', key: keys.purchase('TX2', 2), item: { name: 'later' }, condition: NOT_THERE },
      { kind: 'put', key: keys.idempotency('TX2', 'R', 'k'), item: { name: 'later' }, condition: NOT_THERE },
      { kind: 'delete', key: keys.access('TX2', 'gone'), condition: THERE },
    ]);
    expect(result).toMatchObject({ kind: 'refused', failed: [undefined, { name: 'earlier' }, true] });
    expect(await table.get(keys.purchase('TX2', 2), named)).toBeUndefined();
  });

  it('of ten at once for one name lets exactly one through', async () => {
    const key = keys.reservedName('RACE', 'R', 'PT-1');
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        table.transact([
          { kind: 'put', key, item: { name: `${i}` }, condition: NOT_THERE },
          { kind: 'put', key: keys.access('RACE', `${i}`), item: { name: `${i}` } },
        ]),
      ),
    );
    expect(results.filter(({ kind }) => kind === 'written')).toHaveLength(1);
    const accesses = await table.queryPrefix('COMPANY#RACE', 'ACCESS#', named);
    expect(accesses).toEqual([await table.get(key, named)]);
  });
});

describe('a single write', () => {
  it('says whether its condition held', async () => {
    const write = { kind: 'put', key: keys.company('ONE'), item: { name: 'x' }, condition: NOT_THERE } as const;
    expect(await table.write(write)).toBe(true);
    expect(await table.write(write)).toBe(false);
    expect(await table.write({ kind: 'delete', key: keys.company('ONE') })).toBe(true);
    expect(await table.write({ kind: 'delete', key: keys.company('ONE'), condition: THERE })).toBe(false);
  });

  it('gives the item after it, or undefined when refused', async () => {
    expect(await table.update(keys.company('UP'), 'SET #name = :n', { ':n': 'new' }, THERE)).toBeUndefined();
    expect(await table.update(keys.company('UP'), 'SET #name = :n', { ':n': 'new' })).toMatchObject({ name: 'new' });
  });
});

describe('a counter', () => {
  it('begins at one and gives no number twice', async () => {
    expect(await table.nextNumber('first')).toBe(1);
    const numbers = await Promise.all(Array.from({ length: 20 }, () => table.nextNumber('busy')));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });
});
