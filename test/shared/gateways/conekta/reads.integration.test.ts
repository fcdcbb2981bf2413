import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { conektaGateway } from '#shared/gateways/conekta/client.ts';
import { systemClock } from '#shared/platform/clock.ts';
import { Secret } from '#shared/security/secret.ts';
import { type Answer, type Loopback, type Seen, startLoopback } from './loopback.ts';
import { charge, listed, order, problem } from './paid-order.ts';

const KEY = 'key_plantedPrivateKey1';
const SINCE = Date.UTC(2026, 10, 24, 12, 0, 0, 999);
const within = (ms = 15_000, key = KEY) => ({ privateKey: new Secret(key), deadlineAt: systemClock.now() + ms });

let conekta: Loopback | undefined;
afterEach(() => conekta?.stop());

async function gatewayTo(answer: (request: Seen) => Answer) {
  conekta = await startLoopback(answer);
  return { gateway: conektaGateway({ baseUrl: conekta.url, clock: systemClock }), seen: conekta.seen };
}
const get = (path: string, query: object = {}) => ({ method: 'GET', path, query, key: `Bearer ${KEY}`, body: null });
const ours = (id: string, purchase_id: string) => ({ ...order(0, charge('paid')), id, metadata: { purchase_id } });

describe('tracing', () => {
  test('is one read of the order', async () => {
    const { gateway, seen } = await gatewayTo(() => [200, ours('ord_9', '7000000001')]);
    expect(await gateway.trace('ord_9', within())).toEqual({
      kind: 'ours',
      purchaseId: 7_000_000_001,
      orderRef: 'ord_9',
    });
    expect(seen).toEqual([get('/orders/ord_9')]);
  });

  test.each<[Answer, object]>([
    [[200, { ...order(0), id: 'ord_9', metadata: {} }], { kind: 'foreign' }],
    [[404, problem('x')], { kind: 'not-found' }],
    [[401, problem('x')], { kind: 'unknown', cause: 'key-refused' }],
    [[200, '<html>'], { kind: 'unknown', cause: 'unreadable' }],
    ['reset', { kind: 'unknown', cause: 'connection' }],
  ])('answered with %j is %j', async (answer, outcome) => {
    const { gateway } = await gatewayTo(() => answer);
    expect(await gateway.trace('ord_9', within())).toEqual(outcome);
  });
});

describe('listing what changed', () => {
  test('walks from page to page, with the same question on each', async () => {
    const { gateway, seen } = await gatewayTo(({ query }) =>
      query['next'] === undefined
        ? [
            200,
            {
              ...listed(ours('ord_1', '1')),
              has_more: true,
              next_page_url: 'https://elsewhere.invalid/orders?limit=250&next=ord_1%2B',
            },
          ]
        : [200, { ...listed(ours('ord_2', '2'), { ...order(0), metadata: {} }), next_page_url: null }],
    );
    const first = await gateway.changes(SINCE, null, within());
    expect(first).toMatchObject({ kind: 'page', orders: [{ purchaseId: 1, orderRef: 'ord_1' }], next: 'ord_1+' });
    const second = await gateway.changes(SINCE, 'ord_1+', within());
    expect(second).toMatchObject({ kind: 'page', orders: [{ purchaseId: 2 }], foreign: 1, next: null });

    const query = { limit: '250', 'updated_at.gte': String(Date.UTC(2026, 10, 24, 12) / 1000) };
    expect(seen).toEqual([get('/orders', query), get('/orders', { ...query, next: 'ord_1+' })]);
  });

  test('reads a full page of long orders', async () => {
    const shop = { ...order(0, charge('paid')), metadata: {}, line_items: 'x'.repeat(10_000) };
    const { gateway } = await gatewayTo(() => [200, listed(...Array.from({ length: 250 }, () => shop))]);
    expect(await gateway.changes(SINCE, null, within())).toEqual({
      kind: 'page',
      orders: [],
      foreign: 250,
      next: null,
    });
  });

  test('that fails is a value', async () => {
    const { gateway } = await gatewayTo(() => 'reset');
    expect(await gateway.changes(SINCE, null, within())).toEqual({ kind: 'unknown', cause: 'connection' });
    expect(await gateway.changes(SINCE, null, within(0))).toEqual({ kind: 'unknown', cause: 'timeout' });
  });
});

describe('checking a key', () => {
  test('is one list of one order', async () => {
    const { gateway, seen } = await gatewayTo(() => [200, listed({ ...order(0), livemode: true })]);
    expect(await gateway.check(within())).toEqual({ kind: 'works', live: true });
    expect(seen).toEqual([get('/orders', { limit: '1' })]);
  });

  test.each<[Answer, object]>([
    [[200, listed()], { kind: 'works', live: null }],
    [[401, problem('x')], { kind: 'refused' }],
    [[403, problem('x')], { kind: 'refused' }],
    [[500, problem('x')], { kind: 'unknown', cause: 'server-error' }],
    ['reset', { kind: 'unknown', cause: 'connection' }],
  ])('answered with %j is %j', async (answer, outcome) => {
    const { gateway } = await gatewayTo(() => answer);
    expect(await gateway.check(within())).toEqual(outcome);
  });

  test('says nothing of the key, whatever went wrong', async () => {
    for (const answer of ['reset', [401, problem('x')], [500, '<html>'], [200, '<html>']] as const) {
      const { gateway } = await gatewayTo(() => answer);
      const seen = [await gateway.check(within()), await gateway.check(within(15_000, `${KEY}\nbad`)), gateway];
      expect(inspect(seen, { depth: Infinity, showHidden: true }) + JSON.stringify(seen)).not.toContain(KEY);
      conekta?.stop();
    }
  });
});
