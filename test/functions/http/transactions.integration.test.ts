import { dayIn } from '#shared/platform/time-zone.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Market, newToken, startMarket } from '../../stage/market.ts';

let market: Market;
const sold: number[] = [];
beforeAll(async () => {
  market = await startMarket();
  for (const token of [newToken(), newToken(), newToken('card_declined'), newToken()])
    sold.push((await market.buy({ token_tarjeta: token })).body.id_compra);
});
afterAll(() => market.stop());

const list = (query = '', headers = market.shop.admin) =>
  market.call('GET', `/api/v1/admin/mi-empresa/transacciones${query}`, { headers });

const idsOf = (body: { transacciones: { id: number }[] }) => body.transacciones.map(({ id }) => id);

describe('the transactions of a company', () => {
  it('come newest first, without the attempts that took no money', async () => {
    const { status, body } = await list();
    expect(status).toBe(200);
    expect(body).toMatchObject({ empresa_id: market.shop.companyId, total: 3, limit: 50, offset: 0 });
    expect(idsOf(body)).toEqual([sold[3], sold[1], sold[0]]);
    expect(body.transacciones[0]).toMatchObject({
      transaccion_id: expect.stringMatching(/^ord_/),
      monto: 15,
      estado_pago: 'paid',
      cliente_nombre: 'Luis Mora',
      creada_en: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/),
    });
  });

  it('come in pages, and in one state when asked for it', async () => {
    expect(idsOf((await list('?limit=1&offset=1')).body)).toEqual([sold[1]]);
    const declined = await list('?estado=declined');
    expect(declined.body).toMatchObject({ total: null, transacciones: [{ id: sold[2], estado_pago: 'declined' }] });
  });

  it.each(['?limit=0', '?limit=201', '?offset=-1', '?offset=1001', '?limit=x', '?estado=nothing'])(
    'are refused with %s',
    async (query) => {
      expect((await list(query)).status).toBe(422);
    },
  );

  it.each(['?limit=201', '?offset=1001'])(
    'further than an offset may reach are asked for by cursor: %s',
    async (query) => {
      expect(await list(query)).toMatchObject({ status: 422, body: { detail: 'Use cursor' } });
    },
  );

  it('go on behind a cursor, and end', async () => {
    const first = (await list('?limit=2')).body;
    expect(idsOf(first)).toEqual([sold[3], sold[1]]);
    expect(first.siguiente).toBe(String(sold[1]));
    const second = (await list(`?limit=2&cursor=${first.siguiente}`)).body;
    expect(second).toMatchObject({ total: null, siguiente: null });
    expect(idsOf(second)).toEqual([sold[0]]);
    expect(await list(`?cursor=${first.siguiente}&offset=1`)).toMatchObject({ status: 422 });
  });

  it('are those of one router, product or gateway', async () => {
    const { routerId, productId } = market.shop;
    const all = [sold[3], sold[1], sold[0]];
    expect(idsOf((await list(`?router_id=${routerId}`)).body)).toEqual(all);
    expect(idsOf((await list(`?producto_id=${productId}`)).body)).toEqual(all);
    expect(idsOf((await list('?pasarela=conekta')).body)).toEqual(all);
    for (const none of ['?router_id=RTR_00000000', '?producto_id=999', '?pasarela=mercado_pago'])
      expect((await list(none)).body).toMatchObject({ total: null, transacciones: [], siguiente: null });
  });

  it('are those of some days of the company, both included', async () => {
    const day = (ms: number) => dayIn('America/Mexico_City', market.clock.now() + ms);
    const [yesterday, today, tomorrow] = [day(-86_400_000), day(0), day(86_400_000)];
    expect(idsOf((await list(`?desde=${today}&hasta=${today}`)).body)).toHaveLength(3);
    expect(idsOf((await list(`?desde=${yesterday}&pasarela=conekta`)).body)).toHaveLength(3);
    expect(idsOf((await list(`?desde=${tomorrow}`)).body)).toEqual([]);
    expect(idsOf((await list(`?hasta=${yesterday}`)).body)).toEqual([]);
    expect(idsOf((await list(`?desde=${tomorrow}&hasta=${yesterday}`)).body)).toEqual([]);
    expect((await list('?desde=2026-02-30')).status).toBe(422);
  });

  it('are refused by two filters at once', async () => {
    expect(await list('?estado=paid&pasarela=conekta')).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining('un solo filtro') },
    });
  });

  it('cost one Query a page, whichever are asked for', async () => {
    for (const query of ['?estado=paid', '?pasarela=conekta&limit=1', '?limit=2&cursor=9007199254740991'])
      expect(await market.stage.countCalls(() => list(query))).toMatchObject({ Query: 1 });
  });

  it('are nobody else’s', async () => {
    const other = await market.openShop();
    expect((await list('', other.admin)).body.transacciones).toEqual([]);
    const portal = await list('', { 'x-api-key': market.shop.apiKey });
    expect(portal.status).toBe(403);
  });
});

describe('one transaction', () => {
  const show = (id: number | undefined, headers = market.shop.admin) =>
    market.call('GET', `/api/v1/admin/mi-empresa/transacciones/${id}`, { headers });

  it('shows what happened to it, oldest first, and no code', async () => {
    const { body: bought } = await market.buy({ token_tarjeta: newToken(), telefono_cliente: '5512345678' });
    const path = `/api/v1/admin/mi-empresa/transacciones/${bought.id_compra}/reembolsar`;
    await market.call('POST', path, { headers: market.shop.admin, body: { monto: 5 } });
    const { status, body } = await show(bought.id_compra);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: bought.id_compra,
      estado: 'paid',
      estado_pago: 'paid',
      pasarela: 'conekta',
      modo: 'test',
      monto: 15,
      monto_reembolsado: 5,
      router_id: market.shop.routerId,
      producto: { id: market.shop.productId, perfil_mikrotik: '1hora' },
      cliente: { nombre: 'Luis Mora', telefono: '5512345678' },
    });
    const events = body.linea_de_tiempo.map(({ evento }: { evento: string }) => evento);
    expect(events).toEqual([
      'creada',
      'cargo_enviado',
      'pagada',
      'entregada',
      'reembolso_solicitado',
      'reembolso_enviado',
    ]);
    expect(body.linea_de_tiempo.at(-1).detalle).toBe('$5.00 · devuelto');
    const { usuario, contrasena } = bought.usuario_hotspot;
    expect(body.usuario_hotspot).toBe(`PT-******${usuario.slice(-2)}`);
    expect(JSON.stringify(body)).not.toContain(usuario);
    expect(JSON.stringify(body)).not.toContain(contrasena);
  });

  it('is not there for another company, nor when there is none', async () => {
    const other = await market.openShop();
    for (const answer of [await show(sold[0], other.admin), await show(1)])
      expect(answer).toMatchObject({ status: 404, body: { detail: 'Transacción no encontrada' } });
    expect(
      (await market.call('GET', '/api/v1/admin/mi-empresa/transacciones/x', { headers: market.shop.admin })).status,
    ).toBe(422);
  });
});
