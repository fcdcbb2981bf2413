import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { judge } from '#shared/tenants/move/judge.ts';
import { copied, departed, type DepartParts, takeOut } from '#shared/tenants/move/depart.ts';
import { arrive, type ArriveParts } from '#shared/tenants/move/arrive.ts';
import type { MoveRecord } from '#shared/tenants/move/move-file.ts';
import { purchaseItem } from '#shared/store/purchases.ts';
import { keys, prefixes } from '#shared/store/table.ts';
import { openShop } from '../../../stage/market.ts';
import { type Stage, startStage } from '../../../stage/stage.ts';
import { samplePurchase } from '../../purchases/sample-purchase.ts';

const MINUTE = 60_000;

let stage: Stage;
let companyId: string;
/** What a wait let happen. */
let meanwhile: () => Promise<unknown>;
beforeAll(async () => {
  stage = await startStage({ config: { LOOPBACK_ROUTERS: 'allowed' } });
});
beforeEach(async () => {
  ({ companyId } = await openShop(stage, { user: 'api', password: 'router-password', port: 8728 }));
  meanwhile = () => Promise.resolve();
});
afterAll(() => stage.stop());

function parts(): DepartParts & ArriveParts {
  const { table, companies, users, departures, arrivals, addressPolicy, clock } = stage.services;
  const pause = async (ms: number): Promise<void> => {
    stage.clock.advance(ms);
    await meanwhile();
  };
  const box: DepartParts['box'] = (purpose) => stage.services.box(purpose);
  const logos = () => stage.services.logos('write');
  return { table, companies, users, departures, arrivals, addressPolicy, clock, pause, box, logos };
}
async function leave(): Promise<MoveRecord[]> {
  const departure = await takeOut(companyId, parts());
  if (!departure) throw new Error('It did not leave');
  const records: MoveRecord[] = [];
  for await (const record of departed(departure, parts())) records.push(record);
  await stage.services.departures.end(departure, stage.clock.now());
  stage.clock.advance(MINUTE);
  return records;
}
function* cutIn(records: readonly MoveRecord[]): Generator<MoveRecord> {
  yield* records.slice(0, 1);
  throw new Error('cut');
}
async function* each(records: Iterable<MoveRecord>): AsyncGenerator<MoveRecord> {
  yield* records;
}
async function come(records: readonly MoveRecord[], takesBack = false): Promise<unknown> {
  const arriving = await judge(() => each(records), parts(), takesBack);
  await arrive(() => each(records), arriving, parts());
  return arriving.map(({ standing }) => standing)[0];
}
const own = async () => (await stage.items()).filter(({ pk }) => pk === keys.company(companyId).pk);
const store = async (id: number) => {
  const purchase = { ...samplePurchase(), id, companyId };
  await stage.services.table.write({
    kind: 'put',
    key: keys.purchase(companyId, id),
    item: purchaseItem(purchase),
  });
  return purchase;
};

describe('a company that leaves', () => {
  it('takes its purchases from whoever is at work on them: their write is lost', async () => {
    const purchase = await store(7001);
    await leave();
    const after = { ...purchase, version: purchase.version + 1 };
    expect(await stage.services.purchases.move({ before: purchase, after, at: stage.clock.now() })).toBe(false);
    expect(await own()).toEqual([]);
  });

  it('takes along what a sale under way wrote after it was gone', async () => {
    meanwhile = () => store(7002);
    const records = await leave();
    expect(records.filter(({ kind }) => kind === 'item').map((record) => 'item' in record && record.item.sk)).toContain(
      keys.purchase(companyId, 7002).sk,
    );
    expect(await own()).toEqual([]);
  });

  it('goes on where its taking out was cut', async () => {
    const { departures, clock } = stage.services;
    const departure = await departures.begin(companyId, clock.now());
    await departures.takeOut(departure, keys.company(companyId));
    expect((await departures.unfinished()).map((one) => one.companyId)).toContain(companyId);
    const records = await leave();
    expect(records[0]).toMatchObject({ departedAt: departure.at });
    expect(records.some((record) => record.kind === 'item' && record.item.sk === 'COMPANY')).toBe(true);
    expect((await departures.unfinished()).map((one) => one.companyId)).not.toContain(companyId);
  });

  it('leaves visits to routers and their leases behind', async () => {
    const kept = (await leave()).flatMap((record) => (record.kind === 'item' ? [record.item.sk] : []));
    for (const prefix of [prefixes.jobs, prefixes.health, prefixes.registrations])
      expect(kept.filter((sk) => sk.startsWith(prefix))).toEqual([]);
  });

  it('leaves the ends of its tunnel behind: the hub is told, and the one that it comes to has none', async () => {
    const { routers, tunnelPeers } = stage.services;
    const [router] = await routers.listOfCompany(companyId);
    if (!router) throw new Error('The shop has no router');
    const publicKey = Buffer.alloc(32, 9).toString('base64');
    await routers.giveTunnelAddress(router, '10.66.0.9');
    await routers.enterTunnel(router, { address: '10.66.0.9', publicKey });
    const mine = async () => (await tunnelPeers.list()).filter(({ tunnelPublicKey }) => tunnelPublicKey === publicKey);
    expect(await mine()).toHaveLength(1);
    const records = await leave();
    expect(await mine()).toEqual([]);
    expect((await stage.items()).filter(({ sk, dueAt }) => sk === prefixes.tunnelPeers && dueAt === 0)).toHaveLength(1);
    expect(await come(records, true)).toEqual({ kind: 'new' });
    expect(await mine()).toEqual([]);
    const [arrived] = await routers.listOfCompany(companyId);
    expect(arrived).toMatchObject({ tunnelPublicKey: null, tunnelAddress: null, active: false });
    // Its key is free for whoever has it now.
    if (arrived) expect(await routers.enterTunnel(arrived, { address: '10.66.0.10', publicKey })).toBe('entered');
  });

  it('is nobody`s when there is none', async () => {
    expect(await takeOut('EMP_NOBODY', parts())).toBeUndefined();
  });
});

describe('a company is live in one deployment only', () => {
  it('a copy does not come', async () => {
    const records: MoveRecord[] = [];
    for await (const record of copied(companyId, parts())) records.push(record);
    expect(await come(records)).toMatchObject({ kind: 'refused' });
  });

  it('it comes back in the file it left in only where that is said', async () => {
    const records = await leave();
    expect(await come(records)).toMatchObject({ kind: 'refused' });
    expect(await own()).toEqual([]);
    expect(await come(records, true)).toEqual({ kind: 'new' });
    expect(await stage.services.companies.find(companyId)).toMatchObject({ active: false });
    expect(await come(records)).toEqual({ kind: 'there' });
  });

  it('it does not come back in a file older than its last leaving', async () => {
    const first = await leave();
    await come(first, true);
    const second = await leave();
    expect(await come(first, true)).toMatchObject({ kind: 'refused' });
    expect(await come(second, true)).toEqual({ kind: 'new' });
  });

  it('one that was cut while it came goes on, and wakes', async () => {
    const records = await leave();
    // Judged, written, and then it should have been woken.
    let reading = 0;
    const read = () => each((reading += 1) === 3 ? cutIn(records) : records);
    const arriving = await judge(read, parts(), true);
    await expect(arrive(read, arriving, parts())).rejects.toThrow('cut');
    expect((await own()).filter(({ duePk }) => duePk !== undefined).map(({ sk }) => sk)).toEqual([
      'REGISTRATION#conekta',
    ]);
    expect(await come(records)).toEqual({ kind: 'asleep' });
    expect((await own()).filter(({ duePk, dueAt }) => dueAt !== undefined && duePk === undefined)).toEqual([]);
  });
});
