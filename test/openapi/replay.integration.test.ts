import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Auth, Row } from '#shared/http/contract.ts';
import { type Example, shownStatus } from '#shared/http/example.ts';
import { examples } from '#shared/http/examples.ts';
import { routes } from '#shared/http/routes.ts';
import { type Market, startMarket } from '../stage/market.ts';
import type { Answer, Headers } from '../stage/stage.ts';
import { formOf } from '../stage/form.ts';
import { Scene } from './scene.ts';

/** What has to have happened before a row can say yes, beyond what its example's placeholders ask for. */
const before: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  'payments/pay-with-mercado-pago': (scene) => scene.connectMercadoPago(),
  'transactions/retry-refund': (scene) => scene.refusedRefund(),
  'transactions/deliver': (scene) => scene.refusedRefund(),
  // A router that sells something stays.
  'routers/remove': ({ market, shop }) =>
    market.call('DELETE', `/api/v1/admin/products/${shop.productId}`, { headers: shop.admin }),
};

/** Rows that one replayed request cannot get a yes from: why, and what they answer instead. */
const refusing: Readonly<Record<string, { readonly why: string; readonly status: number; readonly detail: string }>> =
  {};

const headersOf: Readonly<Record<Auth, (scene: Scene) => Headers | Promise<Headers>>> = {
  none: () => ({}),
  'api-key': ({ shop }) => ({ 'x-api-key': shop.apiKey }),
  session: ({ shop }) => shop.admin,
  'company-admin': ({ shop }) => shop.admin,
  'super-admin': ({ market }) => market.asSuperAdmin(),
};
/** Who can show the password that the example names. */
const callers: Readonly<Record<string, (scene: Scene) => Promise<Headers>>> = {
  'session/change-password': async (scene) => (await scene.ana()).headers,
};

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

const values = z.record(z.string(), z.unknown()).default({});

async function send(row: Row, example: Example, scene: Scene): Promise<Answer> {
  const params = values.parse(await scene.real(example.params));
  const query = values.parse(await scene.real(example.query));
  const path = row.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  const body = await scene.real(example.body);
  const headers = await (callers[row.id] ?? headersOf[row.auth])(scene);
  const target = search.length === 0 ? path : `${path}?${search.join('&')}`;
  if (row.bodyType !== undefined) return market.call(row.method, target, await formOf(values.parse(body), headers));
  return market.call(row.method, target, {
    headers,
    ...(body !== undefined && { body }),
  });
}

describe('the API answers its own example as it says:', () => {
  const described = routes.filter(({ path }) => path !== '$default');

  it.each(described)('$method $path ($id)', async (row) => {
    const example = examples[row.id];
    if (!example) throw new Error(`The row ${row.id} has no example in shared/http/examples`);
    const scene = new Scene(market, await market.openShop());
    await before[row.id]?.(scene);
    const { status, body } = await send(row, example, scene);
    const refused = refusing[row.id];
    if (refused) return expect({ status, body }).toEqual({ status: refused.status, body: { detail: refused.detail } });
    expect([status, status === shownStatus(row) ? '' : body]).toEqual([shownStatus(row), '']);
    // A field that the row does not declare would be gone.
    expect(row.replies[status]?.parse(body)).toEqual(body);
  });

  it('and excuses no row that is not there', () => {
    const ids = described.map(({ id }) => id);
    for (const id of Object.keys({ ...before, ...refusing, ...callers })) expect(ids).toContain(id);
  });
});
