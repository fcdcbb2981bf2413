import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Market, startMarket } from '../../stage/market.ts';

const DAY = 24 * 60 * 60_000;

let market: Market;
beforeAll(async () => {
  market = await startMarket();
  await market.connectMercadoPago();
});
afterEach(() => {
  market.conekta.clearFaults();
  market.mercadoPago.clearFaults();
});
afterAll(() => market.stop());

const notices = async (): Promise<readonly { tipo: string; mensaje: string; router_id: string | null }[]> => {
  const headers = await market.asCompanyAdmin(market.shop.companyId);
  return (await market.call('GET', '/api/v1/admin/mi-empresa/avisos', { headers })).body.avisos;
};

it('a key that a gateway refuses is told to the operator once a day, however many buyers it costs', async () => {
  market.conekta.addFault({ route: 'create-order', kind: 'wrong-key' });
  for (let buyer = 0; buyer < 3; buyer += 1) expect((await market.buy()).status).toBe(401);
  expect(await notices()).toEqual([
    expect.objectContaining({
      tipo: 'llave_rechazada',
      router_id: null,
      mensaje: 'Conekta no acepta su llave, así que no se puede cobrar: revísela y guárdela de nuevo.',
    }),
  ]);
  market.clock.advance(DAY);
  await market.buy();
  expect(await notices()).toHaveLength(2);
});

it('each gateway has its own notice', async () => {
  market.mercadoPago.addFault({ route: 'create-payment', kind: 'wrong-key' });
  expect((await market.buyWithMercadoPago()).status).toBe(500);
  const told = (await notices()).map(({ mensaje }) => mensaje.split(' no ')[0]);
  expect(told).toContain('Mercado Pago');
});

it('a declined card says nothing of the key', async () => {
  const before = (await notices()).length;
  expect((await market.buy({ token_tarjeta: `tok_test_card_declined_${market.clock.now()}` })).status).toBe(402);
  expect(await notices()).toHaveLength(before);
});
