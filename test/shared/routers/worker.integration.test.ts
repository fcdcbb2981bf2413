import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RouterFault, type RouterTransport } from '#shared/routers/client.ts';
import { probeTask } from '#shared/routers/probe.ts';
import { routerOsTransport } from '#shared/routers/routeros/client.ts';
import { type Tasks, work } from '#shared/routers/worker.ts';
import { keys } from '#shared/store/table.ts';
import { newestPurchases } from '../../stage/newest-purchases.ts';
import { type Market, startMarket } from '../../stage/market.ts';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());

const notAskedFor = () => Promise.reject(new Error('not asked for'));
const noTasks: Tasks = {
  probe: notAskedFor,
  knock: notAskedFor,
  'find-host': notAskedFor,
  'inspect-user': notAskedFor,
  'inspect-stranger': notAskedFor,
  reconcile: notAskedFor,
  'converge-access': notAskedFor,
  reconnect: notAskedFor,
  'reconnect-stranger': notAskedFor,
};

it('a job that cannot be done does not hold up the other buyers of its router', async () => {
  await market.buy();
  const { companyId, routerId } = market.shop;
  const { accesses, jobs, clock, table } = market.services;
  const [purchase] = await newestPurchases(market.services, companyId, 1);
  const access = await accesses.find(companyId, purchase?.accessId ?? '');
  if (!access) throw new Error('nothing was bought');
  await table.update(keys.access(companyId, access.id), 'SET #sealedCode = :sealed', { ':sealed': 'bm90IHNlYWxlZA==' });
  const job = await jobs.submit(companyId, routerId, { kind: 'converge-access', accessId: access.id, logIn: null });
  expect(await market.buy()).toMatchObject({ status: 200, body: { estado_entrega: 'entregado' } });
  expect(await jobs.wait(job, clock.now() + 3_000)).toEqual({ kind: 'dropped' });
});

it('a router is not locked by the worker whose taking of it got no answer, and stays locked for every other', async () => {
  const { health } = market.services;
  const take = (owner: string, now: number, accessId?: string) =>
    health.takeLease('EMP_LEASE', 'RTR_LEASE', owner, { accessId, now, leaseMs: 25_000 });
  expect(await take('first', 1_000, 'a1')).toMatchObject({ crashedAt: undefined });
  expect(await take('first', 1_001, 'a1')).toMatchObject({ crashedAt: undefined });
  expect(await take('second', 1_002)).toBeUndefined();
  expect(await take('second', 27_000)).toMatchObject({ crashedAt: 'a1' });
});

it('what a crashed worker was at is read again, now and a minute later, whichever job comes next', async () => {
  await market.buy();
  const { companyId, routerId } = market.shop;
  const { accesses, health, jobs, clock } = market.services;
  const [purchase] = await newestPurchases(market.services, companyId, 1);
  const accessId = purchase?.accessId ?? '';
  await health.takeLease(companyId, routerId, 'crashed', { accessId, now: clock.now(), leaseMs: 1 });
  market.clock.advance(10);
  const probe = await jobs.submit(companyId, routerId, { kind: 'probe', until: clock.now() + 60_000 });
  await jobs.wait(probe, clock.now() + 3_000);
  const marked = await accesses.find(companyId, accessId);
  expect(marked?.dueAt).toBe(marked?.uncertainSince);
  await market.later(0);
  await market.until(async () => ((await accesses.find(companyId, accessId))?.dueAt ?? 0) > clock.now() + 50_000);
  await market.later(61_000);
  await market.until(async () => (await accesses.find(companyId, accessId))?.dueAt === null);
});

it('a worker that dies of a reconnect leaves the access in doubt: it may have written', async () => {
  await market.buy();
  const { companyId, routerId } = market.shop;
  const { jobs, clock, table } = market.services;
  const [purchase] = await newestPurchases(market.services, companyId, 1);
  const accessId = purchase?.accessId ?? '';
  market.router.addHost({ mac: 'AA:BB:CC:00:11:22', ip: '10.5.50.9' });
  await market.router.addFault({ name: 'delay', ms: 300, command: '/ip/hotspot/host/print', times: 1 });
  const task = { kind: 'reconnect', accessId, macAddress: 'AA:BB:CC:00:11:22', until: clock.now() + 60_000 } as const;
  const job = await jobs.submit(companyId, routerId, task);
  const held = async () => (await table.batchGet([keys.health(companyId, routerId)]))[0]?.['leaseAccess'] === accessId;
  await market.until(held);
  expect(await jobs.wait(job, clock.now() + 3_000)).toMatchObject({ kind: 'converged', logIn: 'connected' });
  expect(await held()).toBe(false);
});

it('a worker that only reads an access, and dies of it, leaves no doubt about it', async () => {
  await market.buy();
  const { companyId, routerId } = market.shop;
  const { jobs, jobItems, clock, table } = market.services;
  const [purchase] = await newestPurchases(market.services, companyId, 1);
  const task = { kind: 'inspect-user', accessId: purchase?.accessId ?? '', until: clock.now() + 60_000 } as const;
  const job = jobs.draft(companyId, routerId, task);
  await jobItems.create(job);
  const seen: unknown[] = [];
  const inspect: Tasks['inspect-user'] = async ({ access }) => {
    const [health] = await table.batchGet([keys.health(companyId, routerId)]);
    seen.push(access?.id, health?.['leaseAccess']);
    return { outcome: { kind: 'inspected', user: null }, recorded: false };
  };
  const message = { jobId: job.id, companyId, routerId, accessId: task.accessId, until: task.until };
  const parts = market.services.workerParts(market.services.logger, routerOsTransport());
  await work(message, { ...noTasks, 'inspect-user': inspect }, parts);
  expect(seen).toEqual([task.accessId, '']);
});

it('a heap of old jobs does not knock at a router that failed meanwhile, so a buyer does not stand behind them', async () => {
  await market.buy();
  const { companyId, routerId } = market.shop;
  const { jobs, jobItems, health, clock } = market.services;
  const old = jobs.draft(companyId, routerId, { kind: 'probe', until: clock.now() + 60_000 });
  await jobItems.create(old);
  market.clock.advance(9_000);
  await health.takeLease(companyId, routerId, 'somebody', { accessId: undefined, now: clock.now(), leaseMs: 1_000 });
  await health.releaseLease(companyId, routerId, 'somebody', { kind: 'unreachable' }, clock.now());
  const asked = market.router.books.commands();
  await jobs.send(old);
  expect(await jobs.wait(old, clock.now() + 3_000)).toEqual({ kind: 'unreachable' });
  expect(market.router.books.commands()).toEqual(asked);
  // A new one does, and brings the router back.
  const fresh = await jobs.submit(companyId, routerId, { kind: 'probe', until: clock.now() + 60_000 });
  expect(await jobs.wait(fresh, clock.now() + 3_000)).toMatchObject({ kind: 'probed' });
});

it('a router that answers ever so slowly is left in time to write down how far the visit came', async () => {
  const { companyId, routerId } = market.shop;
  const { jobs, jobItems, clock } = market.services;
  const job = jobs.draft(companyId, routerId, { kind: 'probe', until: clock.now() + 60_000 });
  await jobItems.create(job);
  await market.router.addFault({ name: 'delay', ms: 400 });
  const parts = market.services.workerParts(market.services.logger, routerOsTransport());
  await work(
    { jobId: job.id, companyId, routerId },
    { ...noTasks, probe: probeTask({ clock }) },
    { ...parts, visitMs: 600 },
  );
  await market.router.clearFaults();
  expect((await jobItems.find(companyId, job.id))?.outcome).toEqual({ kind: 'answer-lost' });
});

it('a tunnel is dialled for the router it was given to, and for no other', async () => {
  const { companyId, routerId } = await market.openShop();
  const { jobs, jobItems, clock, table } = market.services;
  const dialled: string[] = [];
  const transport: RouterTransport = {
    connect: ({ host }) => {
      dialled.push(host);
      return Promise.reject(new RouterFault('unreachable', 'nobody is there'));
    },
  };
  const addressPolicy = { loopback: 'refused', tunnelRange: '10.99.0.0/16' } as const;
  const parts = { ...market.services.workerParts(market.services.logger, transport), addressPolicy };
  for (const host of ['10.99.0.8', '10.213.112.2', '10.99.0.7']) {
    const values = { ':host': host, ':own': '10.99.0.7' };
    await table.update(keys.router(companyId, routerId), 'SET #host = :host, #tunnelAddress = :own', values);
    const job = jobs.draft(companyId, routerId, { kind: 'probe', until: clock.now() + 60_000 });
    await jobItems.create(job);
    const tasks = { ...noTasks, probe: probeTask({ clock }) };
    await work({ jobId: job.id, companyId, routerId }, tasks, parts);
    expect((await jobItems.find(companyId, job.id))?.outcome).toEqual({ kind: 'unreachable' });
  }
  expect(dialled).toEqual(['10.99.0.7']);
});

describe('a job that nobody waits for any more', () => {
  it.each([
    ['probe', { kind: 'probe' }],
    ['find-host', { kind: 'find-host', macAddress: 'AA:BB:CC:00:11:22' }],
    ['inspect-user', { kind: 'inspect-user', accessId: 'a1' }],
    ['inspect-stranger', { kind: 'inspect-stranger', username: 'juan' }],
    ['reconnect', { kind: 'reconnect', accessId: 'a1', macAddress: 'AA:BB:CC:00:11:22' }],
    ['reconnect-stranger', { kind: 'reconnect-stranger', username: 'juan', macAddress: 'AA:BB:CC:00:11:22' }],
  ] as const)('takes no lease: %s', async (_, task) => {
    const { companyId, routerId } = market.shop;
    const { jobs, clock } = market.services;
    const late = await jobs.submit(companyId, routerId, { ...task, until: clock.now() });
    await market.until(() => market.log.some((line) => line.includes('nobody waits') && line.includes(late.id)));
  });

  it('asks neither the table nor the router', async () => {
    const { companyId, routerId } = market.shop;
    const { clock } = market.services;
    const parts = market.services.workerParts(market.services.logger, routerOsTransport());
    const message = { jobId: 'late', companyId, routerId, until: clock.now() };
    expect(await market.countCalls(() => work(message, noTasks, parts))).toEqual({});
  });
});
