import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Market, type Shop, startMarket } from '../../stage/market.ts';

let market: Market;
let shop: Shop;
beforeAll(async () => {
  market = await startMarket();
});
beforeEach(async () => {
  shop = await market.openShop();
});
afterEach(() => market.router.clearFaults());
afterAll(() => market.stop());

const ask = (options: { body?: unknown } = {}, apiKey = shop.apiKey) =>
  market.call('POST', '/api/v1/routers/validar-empresa-router', { headers: { 'x-api-key': apiKey }, ...options });

const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+$/);
const UP = {
  success: true,
  estado: 'activo',
  mensaje: 'Router en línea y responde correctamente',
  error_detalle: null,
  conexion_ok: true,
  timestamp,
};
const DOWN = {
  success: false,
  estado: 'router_inactivo',
  mensaje: 'El router no está en línea (conexión fallida)',
  error_detalle: 'router_inactivo',
  conexion_ok: false,
  timestamp,
};
const UNKNOWN = {
  success: false,
  estado: 'internal_error',
  mensaje: 'Error interno al validar conexión',
  error_detalle: 'internal_error',
  conexion_ok: false,
  timestamp,
};

describe('a router', () => {
  it('that answers is up, whatever is sent along', async () => {
    const { status, headers, body } = await ask();
    expect({ status, body }).toEqual({ status: 200, body: UP });
    expect(headers['cache-control']).toBe('no-store');
    for (const sent of ['{"not json', '', { empresa_id: 'EMP_OTHER' }])
      expect((await ask({ body: sent })).body).toEqual(UP);
  });

  it('that is off is down, and up again when it is back', async () => {
    expect((await ask()).body).toEqual(UP);
    await market.router.addFault({ name: 'refuse-connections' });
    market.clock.advance(2_000);
    expect((await ask()).body).toEqual(DOWN);
    await market.router.clearFaults();
    market.clock.advance(4_000);
    expect((await ask()).body).toEqual(UP);
  });

  it('that says nothing is down within the time of the contract', async () => {
    await market.router.addFault({ name: 'silent-connection' });
    const startedAt = Date.now();
    expect((await ask()).body).toEqual(DOWN);
    expect(Date.now() - startedAt).toBeLessThan(5_500);
  });

  it('that refuses our login is down: nothing can be sold on it', async () => {
    await market.router.addFault({ name: 'wrong-login' });
    expect((await ask()).body).toEqual(DOWN);
  });

  it('that nobody went to is neither up nor down', async () => {
    const { companyId, routerId } = shop;
    const { health, clock } = market.services;
    const lease = { accessId: undefined, now: clock.now(), leaseMs: 20_000 };
    expect(await health.takeLease(companyId, routerId, 'somebody', lease)).toBeDefined();
    expect((await ask()).body).toEqual(UNKNOWN);
  });

  it('that was switched off by its operator is refused, as its company is', async () => {
    const headers = await market.asSuperAdmin();
    const path = `/admin/empresas/${shop.companyId}/routers/${shop.routerId}/toggle-activo`;
    expect((await market.call('PUT', path, { headers })).status).toBe(200);
    expect(await ask()).toMatchObject({ status: 401, body: { detail: 'Router inactivo' } });
  });
});

it('a portal that asks without end costs its router one knock a second', async () => {
  const before = market.router.books.commands().connections;
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask()));
  for (const { body } of answers) expect(body).toEqual(UP);
  expect((await ask()).body).toEqual(UP);
  expect(market.router.books.commands().connections - before).toBe(1);
});

it('is for portals only', async () => {
  const path = '/api/v1/routers/validar-empresa-router';
  expect((await market.call('POST', path)).status).toBe(403);
  expect((await market.call('POST', path, { headers: await market.asCompanyAdmin(shop.companyId) })).status).toBe(401);
});
