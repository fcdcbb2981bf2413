import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reviewPurchase } from '#shared/purchases/review.ts';
import { newestPurchases } from '../../stage/newest-purchases.ts';
import { payWithoutUs } from '../../stage/gateways/mercado-pago.ts';
import { type Market, startMarket } from '../../stage/market.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const accessToken = `TEST-${randomUUID()}`;

let market: Market;
beforeAll(async () => {
  market = await startMarket();
  await market.call('POST', '/api/v1/payments/configurar-credenciales', {
    headers: market.shop.admin,
    body: { access_token: accessToken, public_key: 'TEST-public', mode: 'test' },
  });
});
afterEach(async () => {
  market.mercadoPago.clearFaults();
  await market.router.clearFaults();
});
afterAll(() => market.stop());

const token = (holder = 'APRO') => `mp_test_${holder}_${randomUUID()}`;
const buy = (changes: Readonly<Record<string, unknown>> = {}, apiKey = market.shop.apiKey) =>
  market.call('POST', '/api/v1/payments/pagar-mercado-pago', {
    headers: { 'x-api-key': apiKey },
    body: {
      producto_id: market.shop.productId,
      token: token(),
      payment_method_id: 'visa',
      issuer_id: '25',
      monto: 15,
      nombre_cliente: 'Luis Mora',
      email_cliente: `${randomUUID()}@correo.mx`,
      device_id: 'device-1',
      payer: { email: 'other@correo.mx', identification: { type: 'RFC', number: 'MOLL800101AAA' } },
      ...changes,
    },
  });
const approved = () => market.mercadoPago.ledger().payments.filter(({ status }) => status === 'approved').length;
const payments = () => market.mercadoPago.ledger().payments.length;
const newest = async () => (await newestPurchases(market.services, market.shop.companyId, 1))[0];

describe('a purchase with Mercado Pago', () => {
  it('answers as the contract shows, and puts one user on the router', async () => {
    const users = market.customers().length;
    const answer = await buy({ cuotas: 3 });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        success: true,
        id_transaccion: expect.stringMatching(/^\d+$/),
        estado_pago: 'approved',
        usuario_hotspot: { usuario: expect.stringMatching(/^PT-/) },
        estado_entrega: 'entregado',
        mercado_pago: {
          payment_id: expect.any(Number),
          status: 'approved',
          status_detail: 'accredited',
          installments: 3,
          payment_method: { id: 'visa', installments: 3 },
          raw_response: {},
        },
      },
    });
    expect(String(answer.body.mercado_pago.payment_id)).toBe(answer.body.id_transaccion);
    expect(market.customers().length).toBe(users + 1);
    expect(market.mercadoPago.ledger().payments.at(-1)).toMatchObject({
      amount: 1500,
      currency: 'MXN',
      external_reference: `HS${answer.body.id_compra}`,
    });
  });

  it('tells a browser a short list of what Mercado Pago answered, and nothing of it as it came', async () => {
    const { mercado_pago: told } = (await buy()).body;
    expect(told).toEqual({
      payment_id: expect.any(Number),
      status: 'approved',
      status_detail: 'accredited',
      installments: 1,
      payment_method: {
        id: 'visa',
        type: expect.any(String),
        issuer: expect.any(String),
        last_four_digits: expect.stringMatching(/^\d{4}$/),
        installments: 1,
      },
      raw_response: {},
    });
  });

  it('takes the issuer as a number too, as forms of Mercado Pago send it', async () => {
    const sent = { token: token(), email_cliente: 'issuer@correo.mx' };
    const [asNumber, asText] = [await buy({ ...sent, issuer_id: 25 }), await buy({ ...sent, issuer_id: '25' })];
    expect(asNumber.status).toBe(200);
    expect(asText.body).toEqual(asNumber.body);
  });

  it('is one call to the gateway', async () => {
    const before = market.mercadoPago.calls();
    await buy();
    expect(market.mercadoPago.calls()).toEqual({ ...before, 'create-payment': before['create-payment'] + 1 });
  });

  it('ten times at once is one payment, and ten equal answers', async () => {
    const before = approved();
    const body = { token: token(), email_cliente: 'ten@correo.mx' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => buy(body)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(approved()).toBe(before + 1);
  });

  it.each([
    ['FUND', 402, '❌ Fondos insuficientes en la tarjeta.'],
    ['CALL', 402, '⚠️ El pago requiere autorización del banco.'],
    ['SECU', 402, '❌ Código de seguridad (CVV) incorrecto.'],
    ['BLAC', 402, '❌ No se puede procesar el pago con esta tarjeta.'],
    ['DUPL', 402, '⚠️ Este pago ya fue procesado anteriormente.'],
  ])('declined for %s says why, and leaves no user', async (holder, status, detail) => {
    const users = market.customers().length;
    expect(await buy({ token: token(holder) })).toMatchObject({ status, body: { detail } });
    expect(market.customers().length).toBe(users);
  });
});

describe('before any charge', () => {
  it('another amount than the price is refused', async () => {
    const before = payments();
    expect(await buy({ monto: 10 })).toMatchObject({
      status: 400,
      body: { detail: 'El monto ($10.00) no coincide con el producto ($15.00)' },
    });
    expect((await buy({ monto: '15.01' })).status).toBe(200);
    expect(payments()).toBe(before + 1);
  });

  it('a company without Mercado Pago sells nothing by it', async () => {
    const other = await market.openShop();
    expect(await buy({ producto_id: other.productId }, other.apiKey)).toMatchObject({
      status: 400,
      body: { detail: 'La empresa no tiene configurado Mercado Pago' },
    });
  });

  it.each([
    ['no amount', { monto: undefined }],
    ['an amount that is none', { monto: 'fifteen' }],
    ['no method', { payment_method_id: undefined }],
    ['no token', { token: undefined }],
    ['no instalments at all', { cuotas: 0 }],
    ['a name of 101 characters', { nombre_cliente: 'x'.repeat(101) }],
    ['a phone of 21 characters', { telefono_cliente: '1'.repeat(21) }],
  ])('%s is a 422 that echoes nothing', async (_what, change) => {
    const before = payments();
    const answer = await buy(change);
    expect(answer.status).toBe(422);
    expect(answer.body.detail[0].loc).toEqual(['body', Object.keys(change)[0]]);
    expect(JSON.stringify(answer.body)).not.toContain('mp_test');
    expect(payments()).toBe(before);
  });
});

describe('when the answer is lost', () => {
  it('a payment that was made is found, delivered, and never made twice', async () => {
    const before = approved();
    market.mercadoPago.addFault({ kind: 'reset', route: 'create-payment', when: 'after', times: 1 });
    market.mercadoPago.addFault({ kind: 'server-error', route: 'search-payments', when: 'before', times: 1 });
    const answer = await buy();
    expect(answer).toMatchObject({
      status: 504,
      body: { detail: 'Estamos confirmando tu pago. No vuelvas a pagar.', consulta_url: expect.any(String) },
    });
    await market.later(31 * SECOND);
    const link = String(answer.body.consulta_url);
    await market.until(async () => (await market.call('GET', link)).body.estado_entrega === 'entregado');
    expect(approved()).toBe(before + 1);
  });

  it('a payment that was not made is given up only after a day of searching', async () => {
    market.mercadoPago.addFault({ kind: 'reset', route: 'create-payment', when: 'before', times: 1 });
    await buy();
    for (const ms of [31 * SECOND, 2 * MINUTE, 5 * MINUTE, 9 * MINUTE, 30 * MINUTE]) await market.later(ms);
    expect(await newest()).toMatchObject({ state: 'in_doubt' });
    for (let hour = 0; hour < 25; hour += 1) await market.later(HOUR);
    expect(await newest()).toMatchObject({ state: 'not_charged' });
  });
});

describe('what was paid', () => {
  it('is given back once, the whole of it, and the user goes', async () => {
    const { body } = await buy();
    const path = `/api/v1/admin/mi-empresa/transacciones/${body.id_compra}/reembolsar`;
    const users = market.customers().length;
    expect(
      (await market.call('POST', path, { headers: await market.asCompanyAdmin(market.shop.companyId) })).status,
    ).toBe(200);
    await market.later(MINUTE);
    await market.until(() => market.customers().length === users - 1);
    expect(await newest()).toMatchObject({ state: 'refunded', refundedMinor: 1500 });
    const refunds = market.mercadoPago.ledger().refunds.filter((one) => String(one.payment_id) === body.id_transaccion);
    expect(refunds).toMatchObject([{ amount: 1500, status: 'approved' }]);
  });

  it('once more goes back whole, although the bank took the first payment, of which a part was back', async () => {
    const { body } = await buy();
    await market.call('POST', `/api/v1/admin/mi-empresa/transacciones/${body.id_compra}/reembolsar`, {
      headers: await market.asCompanyAdmin(market.shop.companyId),
      body: { monto: 5 },
    });
    const own = Number(body.id_transaccion);
    market.mercadoPago.chargeBack(own, 'opened');
    market.mercadoPago.chargeBack(own, 'lost');
    const purchase = await newest();
    if (!purchase) throw new Error('nothing was bought');
    const parts = market.services.settleParts(market.services.logger);
    await reviewPurchase(purchase, parts);
    // As a copy of the charge that comes late: the same reference, another payment.
    const again = await payWithoutUs(market.mercadoPago, accessToken, String(purchase.orderRef));
    await reviewPurchase((await newest()) ?? purchase, parts);
    const { refunds } = market.mercadoPago.ledger();
    expect(refunds.filter((one) => [own, again].includes(one.payment_id))).toMatchObject([
      { payment_id: own, amount: 500 },
      { payment_id: again, amount: 1500 },
    ]);
    expect(await newest()).toMatchObject({ state: 'charged_back', dueAt: null });
  });

  it('and not delivered in time goes back by itself', async () => {
    await buy();
    await market.router.addFault({ name: 'refuse-connections' });
    const { body } = await buy();
    expect(body).toMatchObject({ estado_entrega: 'pendiente' });
    await market.later(11 * MINUTE);
    await market.until(async () => (await newest())?.state === 'refunded');
    expect(market.mercadoPago.ledger().refunds.at(-1)).toMatchObject({ amount: 1500 });
  });
});
