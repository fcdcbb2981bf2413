import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Market, newToken, startMarket } from '../../stage/market.ts';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());

const dashboard = (headers = market.shop.admin) =>
  market.call('GET', '/api/v1/admin/mi-empresa/dashboard', { headers });
const figures = async () => (await dashboard()).body.estadisticas;
const by = async (what: string) =>
  (await market.call('GET', `/api/v1/admin/mi-empresa/estadisticas?por=${what}`, { headers: market.shop.admin })).body;
const giveBack = (id: number, monto?: number) =>
  market.call('POST', `/api/v1/admin/mi-empresa/transacciones/${id}/reembolsar`, {
    headers: market.shop.admin,
    body: monto === undefined ? {} : { monto },
  });

describe('the figures of a company', () => {
  const sold: number[] = [];

  it('are nothing before anything was sold', async () => {
    expect((await dashboard()).body).toEqual({
      empresa: { nombre: expect.any(String), activa: true },
      estadisticas: {
        total_transacciones: 0,
        ingresos_totales: 0,
        transacciones_pagadas: 0,
        transacciones_pendientes: 0,
        transacciones_rechazadas: 0,
        ingresos_por_moneda: {},
        total_routers: 1,
      },
      transacciones_recientes: [],
    });
  });

  it('have each sale at once, declined cards never', async () => {
    for (const kind of ['visa_4242', 'visa_4242', 'card_declined', 'visa_4242'])
      sold.push((await market.buy({ token_tarjeta: newToken(kind) })).body.id_compra);
    expect(await figures()).toMatchObject({
      total_transacciones: 3,
      ingresos_totales: 45,
      transacciones_pagadas: 3,
      transacciones_pendientes: 0,
      ingresos_por_moneda: { MXN: 45 },
    });
    const recent = (await dashboard()).body.transacciones_recientes;
    expect(recent.map(({ id }: { id: number }) => id)).toEqual([sold[3], sold[1], sold[0]]);
    expect(recent[0]).toEqual({
      id: sold[3],
      transaccion_id: expect.stringMatching(/^ord_/),
      monto: 15,
      estado: 'paid',
      fecha: expect.any(String),
    });
  });

  it('are the same after they were counted, however often the sweep comes', async () => {
    const before = await figures();
    await Promise.all([market.sweep(), market.sweep()]);
    await market.sweep();
    expect(await figures()).toEqual(before);
    expect((await by('router')).estadisticas).toEqual([
      {
        clave: market.shop.routerId,
        transacciones: 3,
        pagadas: 3,
        pendientes: 0,
        rechazadas: 1,
        ingresos_por_moneda: { MXN: 45 },
      },
    ]);
    expect((await by('producto')).estadisticas).toMatchObject([{ clave: String(market.shop.productId), pagadas: 3 }]);
  });

  it('lose what is given back: a part of it, and then the sale', async () => {
    await giveBack(sold[0] ?? 0, 5);
    expect(await figures()).toMatchObject({ ingresos_totales: 40, transacciones_pagadas: 3 });
    await giveBack(sold[0] ?? 0);
    await giveBack(sold[1] ?? 0);
    const expected = { total_transacciones: 3, ingresos_totales: 15, transacciones_pagadas: 1 };
    expect(await figures()).toMatchObject(expected);
    await market.sweep();
    expect(await figures()).toMatchObject(expected);
    const { estadisticas, zona_horaria: zone } = await by('dia');
    expect(zone).toBe('America/Mexico_City');
    expect(estadisticas).toMatchObject([{ transacciones: 3, pagadas: 1, ingresos_por_moneda: { MXN: 15 } }]);
    expect(estadisticas[0].clave).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  it('have a payment whose answer was lost as pending, until it is known', async () => {
    market.conekta.addFault({ route: 'create-charge', kind: 'reset', when: 'after', times: 1 });
    market.conekta.addFault({ route: 'get-order', kind: 'reset', when: 'before', times: 1 });
    const { status } = await market.buy({ token_tarjeta: newToken() });
    expect(status).toBe(504);
    expect(await figures()).toMatchObject({
      total_transacciones: 4,
      transacciones_pendientes: 1,
      ingresos_totales: 15,
    });
    await market.later(31_000);
    await market.settled();
    expect(await figures()).toMatchObject({
      total_transacciones: 4,
      transacciones_pendientes: 0,
      ingresos_totales: 30,
    });
  });

  it('cost as much to read as those of a company that sold nothing', async () => {
    const other = await market.openShop();
    await market.sweep();
    const [many, none] = [market.shop, other].map((shop) => market.stage.countCalls(() => dashboard(shop.admin)));
    expect(await many).toEqual(await none);
  });

  it('are nobody else`s', async () => {
    const other = await market.openShop();
    expect((await dashboard(other.admin)).body.estadisticas.total_transacciones).toBe(0);
    expect((await dashboard(await market.stage.asSuperAdmin())).status).toBe(403);
  });
});

describe('the super admin`s figures', () => {
  it('count companies, active ones, and users', async () => {
    const show = async () => {
      const headers = await market.stage.asSuperAdmin();
      return (await market.call('GET', '/admin/dashboard', { headers })).body;
    };
    const before = await show();
    expect(before).toEqual({
      estadisticas: {
        total_empresas: expect.any(Number),
        empresas_activas: expect.any(Number),
        total_usuarios: expect.any(Number),
      },
      timestamp: expect.any(String),
    });
    await market.openShop();
    const after = await show();
    expect(after.estadisticas.total_empresas).toBe(before.estadisticas.total_empresas + 1);
    expect(after.estadisticas.total_usuarios).toBeGreaterThan(before.estadisticas.total_usuarios);
  });

  it('show one company', async () => {
    const headers = await market.stage.asSuperAdmin();
    const { status, body } = await market.call('GET', `/admin/empresas/${market.shop.companyId}/stats`, { headers });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      empresa: { id: market.shop.companyId, activa: true },
      estadisticas: {
        total_routers: 1,
        routers_activos: 1,
        routers_inactivos: 0,
        total_usuarios_admin: 1,
        api_keys_activas: 1,
        total_transacciones: 4,
      },
    });
    const unknown = await market.call('GET', '/admin/empresas/EMP_0000000000/stats', { headers });
    expect(unknown).toMatchObject({ status: 404, body: { detail: 'Empresa no encontrada' } });
  });
});
