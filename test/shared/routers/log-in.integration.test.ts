import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { probeTask } from '#shared/routers/probe.ts';
import { routerOsTransport } from '#shared/routers/routeros/client.ts';
import { work } from '#shared/routers/worker.ts';
import { Secret } from '#shared/security/secret.ts';
import type { Router } from '#shared/store/routers.ts';
import { keys } from '#shared/store/table.ts';
import { type Market, routerLogin, type Shop, startMarket } from '../../stage/market.ts';

let market: Market;
let shop: Shop;
beforeAll(async () => {
  market = await startMarket();
});
beforeEach(async () => {
  shop = await market.openShop();
});
afterAll(() => market.stop());

const seal = (password: string) => market.services.box('router-credentials').seal(shop.companyId, new Secret(password));
const stored = async (): Promise<Router> => {
  const router = await market.services.routers.find(shop.companyId, shop.routerId);
  if (!router) throw new Error('the router is gone');
  return router;
};

/** A kit was printed with these. */
async function print(password: string): Promise<string> {
  const sealed = await seal(password);
  await market.services.routers.setPending(await stored(), routerLogin.user, sealed);
  return sealed;
}

/** The router knows another user now than the one in force. */
const forget = async () => {
  await market.services.table.update(
    keys.router(shop.companyId, shop.routerId),
    'SET #username = :username, #sealedPassword = :sealed',
    { ':username': 'somebody-else', ':sealed': await seal('of another day') },
  );
};

async function probe(): Promise<string | undefined> {
  const { jobs, clock } = market.services;
  const job = await jobs.submit(shop.companyId, shop.routerId, { kind: 'probe', until: clock.now() + 60_000 });
  const outcome = await jobs.wait(job, clock.now() + 5_000);
  return outcome?.kind;
}

it('credentials in force that work stay, and those of a kit that was not run yet stay pending', async () => {
  const pending = await print('of the kit');
  const before = await stored();
  expect(await probe()).toBe('probed');
  expect(await stored()).toEqual({ ...before, pendingSealedPassword: pending });
});

it('those of the kit are in force once the router takes them and no others', async () => {
  const pending = await print(routerLogin.password);
  await forget();
  expect(await probe()).toBe('probed');
  const promoted = { username: routerLogin.user, sealedPassword: pending };
  expect(await stored()).toMatchObject({ ...promoted, pendingUsername: null, pendingSealedPassword: null });
  expect(await probe()).toBe('probed');
  expect(await stored()).toMatchObject(promoted);
});

it('those of the kit serve a router that has no others', async () => {
  await print(routerLogin.password);
  const { table } = market.services;
  await table.update(keys.router(shop.companyId, shop.routerId), 'SET #sealedPassword = :none', { ':none': null });
  expect(await probe()).toBe('probed');
  expect(await stored()).toMatchObject({ username: routerLogin.user, pendingSealedPassword: null });
});

it('when both are refused everything stays, and the router counts as one that refuses us', async () => {
  await print('of a kit nobody ran');
  await forget();
  const before = await stored();
  expect(await probe()).toBe('refused');
  expect(await stored()).toEqual(before);
  const health = await market.services.health.find(shop.companyId, shop.routerId);
  expect(health.failedWhy).toBe('login-refused');
});

it('a router that does not answer is not asked twice', async () => {
  await print(routerLogin.password);
  const tried: string[] = [];
  const { jobs, jobItems, clock, logger } = market.services;
  const job = jobs.draft(shop.companyId, shop.routerId, { kind: 'probe', until: clock.now() + 60_000 });
  await jobItems.create(job);
  const parts = market.services.workerParts(logger, routerOsTransport());
  const { transport } = parts;
  await market.router.addFault({ name: 'silent-connection' });
  await work({ jobId: job.id, companyId: shop.companyId, routerId: shop.routerId }, tasks(), {
    ...parts,
    transport: {
      connect: (target, deadlineMs) => {
        tried.push(target.username);
        return transport.connect(target, Math.min(deadlineMs, 300));
      },
    },
  });
  await market.router.clearFaults();
  expect(tried).toHaveLength(1);
  expect((await jobItems.find(shop.companyId, job.id))?.outcome).toEqual({ kind: 'unreachable' });
});

it('a promotion that is lost costs nothing: the visit is done, and the next one promotes', async () => {
  const pending = await print(routerLogin.password);
  await forget();
  const { jobs, jobItems, clock, logger } = market.services;
  const job = jobs.draft(shop.companyId, shop.routerId, { kind: 'probe', until: clock.now() + 60_000 });
  await jobItems.create(job);
  const parts = market.services.workerParts(logger, routerOsTransport());
  const routers = Object.assign(Object.create(parts.routers) as typeof parts.routers, {
    promotePending: () => Promise.reject(new Error('the table does not answer')),
  });
  await work({ jobId: job.id, companyId: shop.companyId, routerId: shop.routerId }, tasks(), { ...parts, routers });
  expect((await jobItems.find(shop.companyId, job.id))?.outcome).toMatchObject({ kind: 'probed' });
  expect((await stored()).pendingSealedPassword).toBe(pending);
  expect(await probe()).toBe('probed');
  expect(await stored()).toMatchObject({ sealedPassword: pending, pendingSealedPassword: null });
});

it('what a newer kit printed meanwhile is not overtaken by the one before', async () => {
  await print(routerLogin.password);
  const older = await stored();
  const newer = await print('of the newer kit');
  expect(await market.services.routers.promotePending(older)).toBe(false);
  expect(await stored()).toMatchObject({ sealedPassword: older.sealedPassword, pendingSealedPassword: newer });
});

const notAskedFor = () => Promise.reject(new Error('not asked for'));
const tasks = () => ({
  probe: probeTask({ clock: market.services.clock }),
  knock: notAskedFor,
  'find-host': notAskedFor,
  'inspect-user': notAskedFor,
  'inspect-stranger': notAskedFor,
  reconcile: notAskedFor,
  'converge-access': notAskedFor,
  reconnect: notAskedFor,
  'reconnect-stranger': notAskedFor,
});
