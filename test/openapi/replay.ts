import * as z from 'zod';
import type { Auth, Row } from '#shared/http/contract.ts';
import type { Example } from '#shared/http/example.ts';
import { formOf } from '../stage/form.ts';
import type { CallOptions, Headers } from '../stage/stage.ts';
import type { Scene } from './scene.ts';

/** What has to have happened before a row can say yes, beyond what its example's placeholders ask for. */
const before: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
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

/** Rows that are treated in a way of their own here. */
export const prepared: readonly string[] = Object.keys({ ...before, ...callers });

const values = z.record(z.string(), z.unknown()).default({});

/** A request as it is handed to a `call`. */
export interface Replay {
  readonly method: string;
  readonly target: string;
  readonly options: CallOptions;
}

/** The example of a row as a request that the API says yes to, once: all that has to be there before is made. */
export async function requestOf(row: Row, example: Example, scene: Scene): Promise<Replay> {
  await before[row.id]?.(scene);
  const params = values.parse(await scene.real(example.params));
  const query = values.parse(await scene.real(example.query));
  const path = row.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  const body = await scene.real(example.body);
  const headers = await (callers[row.id] ?? headersOf[row.auth])(scene);
  const target = search.length === 0 ? path : `${path}?${search.join('&')}`;
  const options =
    row.bodyType === undefined
      ? { headers, ...(body !== undefined && { body }) }
      : await formOf(values.parse(body), headers);
  return { method: row.method, target, options };
}
