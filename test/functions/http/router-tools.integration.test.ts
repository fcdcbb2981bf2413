import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '#shared/store/table.ts';
import { type Market, startMarket } from '../../stage/market.ts';
import { addCompany, addRouter } from '../../stage/tenants.ts';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());

const ask = (tool: string, routerId = market.shop.routerId) =>
  market.call('GET', `/api/v1/admin/routers/${routerId}/${tool}`, { headers: market.shop.admin });
/** Another router of the shop's company, at the simulator unless told otherwise. */
const routerWith = async (fields: object) => {
  const { companyId } = market.shop;
  const at = { host: '127.0.0.1', puerto: market.router.port, usuario: 'api', password: 'router-password' };
  return (await addRouter(market.stage, companyId, { ...at, ...fields })).routerId;
};
const NOT_YOURS = 'Router no encontrado o no pertenece a tu empresa';

describe('a test of the connection', () => {
  it('says that the router is reached, and what it sells', async () => {
    const { status, body } = await ask('test-connection');
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      message: 'Conexión exitosa',
      router: {
        id: market.shop.routerId,
        nombre: 'Principal',
        host: '127.0.0.1',
        puerto: market.router.port,
        activo: true,
      },
      perfiles_encontrados: expect.any(Number),
      router_name: 'MikroTik',
      error: null,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}(\.\d{6})?$/),
    });
  });

  it('also of one that is switched off', async () => {
    const routerId = await routerWith({});
    await market.services.routers.setActive(market.shop.companyId, routerId, false);
    expect(await ask('test-connection', routerId)).toMatchObject({
      body: { success: true, router: { activo: false } },
    });
    expect(await ask('mikrotik-profiles', routerId)).toMatchObject({
      status: 400,
      body: { detail: 'El router está inactivo. Actívalo primero desde el panel.' },
    });
  });

  it('of another company`s router tells nothing of it', async () => {
    const { routerId } = await addRouter(market.stage, await addCompany(market.stage));
    for (const unknown of [routerId, 'RTR_00000000']) {
      const { status, body } = await ask('test-connection', unknown);
      expect({ status, body }).toEqual({
        status: 200,
        body: { success: false, message: 'Router no encontrado', error: NOT_YOURS },
      });
      expect(await ask('mikrotik-profiles', unknown)).toMatchObject({ status: 404, body: { detail: NOT_YOURS } });
    }
  });
});

it('a router that has no login but the one of its kit is asked with that by both tools', async () => {
  const routerId = await routerWith({});
  const { companyId } = market.shop;
  const { routers, table } = market.services;
  const router = await routers.find(companyId, routerId);
  if (!router?.sealedPassword) throw new Error('no router');
  await routers.setPending(router, router.username, router.sealedPassword);
  await table.update(keys.router(companyId, routerId), 'SET #sealedPassword = :none', { ':none': null });
  expect((await ask('test-connection', routerId)).body).toMatchObject({ success: true, error: null });
  expect(await ask('mikrotik-profiles', routerId)).toMatchObject({ status: 200 });
});

describe('the profiles of a router', () => {
  it('are texts or null', async () => {
    const { status, body } = await ask('mikrotik-profiles');
    expect(status).toBe(200);
    expect(body).toContainEqual({
      id: '*1',
      name: '1hora',
      session_timeout: '1h',
      idle_timeout: 'none',
      keepalive_timeout: '2m',
      status_autorefresh: '1m',
      shared_users: '1',
      rate_limit: '5M/10M',
      address_list: null,
      mac_cookie_timeout: '3d',
    });
  });
});

describe.each([
  ['a wrong password', { password: 'not-the-password' }, 'el router rechazó el usuario o la contraseña'],
  ['a port where nobody listens', { puerto: 1 }, 'el router no responde'],
])('%s', (_, fields, cause) => {
  it('is told apart by both tools, without an address', async () => {
    const routerId = await routerWith(fields);
    expect(await ask('test-connection', routerId)).toMatchObject({
      status: 200,
      body: { success: false, perfiles_encontrados: 0, error: `No se pudo conectar: Error al conectar: ${cause}` },
    });
    expect(await ask('mikrotik-profiles', routerId)).toMatchObject({
      status: 500,
      body: { detail: `Error al obtener perfiles: Error obteniendo perfiles: Error al conectar: ${cause}` },
    });
  });
});
