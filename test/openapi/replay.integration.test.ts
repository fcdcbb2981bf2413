import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shownStatus } from '#shared/http/example.ts';
import { examples } from '#shared/http/examples.ts';
import { routes } from '#shared/http/routes.ts';
import { type Market, startMarket } from '../stage/market.ts';
import { prepared, requestOf } from './replay.ts';
import { Scene } from './scene.ts';

/** Rows that one replayed request cannot get a yes from: why, and what they answer instead. */
const refusing: Readonly<Record<string, { readonly why: string; readonly status: number; readonly detail: string }>> =
  {};

let market: Market;
beforeAll(async () => {
  market = await startMarket({
    config: {
      TUNNEL_RANGE: '10.66.0.0/16',
      TUNNEL_ENDPOINT: 'hub.wifi.mx:51820',
      TUNNEL_PUBLIC_KEY: 'aGVyZSBzdGFuZCB0aGlydHktdHdvIGJ5dGVzIG9rIQk=',
    },
  });
});
afterAll(() => market.stop());

describe('the API answers its own example as it says:', () => {
  const described = routes.filter(({ path }) => path !== '$default');

  it.each(described)('$method $path ($id)', async (row) => {
    const example = examples[row.id];
    if (!example) throw new Error(`The row ${row.id} has no example in shared/http/examples`);
    const scene = new Scene(market, await market.openShop());
    const { method, target, options } = await requestOf(row, example, scene);
    const { status, body } = await market.call(method, target, options);
    const refused = refusing[row.id];
    if (refused) return expect({ status, body }).toEqual({ status: refused.status, body: { detail: refused.detail } });
    expect([status, status === shownStatus(row) ? '' : body]).toEqual([shownStatus(row), '']);
    // A field that the row does not declare would be gone.
    expect(row.replies[status]?.parse(body)).toEqual(body);
  });

  it('and excuses no row that is not there', () => {
    const ids = described.map(({ id }) => id);
    for (const id of [...prepared, ...Object.keys(refusing)]) expect(ids).toContain(id);
  });
});
