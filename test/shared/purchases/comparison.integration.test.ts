import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChangesAnswer, KeptPayment, PaymentGateway } from '#shared/gateways/gateway.ts';
import { firstPurchaseId } from '#shared/platform/ids.ts';
import { compareBooks, type ComparisonParts } from '#shared/purchases/comparison.ts';
import type { Comparison } from '#shared/store/comparisons.ts';
import { type Purchase, purchaseItem } from '#shared/store/purchases.ts';
import { keys } from '#shared/store/table.ts';
import { newestPurchases } from '../../stage/newest-purchases.ts';
import { payWithoutUs } from '../../stage/gateways/mercado-pago.ts';
import { type Market, newToken, type Shop, startMarket } from '../../stage/market.ts';
import { samplePurchase } from './sample-purchase.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let market: Market;
let shop: Shop;
let accessToken: string;
/** Each test has a company of its own, and no other is compared meanwhile. */
const forget = (companyId: string) => market.services.table.write({ kind: 'delete', key: keys.comparison(companyId) });
beforeAll(async () => {
  market = await startMarket();
  await forget(market.shop.companyId);
});
beforeEach(async () => {
  shop = await market.openShop();
  accessToken = `TEST-${randomUUID()}`;
});
afterEach(async () => {
  market.conekta.clearFaults();
  market.mercadoPago.clearFaults();
  await forget(shop.companyId);
  // A dispute is looked at daily: the next test counts calls.
  for (const { id } of await newestPurchases(market.services, shop.companyId, 10))
    await market.services.table.write({ kind: 'delete', key: keys.purchase(shop.companyId, id) });
});
afterAll(() => market.stop());

const connectMercadoPago = async () =>
  market.call('POST', '/api/v1/admin/mi-empresa/configurar-credenciales', {
    headers: await market.asCompanyAdmin(shop.companyId),
    body: { access_token: accessToken, public_key: 'TEST-public', webhook_secret: 'secret', mode: 'test' },
  });
const shown = async (companyId = shop.companyId) =>
  market.call('GET', '/api/v1/admin/mi-empresa/conciliacion', { headers: await market.asCompanyAdmin(companyId) });
const stored = async (): Promise<Comparison> => {
  const comparison = await market.services.comparisons.find(shop.companyId);
  if (!comparison) throw new Error('The company has no comparison');
  return comparison;
};

/** Time passes, and the sweep compares. @returns what the admin is shown of one gateway */
async function compared(gateway = 'conekta', afterMs = DAY) {
  const { last } = await stored();
  market.clock.advance(afterMs);
  await market.until(async () => {
    await market.sweep();
    return (await stored()).last?.startedAt !== last?.startedAt;
  }, 10_000);
  const { body } = await shown();
  return body.ultima.pasarelas.find((one: { pasarela: string }) => one.pasarela === gateway);
}

const find = async (id: number): Promise<Purchase> => {
  const purchase = await market.services.purchases.find(shop.companyId, id);
  if (!purchase) throw new Error('The purchase is gone');
  return purchase;
};
const alarms = (id: number) => market.log.filter((line) => line.includes('books-differ') && line.includes(`${id}`));
const none = { corregidas: 0, total_diferencias: 0, diferencias: [] };
const ordersOf = (id: number) =>
  market.conekta.ledger().orders.filter((order) => order.metadata['purchase_id'] === String(id));
const paymentsOf = async (id: number) => {
  const { orderRef } = await find(id);
  return market.mercadoPago.ledger().payments.filter((one) => one.external_reference === orderRef);
};
const conekta = (path: string, body: unknown) =>
  fetch(market.conekta.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${shop.conektaKey}`, accept: 'application/vnd.conekta-v2.3.0+json' },
    body: JSON.stringify(body),
  });
const orderOf = (metadata: Record<string, string>) => ({
  currency: 'MXN',
  customer_info: { name: 'Eva Luna', email: 'eva@correo.mx', phone: '+525555555555' },
  line_items: [{ name: 'Café', unit_price: 1500, quantity: 1 }],
  metadata,
});
const mercadoPago = (path: string, body: unknown) =>
  fetch(market.mercadoPago.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'x-idempotency-key': randomUUID() },
    body: JSON.stringify(body),
  });

/** What differs between the two, as a test sees it. */
const counters = [
  {
    gateway: 'conekta',
    connect: () => Promise.resolve(),
    sell: async () => {
      const { status, body } = await market.buy({ producto_id: shop.productId }, { 'x-api-key': shop.apiKey });
      return { status, id: body.id_compra as number };
    },
    lists: () => market.conekta.calls()['search-orders'],
    twice: () => market.conekta.addFault({ route: 'create-charge', kind: 'charged-twice', times: 1 }),
    silent: () => market.conekta.addFault({ route: 'search-orders', kind: 'server-error', when: 'before' }),
    lag: () => market.conekta.addFault({ route: 'search-orders', kind: 'search-lag', ms: 400 * DAY, times: 1 }),
    keptMinor: (id: number) => {
      const ids = ordersOf(id).map((order) => order.id);
      const { charges, refunds } = market.conekta.ledger();
      const sum = (rows: readonly { order_id: string; amount: number }[]) =>
        rows.filter((row) => ids.includes(row.order_id)).reduce((all, row) => all + row.amount, 0);
      return Promise.resolve(
        sum(charges.filter(({ status }) => status === 'paid' || status === 'refunded')) - sum(refunds),
      );
    },
    refundByHand: async (id: number, minor: number) =>
      conekta(`/orders/${(await find(id)).orderRef}/refunds`, { amount: minor, reason: 'requested_by_client' }),
    chargeBack: async (id: number) => market.conekta.chargeBack((await find(id)).orderRef ?? '', 'opened'),
    emptyOrder: async (id: number) => {
      const answer = await conekta('/orders', orderOf({ purchase_id: String(id) }));
      return ((await answer.json()) as { id: string }).id;
    },
    sellElsewhere: (purchaseId: number | undefined) =>
      conekta('/orders', {
        ...orderOf(purchaseId === undefined ? { table: '4' } : { purchase_id: String(purchaseId) }),
        charges: [{ payment_method: { type: 'card', token_id: newToken() } }],
      }),
  },
  {
    gateway: 'mercado_pago',
    connect: connectMercadoPago,
    sell: async () => {
      const headers = { 'x-api-key': shop.apiKey };
      const { status, body } = await market.buyWithMercadoPago({ producto_id: shop.productId }, headers);
      return { status, id: body.id_compra as number };
    },
    lists: () => market.mercadoPago.calls()['search-payments'],
    twice: () => market.mercadoPago.addFault({ route: 'create-payment', kind: 'charged-twice', times: 1 }),
    silent: () => market.mercadoPago.addFault({ route: 'search-payments', kind: 'server-error', when: 'before' }),
    lag: () => market.mercadoPago.addFault({ route: 'search-payments', kind: 'search-lag', ms: 400 * DAY, times: 1 }),
    keptMinor: async (id: number) => {
      const payments = await paymentsOf(id);
      const { refunds } = market.mercadoPago.ledger();
      const isTheirs = (paymentId: number) => payments.some((one) => one.id === paymentId);
      return (
        payments.reduce((all, { amount }) => all + amount, 0) -
        refunds.filter((one) => isTheirs(one.payment_id)).reduce((all, { amount }) => all + amount, 0)
      );
    },
    refundByHand: async (id: number, minor: number) =>
      mercadoPago(`/v1/payments/${(await find(id)).paymentId}/refunds`, { amount: minor / 100 }),
    emptyOrder: (id: number) => Promise.resolve(`HS${id}`),
    chargeBack: async (id: number) => market.mercadoPago.chargeBack(Number((await find(id)).paymentId), 'opened'),
    sellElsewhere: (purchaseId: number | undefined) =>
      payWithoutUs(market.mercadoPago, accessToken, purchaseId === undefined ? 'mesa-4' : `HS${purchaseId}`),
  },
] as const;

describe.each(counters)('the daily comparison with $gateway', (counter) => {
  const { gateway } = counter;
  beforeEach(() => counter.connect());

  it('finds nothing to correct where nothing is wrong, and asks about no purchase by itself', async () => {
    expect((await shown()).body).toMatchObject({ ultima: null, en_curso: null, proxima_en: expect.any(String) });
    await counter.sell();
    await counter.sell();
    const calls = () =>
      JSON.stringify([market.conekta.calls()['get-order'], market.mercadoPago.calls()['get-payment']]);
    market.clock.advance(2 * HOUR);
    await market.sweep();
    const before = calls();
    const result = await compared(gateway);
    expect(result).toEqual({
      pasarela: gateway,
      estado: 'completa',
      vistas: 2,
      nuestras: 2,
      ajenas: 0,
      coinciden: 2,
      ...none,
    });
    expect(calls()).toBe(before);
    const { body } = await shown();
    expect(body.en_curso).toBeNull();
    expect(Date.parse(`${body.ultima.hasta}Z`) - Date.parse(`${body.ultima.desde}Z`)).toBeGreaterThanOrEqual(2 * DAY);
    expect(Date.parse(`${body.proxima_en}Z`) - Date.parse(`${body.ultima.hasta}Z`)).toBe(DAY);
  });

  it('finds a second charge on a purchase whose answer arrived, and gives it back', async () => {
    market.clock.advance(2 * HOUR);
    counter.twice();
    const { id, status } = await counter.sell();
    expect(status).toBe(200);
    expect(await counter.keptMinor(id)).toBe(3000);
    expect(await compared(gateway, 22 * HOUR)).toMatchObject({ ...none, corregidas: 1 });
    await market.later(3 * MINUTE);
    expect(await counter.keptMinor(id)).toBe(1500);
    expect(await find(id)).toMatchObject({ state: 'paid', refundedMinor: 1500 });
    expect(await compared(gateway, DAY - 3 * MINUTE)).toMatchObject(none);
  });

  it('sees a refund made by hand and a dispute whose notices were lost', async () => {
    market.clock.advance(2 * HOUR);
    const [{ id: back }, { id: held }] = [await counter.sell(), await counter.sell()];
    await counter.refundByHand(back, 1500);
    await counter.chargeBack(held);
    expect(await compared(gateway, 22 * HOUR)).toMatchObject({ ...none, corregidas: 2 });
    expect((await find(back)).state).toBe('refunded');
    expect((await find(held)).state).toBe('disputed');
    expect(await compared(gateway)).toMatchObject({ ...none, coinciden: 2 });
  });

  it('counts what the operator sells besides and touches none of it, not even under the number of no purchase', async () => {
    await counter.sellElsewhere(undefined);
    await counter.sellElsewhere(4242);
    const books = () => JSON.stringify([market.conekta.ledger(), market.mercadoPago.ledger()]);
    const before = books();
    expect(await compared(gateway)).toMatchObject({
      vistas: 2,
      nuestras: 1,
      ajenas: 1,
      total_diferencias: 1,
      diferencias: [{ id_compra: 4242, tipo: 'sin_compra', detalle: expect.stringContaining('no existe') }],
    });
    expect(alarms(4242).length).toBeGreaterThan(0);
    expect(books()).toBe(before);
  });

  it('gives back the money of a purchase that was closed and is paid all the same', async () => {
    const { id } = await counter.sell();
    // The books of ours, as they would be had the doubt ended too early.
    const purchase = await find(id);
    await market.services.table.write({
      kind: 'put',
      key: keys.purchase(shop.companyId, id),
      item: purchaseItem({ ...purchase, state: 'not_charged', paymentId: null, live: null, paidAt: null, dueAt: null }),
    });
    expect(await compared(gateway)).toMatchObject({ ...none, corregidas: 1 });
    await market.later(3 * MINUTE);
    expect(await counter.keptMinor(id)).toBe(0);
    expect((await find(id)).state).toBe('refunded');
  });

  it('asks by number for a purchase that a list left out, and raises no alarm when it is there', async () => {
    const { id } = await counter.sell();
    counter.lag();
    expect(await compared(gateway)).toMatchObject({ vistas: 0, coinciden: 1, ...none });
    expect(alarms(id)).toEqual([]);
  });

  it('tells of money believed kept that the gateway does not have, and changes nothing', async () => {
    const { id } = await counter.sell();
    const orderRef = await counter.emptyOrder(id + 1);
    await market.services.table.write({
      kind: 'put',
      key: keys.purchase(shop.companyId, id + 1),
      item: purchaseItem({ ...(await find(id)), id: id + 1, orderRef, paymentId: '99' }),
    });
    const result = await compared(gateway);
    expect(result.diferencias).toMatchObject([{ id_compra: id + 1, tipo: 'no_esta_en_la_pasarela' }]);
    expect((await find(id + 1)).state).toBe('paid');
    expect(alarms(id + 1)).toHaveLength(1);
    expect(await counter.keptMinor(id)).toBe(1500);
  });

  it('waits for a silent gateway, shows it, and goes on when it answers', async () => {
    await counter.sell();
    counter.silent();
    market.clock.advance(DAY);
    await market.sweep();
    const state = async () =>
      (await shown()).body.en_curso?.pasarelas.find((one: { pasarela: string }) => one.pasarela === gateway)?.estado;
    await market.until(async () => (await state()) === 'sin_respuesta');
    const lists = counter.lists();
    await market.later(9 * MINUTE);
    expect(counter.lists()).toBe(lists);
    market.conekta.clearFaults();
    market.mercadoPago.clearFaults();
    await market.later(2 * MINUTE);
    await market.until(async () => (await shown()).body.ultima !== null);
    expect((await shown()).body.ultima.pasarelas).toEqual(
      expect.arrayContaining([expect.objectContaining({ pasarela: gateway, estado: 'completa', coinciden: 1 })]),
    );
  });
});

describe('the daily comparison', () => {
  it('gives a gateway up that stays silent all day, and reaches back over the time it missed', async () => {
    const startedAt = market.clock.now();
    market.conekta.addFault({ route: 'search-orders', kind: 'server-error', when: 'before' });
    market.clock.advance(DAY);
    for (let hour = 0; hour < 14; hour += 1) await market.later(HOUR);
    const { body } = await shown();
    expect(body.ultima.pasarelas).toMatchObject([{ pasarela: 'conekta', estado: 'sin_respuesta' }]);
    expect((await stored()).completeAt).toEqual({});
    expect(market.log.some((line) => line.includes('gateway-silent'))).toBe(true);
    market.conekta.clearFaults();
    await compared();
    const { completeAt } = await stored();
    expect(completeAt.conekta).toBeGreaterThan(startedAt);
    market.clock.advance(10 * DAY);
    await compared();
    expect((await stored()).last?.gateways[0]?.since).toBeLessThan(completeAt.conekta ?? 0);
  });

  it('tells of money on another order of a purchase`s number, and touches neither', async () => {
    const [counter] = counters;
    const { id } = await counter.sell();
    await counter.sellElsewhere(id);
    expect(await compared()).toMatchObject({
      ...{ nuestras: 2, coinciden: 1, corregidas: 0, total_diferencias: 1 },
      diferencias: [{ id_compra: id, tipo: 'orden_distinta', detalle: expect.stringContaining('$15.00') }],
    });
    expect(await counter.keptMinor(id)).toBe(3000);
  });

  it('takes the sales of another company on the same account for foreign', async () => {
    const other = await market.openShop();
    await market.call('POST', '/api/v1/admin/mi-empresa/configurar-conekta', {
      headers: other.admin,
      body: { conekta_private_key: shop.conektaKey },
    });
    await forget(other.companyId);
    await market.buy({ producto_id: other.productId }, { 'x-api-key': other.apiKey });
    await counters[0].sell();
    expect(await compared()).toMatchObject({ vistas: 2, nuestras: 1, ajenas: 1, coinciden: 1, ...none });
  });

  it('does not miss a sale of the last minutes, which lists may not show yet', async () => {
    const [counter] = counters;
    market.clock.advance(DAY - 5 * MINUTE);
    await counter.sell();
    counter.lag();
    const reads = market.conekta.calls()['get-order'];
    expect(await compared('conekta', 5 * MINUTE)).toMatchObject({ vistas: 0, coinciden: 0, ...none });
    expect(market.conekta.calls()['get-order']).toBe(reads);
    expect(await compared()).toMatchObject({ vistas: 1, coinciden: 1, ...none });
  });

  it('leaves gateways out that the company has no credentials for, placeholders included', async () => {
    const headers = await market.asSuperAdmin();
    const body = { nombre: 'Sin llaves', contacto_email: 'x@wifi.mx' };
    const companyId: string = (await market.call('POST', '/admin/empresas', { headers, body })).body.id;
    market.clock.advance(DAY);
    await market.until(async () => {
      await market.sweep();
      return (await shown(companyId)).body.ultima !== null;
    });
    expect((await shown(companyId)).body.ultima.pasarelas).toEqual([]);
  });

  it('is shown to the company`s own admin only', async () => {
    await compared();
    const other = await market.openShop();
    expect((await shown(other.companyId)).body.ultima).toBeNull();
    await forget(other.companyId);
    const path = '/api/v1/admin/mi-empresa/conciliacion';
    expect((await market.call('GET', path, { headers: await market.asSuperAdmin() })).status).toBe(403);
    expect((await market.call('GET', path)).status).toBe(403);
  });

  it('is begun for a company from before there was one when its keys are saved, and never without', async () => {
    await market.services.table.write({ kind: 'delete', key: keys.comparison(shop.companyId) });
    await market.later(3 * DAY);
    expect((await shown()).body).toEqual({ ultima: null, en_curso: null, proxima_en: null });
    await connectMercadoPago();
    await market.until(async () => {
      await market.sweep();
      return (await shown()).body.ultima !== null;
    });
    const before = await stored();
    await connectMercadoPago();
    expect(await stored()).toEqual(before);
  });
});

describe('a comparison of 120 purchases over many pages', () => {
  const PAGE = 25;
  const lists: (string | null)[] = [];
  let dies: string | null = null;
  let asked: string[];
  let ids: number[];

  const kept = (id: number): KeptPayment => ({
    paymentId: `pay_${id}`,
    amount: { minor: 1500, currency: 'MXN' },
    live: false,
    refundedMinor: 0,
    pendingMinor: 0,
    dispute: null,
  });
  const listed = (id: number) => ({ purchaseId: id, orderRef: `ord_${id}`, payments: [kept(id)] });
  /** Lists all but the last of our purchases; of that one it knows nothing. */
  const gateway = (): PaymentGateway => {
    const never = () => Promise.reject(new Error('not asked for here'));
    return {
      name: 'conekta',
      open: never,
      charge: never,
      look: never,
      cancel: never,
      refund: never,
      trace: never,
      check: never,
      paymentsOf: (orderRef) => {
        asked.push(orderRef);
        const payments = ids.filter((id, index) => index < ids.length - 1 && orderRef === `ord_${id}`).map(kept);
        return Promise.resolve({ kind: 'known', payments });
      },
      changes: (_, from): Promise<ChangesAnswer> => {
        if (from === dies) return Promise.reject(new Error('killed'));
        lists.push(from);
        const start = Number(from ?? 0);
        const orders = ids
          .slice(0, -1)
          .slice(start, start + PAGE)
          .map(listed);
        const next = start + PAGE < ids.length - 1 ? String(start + PAGE) : null;
        return Promise.resolve({ kind: 'page', orders, foreign: 1, next });
      },
    };
  };
  const parts = (changes: Partial<ComparisonParts> = {}): ComparisonParts => ({
    ...market.services.settleParts(market.services.logger),
    comparisons: market.services.comparisons,
    gateway: () => Promise.resolve(gateway()),
    ...changes,
  });

  beforeEach(async () => {
    [lists.length, asked, dies] = [0, [], 'nowhere'];
    const soldAt = market.clock.now();
    ids = Array.from({ length: 120 }, (_, index) => firstPurchaseId(soldAt + index));
    const declined = firstPurchaseId(soldAt + 500);
    for (const id of [...ids, declined]) {
      const purchase = samplePurchase({
        ...{ id, companyId: shop.companyId, state: 'paid', orderRef: `ord_${id}`, paymentId: `pay_${id}` },
        ...{ live: false, createdAt: soldAt, paidAt: soldAt, deliveredAt: soldAt, dueAt: null },
        ...(id === declined && { state: 'declined', paymentId: null }),
      });
      await market.services.table.write({
        kind: 'put',
        key: keys.purchase(shop.companyId, id),
        item: purchaseItem(purchase),
      });
    }
    market.clock.advance(DAY);
  });

  const expectWhole = async () => {
    const { last, run } = await stored();
    expect(run).toBeNull();
    const missing = ids.at(-1);
    expect(last?.gateways).toMatchObject([
      { stage: 'complete', ours: 119, foreign: 5, agreeing: 119, corrected: 0, differing: 1 },
    ]);
    expect(last?.gateways[0]?.differences).toMatchObject([{ purchaseId: missing, kind: 'not-at-gateway' }]);
    expect(alarms(missing ?? 0)).toHaveLength(1);
    expect(new Set(asked)).toEqual(new Set([`ord_${missing}`]));
  };

  it('reads each page once, and asks only about the purchase that no page named', async () => {
    await compareBooks(await stored(), parts());
    expect(lists).toEqual([null, '25', '50', '75', '100']);
    await expectWhole();
  });

  it('goes on after a crash where it was', async () => {
    dies = '50';
    await expect(compareBooks(await stored(), parts())).rejects.toThrow('killed');
    expect((await stored()).run?.gateways).toMatchObject([{ cursor: '50', ours: 50 }]);
    dies = 'nowhere';
    await compareBooks(await stored(), parts());
    expect(lists).toEqual([null, '25', '50', '75', '100']);
    await expectWhole();
  });

  it('leaves the rest to the next sweep when its time is over', async () => {
    let aheadMs = 0;
    const slow: ComparisonParts = parts({ clock: { now: () => market.clock.now() + aheadMs } });
    const slowGateway: PaymentGateway = {
      ...gateway(),
      changes: (...asking) => {
        aheadMs += 3000;
        return gateway().changes(...asking);
      },
    };
    const step = async () => compareBooks(await stored(), { ...slow, gateway: () => Promise.resolve(slowGateway) });
    await step();
    expect(lists).toEqual([null, '25']);
    for (let sweep = 0; sweep < 4; sweep += 1) await step();
    await expectWhole();
  });

  it('counts nothing twice when two sweeps are at it', async () => {
    const comparison = await stored();
    await Promise.all([compareBooks(comparison, parts()), compareBooks(comparison, parts())]);
    for (let sweep = 0; sweep < 5; sweep += 1) await compareBooks(await stored(), parts());
    await expectWhole();
  });

  it('asks about a purchase again later when its gateway does not tell, and in the end says so', async () => {
    const mute: PaymentGateway = {
      ...gateway(),
      paymentsOf: () => Promise.resolve({ kind: 'unknown', cause: 'timeout' }),
    };
    const step = async () => compareBooks(await stored(), parts({ gateway: () => Promise.resolve(mute) }));
    await step();
    expect((await stored()).run?.gateways).toMatchObject([
      { stage: 'searching', unanswered: 1, toReview: [ids.at(-1)] },
    ]);
    for (let hour = 0; hour < 15; hour += 1) {
      market.clock.advance(HOUR);
      await step();
    }
    expect((await stored()).last?.gateways).toMatchObject([
      { stage: 'complete', differing: 1, differences: [{ purchaseId: ids.at(-1), kind: 'not-answered' }] },
    ]);
  });

  it('asks about an order that the list shows unreadably, and goes on with the others', async () => {
    const odd: PaymentGateway = {
      ...gateway(),
      changes: async (...asking) => {
        const page = await gateway().changes(...asking);
        if (page.kind === 'unknown') return page;
        const orders = page.orders.map((order) => (order.purchaseId === ids[3] ? { ...order, payments: null } : order));
        return { ...page, orders };
      },
    };
    await compareBooks(await stored(), parts({ gateway: () => Promise.resolve(odd) }));
    expect(asked).toContain(`ord_${ids[3]}`);
    expect((await stored()).last?.gateways).toMatchObject([
      { stage: 'complete', ours: 119, agreeing: 120, differing: 1 },
    ]);
  });
});
