import { afterAll, beforeAll, expect, it } from 'vitest';
import { DUE_PARTITION } from '#shared/store/table.ts';
import { type Market, startMarket } from '../stage/market.ts';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());

it('a hundred items that nothing can settle do not keep the sweep from those behind them', async () => {
  for (let broken = 0; broken < 100; broken += 1)
    await market.services.table.write({
      kind: 'put',
      key: { pk: `COMPANY#${market.shop.companyId}`, sk: `PURCHASE#broken-${broken}` },
      item: { duePk: DUE_PARTITION, dueAt: 1 },
    });
  market.conekta.addFault({ kind: 'server-error', route: 'create-charge', when: 'after', times: 1 });
  market.conekta.addFault({ kind: 'server-error', route: 'get-order', when: 'before', times: 1 });
  const answer = await market.buy();
  expect(answer.status).toBe(504);
  await market.later(31_000);
  const seen = await market.call('GET', `/api/v1/compras/${answer.body.id_compra}`);
  expect(seen.body).toMatchObject({ estado_pago: 'paid' });
});
