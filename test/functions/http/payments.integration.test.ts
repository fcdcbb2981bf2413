import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Market, startMarket } from '../../stage/market.ts';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());

const purchases = async () => (await market.items()).filter(({ sk }) => String(sk).startsWith('PURCHASE#')).length;

describe('a purchase', () => {
  it('with a blank idempotency key is not taken for another one with a blank key', async () => {
    for (const blank of ['', '', ' ', ' '])
      expect(await market.buy({}, { 'idempotency-key': blank })).toMatchObject({ status: 200 });
  });

  it('of a browser that says much of itself is sold', async () => {
    expect(await market.buy({ info_dispositivo: 'x'.repeat(50_000) })).toMatchObject({ status: 200 });
  });

  it('with half a character in a name is refused before anything is written or charged', async () => {
    const before = { purchases: await purchases(), calls: market.conekta.calls() };
    const { status, body } = await market.buy({ nombre_cliente: 'Luis \ud83d' });
    expect(status).toBe(422);
    expect(body.detail).toEqual([
      { type: 'string_unicode', loc: ['body', 'nombre_cliente'], msg: expect.stringContaining('unicode') },
    ]);
    expect({ purchases: await purchases(), calls: market.conekta.calls() }).toEqual(before);
  });
});
