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

  it('are nobody else’s', async () => {
    const other = await market.openShop();
    expect((await list('', other.admin)).body.transacciones).toEqual([]);
    const portal = await list('', { 'x-api-key': market.shop.apiKey });
    expect(portal.status).toBe(403);
  });
});
