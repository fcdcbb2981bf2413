import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readFleet } from '#shared/routers/fleet.ts';
import { keys } from '#shared/store/table.ts';
import { type Market, startMarket } from '../../stage/market.ts';
import { addCompany, addRouter } from '../../stage/tenants.ts';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());
afterEach(() => market.router.clearFaults());

const MINUTE = 60_000;
const admin = async () => market.stage.asCompanyAdmin(market.shop.companyId);
const salud = async (routerId = market.shop.routerId) =>
  market.call('GET', `/api/v1/admin/routers/${routerId}/salud`, { headers: await admin() });
const heartbeat = async (latido_minutos: number) =>
  market.call('PUT', `/api/v1/admin/routers/${market.shop.routerId}/salud`, {
    headers: await admin(),
    body: { latido_minutos },
  });
const health = () => market.services.health.find(market.shop.companyId, market.shop.routerId);
const watch = () => market.services.watches.find(market.shop.companyId, market.shop.routerId);
/** Lets a heartbeat pass and its probe be answered. */
async function beatAfter(ms: number) {
  const asked = (await health()).probeAskedAt;
  await market.later(ms);
  await market.until(async () => {
    const { probeAskedAt, probedAt, failedAt, leaseUntil } = await health();
    const newest = Math.max(probedAt ?? 0, failedAt ?? 0);
    return probeAskedAt !== asked && newest >= (probeAskedAt ?? 0) && leaseUntil === null;
  });
}
const notices = async () => {
  const { body } = await market.call('GET', '/api/v1/admin/mi-empresa/avisos', { headers: await admin() });
  return body.avisos as { tipo: string; router_id: string; mensaje: string }[];
};

describe('a heartbeat', () => {
  it('reads everything worth knowing, without a single row of the users` table', async () => {
    expect((await salud()).body).toMatchObject({ estado: 'desconocido', visto_en: null, latido_minutos: 15 });
    market.router.seedUsers(300);
    await market.router.addFault({ name: 'clock-wrong', seconds: 90 });
    const before = market.router.books.commands();
    await beatAfter(16 * MINUTE);
    const after = market.router.books.commands();
    expect(after.connections - before.connections).toBe(1);
    const seen = after.recent.slice(before.recent.length).filter(({ path }) => path !== '/login');
    expect(seen.map(({ path }) => path)).toEqual([
      '/system/identity/print',
      '/ip/hotspot/user/profile/print',
      '/system/resource/print',
      '/system/clock/print',
      '/ip/hotspot/user/print',
      '/ip/hotspot/print',
    ]);
    expect(seen.every(({ attributes }) => attributes['.proplist'] !== undefined)).toBe(true);
    expect(seen[4]?.attributes).toHaveProperty('count-only');
    const { status, body } = await salud();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      estado: 'en_linea',
      version: '7.18.2 (stable)',
      modelo: 'hAP ax^2',
      usuarios: 301,
      latencia_ms: expect.any(Number),
      bloqueado_device_mode: false,
      identidad: 'MikroTik',
      tiempo_encendido_segundos: expect.any(Number),
      fallas_seguidas: 0,
      motivo_falla: null,
    });
    expect(Math.abs(body.error_reloj_segundos - 90)).toBeLessThanOrEqual(2);
    expect(body.perfiles).toContainEqual({
      nombre: '1hora',
      rate_limit: '5M/10M',
      shared_users: '1',
      session_timeout: '1h',
    });
  });

  it('is good though the router refuses, or loses, all that does not decide', async () => {
    for (const command of ['/system/resource/print', '/system/clock/print', '/ip/hotspot/print'])
      await market.router.addFault({ name: 'trap', message: 'no such command', command });
    await market.router.addFault({ name: 'close', command: '/ip/hotspot/user/print' });
    await beatAfter(16 * MINUTE);
    expect((await salud()).body).toMatchObject({
      estado: 'en_linea',
      version: null,
      usuarios: null,
      error_reloj_segundos: null,
      bloqueado_device_mode: null,
    });
    expect(await health()).toMatchObject({ identity: 'MikroTik', profileNames: expect.arrayContaining(['1hora']) });
  });

  it('sees that the device-mode has switched the hotspot off, from its row and from a refusal', async () => {
    await market.router.addFault({ name: 'hotspot-inactivated' });
    await market.router.addFault({ name: 'clock-1970' });
    await beatAfter(16 * MINUTE);
    const { body } = await salud();
    expect(body.bloqueado_device_mode).toBe(true);
    expect(body.error_reloj_segundos).toBeLessThan(-1_000_000_000);
    await market.router.clearFaults();
    await beatAfter(16 * MINUTE);
    expect((await salud()).body.bloqueado_device_mode).toBe(false);
    await market.router.addFault({ name: 'device-mode' });
    await market.later(16 * MINUTE);
    await market.until(async () => (await health()).deviceModeBlocked === true);
    await market.router.clearFaults();
    await market.until(async () => (await health()).leaseUntil === null);
  });

  it('is left out while something newer is known, and when there shall be none', async () => {
    await beatAfter(16 * MINUTE);
    const { probeAskedAt } = await health();
    await market.later(10 * MINUTE);
    expect((await health()).probeAskedAt).toBe(probeAskedAt);
    expect((await heartbeat(0)).body).toMatchObject({ latido_minutos: 0 });
    await market.later(60 * MINUTE);
    expect((await health()).probeAskedAt).toBe(probeAskedAt);
    expect(await watch()).toMatchObject({ everyMinutes: 0, dueAt: null });
    expect((await heartbeat(-1)).status).toBe(422);
    await heartbeat(15);
    await beatAfter(0);
  });

  it('ends with a router that is switched off, and comes back with it', async () => {
    const { companyId, routerId } = market.shop;
    const { routers } = market.services;
    await routers.setActive(companyId, routerId, false);
    const { probeAskedAt } = await health();
    await market.later(20 * MINUTE);
    expect((await watch())?.dueAt).toBeNull();
    expect((await health()).probeAskedAt).toBe(probeAskedAt);
    await routers.setActive(companyId, routerId, true);
    await beatAfter(0);
  });
});

it('the operator is told once that a router is down and once that it is back, and sees it on the list', async () => {
  await beatAfter(16 * MINUTE);
  const { routerId } = market.shop;
  await market.router.addFault({ name: 'refuse-connections' });
  await beatAfter(16 * MINUTE);
  await market.later(MINUTE);
  expect(await notices()).toEqual([]);
  await beatAfter(2 * MINUTE);
  await market.later(0);
  await beatAfter(10 * MINUTE);
  expect(await notices()).toMatchObject([{ tipo: 'router_caido', router_id: routerId }]);
  expect((await salud()).body).toMatchObject({ estado: 'caido', motivo_falla: 'el router no responde' });
  const list = await market.call('GET', '/api/v1/admin/mi-empresa/routers', { headers: await admin() });
  expect(list.body.routers[0].salud).toMatchObject({ estado: 'caido', modelo: 'hAP ax^2' });
  await market.router.clearFaults();
  await beatAfter(70 * MINUTE);
  await market.later(0);
  await beatAfter(16 * MINUTE);
  const told = await notices();
  expect(told.map(({ tipo }) => tipo)).toEqual(['router_en_linea', 'router_caido']);
  expect(told[0]?.mensaje).toContain('El router Principal volvió a responder');
});

it('the fleet shows the routers of all companies, those that are down first, to the super admin only', async () => {
  const other = await addRouter(market.stage, await addCompany(market.stage, { nombre: 'Otra' }));
  const { table, watches, clock } = market.services;
  const seen = await watches.find(other.companyId, other.routerId);
  if (!seen) throw new Error('not watched');
  await watches.advance(seen, { ...seen, toldDownSince: clock.now() });
  const headers = await market.stage.asSuperAdmin();
  const { status, body } = await market.call('GET', '/admin/routers/salud', { headers });
  expect(status).toBe(200);
  expect(body.routers.map(({ id }: { id: string }) => id)).toEqual([other.routerId, market.shop.routerId]);
  expect(body.routers[0]).toMatchObject({ empresa_id: other.companyId, empresa_nombre: 'Otra', estado: 'desconocido' });
  expect(body.siguiente).toBeNull();
  const first = await readFleet({ table, watches }, '', 1);
  const second = await readFleet({ table, watches }, first.next ?? '', 1);
  expect([first, second].map(({ members }) => members.map(({ router }) => router.id))).toEqual([
    [other.routerId],
    [market.shop.routerId],
  ]);
  expect((await market.call('GET', '/admin/routers/salud', { headers: await admin() })).status).toBe(403);
  expect(await salud(other.routerId)).toMatchObject({
    status: 404,
    body: { detail: 'Router no encontrado o no pertenece a tu empresa' },
  });
});

describe('beside a router that is dead', () => {
  const sockets = new Set<Socket>();
  let silent: Server;
  beforeAll(async () => {
    silent = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).resume();
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('one that is back sells to the first who comes', async () => {
    const back = await market.openShop();
    const { health: healths } = market.services;
    const failures = async () => (await healths.find(back.companyId, back.routerId)).failures;
    const buy = () => market.buy({ producto_id: back.productId }, { 'x-api-key': back.apiKey });
    await market.router.addFault({ name: 'refuse-connections' });
    expect((await buy()).status).toBe(500);
    market.clock.advance(3 * MINUTE);
    expect((await buy()).status).toBe(500);
    await market.until(async () => (await failures()) === 2);
    await market.router.clearFaults();
    market.clock.advance(MINUTE);
    expect((await buy()).status).toBe(200);
    expect(await failures()).toBeNull();
  });

  it('a living one sells as before, and the dead one refuses at once what it would not deliver', async () => {
    const address = silent.address();
    const dead = await market.openShop();
    const { health: healths, table } = market.services;
    const { clock } = market;
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    await table.update(keys.router(dead.companyId, dead.routerId), 'SET #port = :port', { ':port': port });
    const buyAt = (shop: typeof dead) => market.buy({ producto_id: shop.productId }, { 'x-api-key': shop.apiKey });
    // The first sale of each writes the use of its key.
    await market.buy();
    const alone = await costOf(() => market.buy());
    const dying = buyAt(dead);
    const beside = await costOf(() => market.buy());
    // While the dead one is still being dialled, which takes four seconds.
    expect((await healths.find(dead.companyId, dead.routerId)).failures).toBeNull();
    expect(beside.commands).toEqual(alone.commands);
    const refused = await dying;
    expect(refused.status).toBe(500);
    await market.until(async () => (await healths.find(dead.companyId, dead.routerId)).failures === 1);
    // Minutes later it failed again: now it is certain.
    clock.advance(3 * MINUTE);
    await buyAt(dead);
    await market.until(async () => (await healths.find(dead.companyId, dead.routerId)).failures === 2);
    clock.advance(MINUTE);
    const charges = market.conekta.ledger().orders.length;
    expect((await buyAt(dead)).status).toBe(500);
    // It was not waited for until it failed once more.
    expect((await healths.find(dead.companyId, dead.routerId)).failures).toBe(2);
    expect(market.conekta.ledger().orders).toHaveLength(charges);
    await market.until(async () => (await healths.find(dead.companyId, dead.routerId)).failures === 3);
    // After those minutes the living one is asked anew, once.
    await market.buy();
    expect(await costOf(() => market.buy())).toEqual(alone);
  }, 30_000);

  /** What a good sale asks of its router, and writes. */
  async function costOf(sell: () => Promise<{ status: number }>) {
    const before = market.router.books.commands();
    const calls = await market.countCalls(async () => expect((await sell()).status).toBe(200));
    const after = market.router.books.commands();
    return {
      commands: after.recent.slice(before.recent.length).map(({ path }) => path),
      writes: [calls['TransactWriteItems'], calls['PutItem'], calls['UpdateItem']],
    };
  }
});

describe('a router that was good ten seconds ago', () => {
  const SECONDS = 1000;

  it('is knocked at before anything is charged, by logging in and nothing more', async () => {
    await market.buy();
    await market.buy();
    market.clock.advance(10 * SECONDS);
    const before = market.router.books.commands();
    expect((await market.buy()).status).toBe(200);
    const after = market.router.books.commands();
    const asked = after.recent.slice(before.recent.length).map(({ path }) => path);
    // The knock, and the sale's own visit.
    expect(asked.filter((path) => path === '/login')).toHaveLength(2);
    expect(asked.slice(0, 2)).toEqual(['/login', '/login']);
    expect(after.connections - before.connections).toBe(2);
    // Right after that nobody knocks.
    expect((await market.buy()).status).toBe(200);
    expect(market.router.books.commands().connections - after.connections).toBe(1);
  });

  it('and was knocked at right before its probe was due, keeps nobody waiting for that', async () => {
    await market.later(16 * MINUTE);
    await market.settled();
    market.clock.advance(58 * SECONDS);
    expect((await market.buy()).status).toBe(200);
    const { companyId, routerId } = market.shop;
    const { table, clock } = market.services;
    // Silent since then, and what it sells has become old.
    market.clock.advance(2_500);
    await table.update(keys.health(companyId, routerId), 'SET #contactAt = :at', { ':at': clock.now() - 10 * SECONDS });
    const looks = await market.countCalls(async () => {
      const selling = market.buy();
      await market.services.jobs.submit(companyId, routerId, { kind: 'knock', until: clock.now() + 10 * SECONDS });
      expect((await selling).status).toBe(200);
    });
    // Who waits until the end of its patience looks twice as often.
    expect(looks['GetItem']).toBeLessThan(7);
  });

  it('and has died since is not sold on', async () => {
    await market.buy();
    market.clock.advance(10 * SECONDS);
    const charges = market.conekta.ledger().orders.length;
    await market.router.addFault({ name: 'refuse-connections' });
    expect(await market.buy()).toMatchObject({
      status: 500,
      body: { detail: expect.stringContaining('No se hizo ningún cargo.') },
    });
    expect(market.conekta.ledger().orders).toHaveLength(charges);
    await market.router.clearFaults();
    market.clock.advance(4 * SECONDS);
    expect((await market.buy()).status).toBe(200);
    // Knocked at two seconds ago is long ago.
    market.clock.advance(2 * SECONDS);
    await market.router.addFault({ name: 'refuse-connections' });
    expect((await market.buy()).status).toBe(500);
  });
});
