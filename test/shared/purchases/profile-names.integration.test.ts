import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Market, startMarket } from '../../stage/market.ts';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
  market.router.addUsers([{ name: 'josé', password: '0042', comment: 'habitación 7 – Ñandú' }]);
});
afterAll(() => market.stop());

/** Contract 15, W31 and W44: the reference made numbers of words, and failed on the first accent. */
describe('a router whose profile is called', () => {
  it.each(['1 día', 'Señal “Ñ” 10 €', '0042', '12345', '1e3', 'true', 'nan'])(
    '%s shows it as it is, and sells it',
    async (profile) => {
      market.router.addProfile(profile, { 'rate-limit': '5M/10M' });
      const { routerId, admin } = market.shop;
      const tool = `/api/v1/admin/routers/${routerId}/mikrotik-profiles`;
      expect((await market.call('GET', tool, { headers: admin })).body).toContainEqual(
        expect.objectContaining({ name: profile, rate_limit: '5M/10M' }),
      );
      const answer = await market.buy({ producto_id: await market.sellPlan({}, profile) });
      expect(answer).toMatchObject({
        status: 200,
        body: { estado_entrega: 'entregado', producto: { perfil_mikrotik: profile } },
      });
      const { usuario } = answer.body.usuario_hotspot;
      expect(market.customers().find(({ name }) => name === usuario)).toMatchObject({ profile });
    },
  );
});
