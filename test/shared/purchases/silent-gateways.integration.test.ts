import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Market, startMarket } from '../../stage/market.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

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

const find = async (id: number) => {
  const purchase = await market.services.purchases.find(market.shop.companyId, id);
  if (!purchase) throw new Error('The purchase is gone');
  return purchase;
};
const stateOf = async (id: number) => (await find(id)).state;
const admin = () => market.asCompanyAdmin(market.shop.companyId);
const refund = async (id: number) =>
  market.call('POST', `/api/v1/admin/mi-empresa/transacciones/${id}/reembolsar`, { headers: await admin() });

describe('a key that was replaced and no longer works', () => {
  it('is no obstacle to a refund: the one in force is at the same account', async () => {
    const { id_compra: id } = (await market.buy()).body;
    // Of two keys the gateway takes the second one.
    market.conekta.addFault({ route: 'get-order', kind: 'wrong-key', times: 1 });
    expect((await refund(id)).status).toBe(200);
    expect(await stateOf(id)).toBe('refunded');
  });

  it('that nothing can take the place of is told to the operator, and after a day the refund is a person`s', async () => {
    const { id_compra: id } = (await market.buy()).body;
    market.conekta.addFault({ route: 'get-order', kind: 'wrong-key' });
    await refund(id);
    expect(await stateOf(id)).toBe('refunding');
    const { avisos } = (await market.call('GET', '/api/v1/admin/mi-empresa/avisos', { headers: await admin() })).body;
    expect(avisos).toContainEqual(expect.objectContaining({ tipo: 'llave_rechazada' }));
    const reads = market.conekta.calls()['get-order'];
    for (let hour = 0; hour < 26 && (await stateOf(id)) === 'refunding'; hour += 1) await market.later(HOUR);
    expect(await stateOf(id)).toBe('refund_failed');
    // Ever more seldom, each time with both keys.
    expect(market.conekta.calls()['get-order'] - reads).toBeLessThan(70);
    market.conekta.clearFaults();
    await market.later(25 * HOUR);
    expect(await stateOf(id)).toBe('refunded');
  });
});

describe('a second payment that the bank disputes', () => {
  it('takes nothing from the first one, and costs no access', async () => {
    market.mercadoPago.addFault({ route: 'create-payment', kind: 'charged-twice', times: 1 });
    const answer = await market.buyWithMercadoPago();
    expect(answer.status).toBe(200);
    const { id_compra: id } = answer.body;
    const own = (await find(id)).paymentId;
    const twins = market.mercadoPago.ledger().payments.filter((one) => one.external_reference === `HS${id}`);
    const second = twins.find((twin) => String(twin.id) !== own)?.id ?? 0;
    market.mercadoPago.chargeBack(second, 'opened');
    for (const mail of market.mercadoPago.notifications.take()) await market.deliver(mail);
    await market.until(async () => (await find(id)).surplusPaymentIds.length === 1);
    for (const wait of [MINUTE, 10 * MINUTE, HOUR]) await market.later(wait);
    expect(market.mercadoPago.ledger().refunds).toEqual([]);
    market.mercadoPago.chargeBack(second, 'lost');
    for (const wait of [HOUR, 2 * HOUR]) await market.later(wait);
    expect(await find(id)).toMatchObject({ state: 'paid', withdrawnAt: null, refundTargetMinor: 0 });
    expect(market.mercadoPago.ledger().refunds).toEqual([]);
  });
});

describe('a dispute whose end nobody tells', () => {
  it('is asked about once a day, not in every sweep', async () => {
    const { id_compra: id } = (await market.buy()).body;
    market.conekta.notifications.take();
    market.conekta.chargeBack((await find(id)).orderRef ?? '', 'opened');
    await market.sweep();
    for (const mail of market.conekta.notifications.take()) await market.deliver(mail);
    await market.until(async () => (await stateOf(id)) === 'disputed');
    market.conekta.addFault({ route: 'get-order', kind: 'server-error', when: 'before' });
    await market.later(25 * HOUR);
    const reads = market.conekta.calls()['get-order'];
    for (let sweep = 0; sweep < 10; sweep += 1) await market.later(MINUTE);
    expect(market.conekta.calls()['get-order']).toBe(reads);
    market.conekta.clearFaults();
    market.conekta.chargeBack((await find(id)).orderRef ?? '', 'won');
    await market.later(25 * HOUR);
    expect(await stateOf(id)).toBe('paid');
  });
});
