/** Sends an example to the running API, as whoever may, when what it needs has happened. */
import * as z from 'zod';
import type { Auth, Row } from '#shared/http/contract.ts';
import type { Example } from '#shared/http/example.ts';
import { formOf } from '../stage/form.ts';
import type { Answer, Headers } from '../stage/stage.ts';
import type { Scene } from './scene.ts';

/** What has to have happened before a row can say yes, beyond what its example's placeholders ask for. */
export const before: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  'payments/pay-with-mercado-pago': (scene) => scene.connectMercadoPago(),
  'transactions/retry-refund': (scene) => scene.refusedRefund(),
  'transactions/deliver': (scene) => scene.refusedRefund(),
  // The phone has to be on the hotspot.
  'hotspot-users/auto-reconnect': ({ market }) =>
    Promise.resolve(market.router.addHost({ mac: 'AA:BB:CC:DD:EE:FF', ip: '10.5.50.23' })),
  // A router that sells something stays.
  'routers/remove': ({ market, shop }) =>
    market.call('DELETE', `/api/v1/admin/products/${shop.productId}`, { headers: shop.admin }),
};

/** Rows that one replayed request cannot get a yes from: why, and what they answer instead. */
export const refusing: Readonly<
  Record<string, { readonly why: string; readonly status: number; readonly detail: string }>
> = {};

const headersOf: Readonly<Record<Auth, (scene: Scene) => Headers | Promise<Headers>>> = {
  none: () => ({}),
  'api-key': ({ shop }) => ({ 'x-api-key': shop.apiKey }),
  session: ({ shop }) => shop.admin,
  'company-admin': ({ shop }) => shop.admin,
  'super-admin': ({ market }) => market.asSuperAdmin(),
};
/** Who can show the password that the example names. */
export const callers: Readonly<Record<string, (scene: Scene) => Promise<Headers>>> = {
  'session/change-password': async (scene) => (await scene.ana()).headers,
};

const values = z.record(z.string(), z.unknown()).default({});

/** The row's example, and what came of it. */
export async function replay(row: Row, example: Example, scene: Scene): Promise<Answer> {
  await before[row.id]?.(scene);
  const params = values.parse(await scene.real(example.params));
  const query = values.parse(await scene.real(example.query));
  const path = row.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  const { market } = scene;
  const body = await scene.real(example.body);
  const headers = await (callers[row.id] ?? headersOf[row.auth])(scene);
  const target = search.length === 0 ? path : `${path}?${search.join('&')}`;
  if (row.bodyType !== undefined) return market.call(row.method, target, await formOf(values.parse(body), headers));
  return market.call(row.method, target, {
    headers,
    ...(body !== undefined && { body }),
  });
}
