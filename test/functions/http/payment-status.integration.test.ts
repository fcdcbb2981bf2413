import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { payWithoutUs } from '../../stage/gateways/mercado-pago.ts';
import { type Market, type Shop, startMarket } from '../../stage/market.ts';
import { addRouter } from '../../stage/tenants.ts';

let market: Market;
let shop: Shop;
let accessToken: string;
beforeAll(async () => {
  market = await startMarket();
});
beforeEach(async () => {
  shop = await market.openShop();
  accessToken = `TEST-${randomUUID()}`;
  await market.call('POST', '/api/v1/admin/mi-empresa/configurar-credenciales', {
    headers: shop.admin,
    body: { access_token: accessToken },
  });
});
afterEach(() => market.mercadoPago.clearFaults());
afterAll(() => market.stop());

const ask = (paymentId: string | number, apiKey = shop.apiKey) =>
  market.call('GET', `/api/v1/payments/estado-pago/${paymentId}`, { headers: { 'x-api-key': apiKey } });

async function sell(): Promise<number> {
  const { body } = await market.call('POST', '/api/v1/payments/pagar-mercado-pago', {
    headers: { 'x-api-key': shop.apiKey },
    body: {
      producto_id: shop.productId,
      token: 'mp_test_APRO',
      payment_method_id: 'visa',
      monto: 15,
      nombre_cliente: 'Luis Mora',
      email_cliente: `${randomUUID()}@correo.mx`,
    },
  });
  return body.mercado_pago.payment_id;
}

const notFound = { status: 404, body: { detail: 'Pago no encontrado en Mercado Pago' } };
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/);

describe('the state of a payment', () => {
  it('is what Mercado Pago says at this moment', async () => {
    const paymentId = await sell();
    const answer = await ask(paymentId);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      success: true,
      payment_id: paymentId,
      status: 'approved',
      status_detail: 'accredited',
      amount: 15,
      currency_id: 'MXN',
      date_approved: time,
      date_last_updated: time,
    });
  });

  it('is asked for with the key in force, and then unknown to another account', async () => {
    const paymentId = await sell();
    await market.call('POST', '/api/v1/admin/mi-empresa/configurar-credenciales', {
      headers: shop.admin,
      body: { access_token: `TEST-${randomUUID()}` },
    });
    expect(await ask(paymentId)).toMatchObject(notFound);
  });

  it('is told to no other router of the company, and to no other company', async () => {
    const paymentId = await sell();
    const { apiKey } = await addRouter(market.stage, shop.companyId, { nombre: 'Segundo' });
    expect(await ask(paymentId, apiKey)).toMatchObject(notFound);
    expect(await ask(paymentId)).toMatchObject({ status: 200 });
  });

  it('is told of no payment that was not made here, whatever its reference', async () => {
    const { body } = await market.buy({ producto_id: shop.productId }, { 'x-api-key': shop.apiKey });
    for (const reference of ['TIENDA-7', 'HS1', `HS${body.id_compra}`])
      expect(await ask(await payWithoutUs(market.mercadoPago, accessToken, reference))).toMatchObject(notFound);
  });

  it.each(['1', '9007199254740993', '123456789012345678901234567890'])(
    'of %s, which is not there, is a 404',
    async (id) => {
      expect(await ask(id)).toMatchObject(notFound);
    },
  );

  it.each(['abc', '1.5', '1e3', '-1', '0x10'])('of %s, which is no number of a payment, is a 422', async (id) => {
    const answer = await ask(id);
    expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['path', 'payment_id'] }] } });
  });

  it('is a 400 without credentials', async () => {
    const other = await market.openShop();
    expect(await ask(1, other.apiKey)).toMatchObject({
      status: 400,
      body: { detail: 'La empresa no tiene configurado Mercado Pago' },
    });
  });

  it.each([
    [{ kind: 'wrong-key' }, 400, 'Error de Mercado Pago: credenciales no válidas.'],
    [
      { kind: 'too-many-requests' },
      400,
      'Error de Mercado Pago: demasiadas consultas. Intente de nuevo en un momento.',
    ],
    [{ kind: 'reset', when: 'before' }, 500, 'Error al consultar estado del pago: sin conexión con Mercado Pago'],
    [
      { kind: 'server-error', when: 'before' },
      500,
      'Error al consultar estado del pago: Mercado Pago no está disponible',
    ],
  ] as const)('is neutral about why it is not known: %j', async (fault, status, detail) => {
    const paymentId = await sell();
    market.mercadoPago.addFault({ ...fault, route: 'get-payment', times: 1 });
    expect(await ask(paymentId)).toMatchObject({ status, body: { detail } });
  });

  it('needs a portal`s key', async () => {
    const answer = await market.call('GET', '/api/v1/payments/estado-pago/1', { headers: shop.admin });
    expect(answer.status).toBe(401);
  });
});
