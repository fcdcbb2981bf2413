import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Market, newToken, type Shop, startMarket } from '../../stage/market.ts';
import type { Headers } from '../../stage/stage.ts';

let market: Market;
let shop: Shop;
let stranger: Headers;
beforeAll(async () => {
  market = await startMarket();
  stranger = (await market.openShop()).admin;
});
beforeEach(async () => {
  shop = await market.openShop();
});
afterAll(() => market.stop());

const BASE = '/api/v1/webhook';
const ownUrl = () => market.services.ownUrl;
const urlOf = (companyId: string) =>
  `${ownUrl()}/api/v1/webhook/mercado-pago?empresa=${companyId}&source_news=webhooks`;
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/);
const unknownCompany = { status: 404, body: { detail: 'Empresa no encontrada' } };

const configure = (body: unknown, headers = shop.admin, companyId = shop.companyId) =>
  market.call('POST', `${BASE}/empresa/${companyId}/configurar-webhook`, {
    headers,
    ...(body !== undefined && { body }),
  });
const status = (headers = shop.admin, companyId = shop.companyId) =>
  market.call('GET', `${BASE}/empresa/${companyId}/estado-webhook`, { headers });
const transaction = (reference: string | number, headers = shop.admin) =>
  market.call('GET', `${BASE}/transaccion/${reference}`, { headers });

const storedSecret = async () => {
  const sealed = (await market.services.companies.find(shop.companyId))?.mercadoPago.sealedWebhookSecret;
  return sealed ? (await market.services.box('gateway-credentials').open(shop.companyId, sealed)).reveal() : null;
};

describe('a company`s webhook secret', () => {
  it('is stored sealed, and answered with the address and instructions that show none of it', async () => {
    const answer = await configure({ webhook_secret: ' planted-hook-secret ' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      success: true,
      message: 'Clave secreta configurada correctamente',
      empresa: { id: shop.companyId, nombre: 'WiFi Café Central' },
      webhook_url: urlOf(shop.companyId),
      instrucciones: [1, 2, 3, 4, 5].map((step) => expect.stringMatching(new RegExp(`^${step}\\. `))),
    });
    expect(answer.body.instrucciones[1]).toContain(urlOf(shop.companyId));
    expect(JSON.stringify(answer.body)).not.toContain('planted');
    expect(JSON.stringify(await market.items()) + market.log.join('\n')).not.toContain('planted-hook');
    expect(await storedSecret()).toBe('planted-hook-secret');
  });

  it('leaves the access token as it is, and is set by a super admin too', async () => {
    await market.call('POST', '/api/v1/admin/mi-empresa/configurar-credenciales', {
      headers: shop.admin,
      body: { access_token: 'TEST-kept', mode: 'live' },
    });
    const before = await market.services.companies.find(shop.companyId);
    expect(await configure({ webhook_secret: 'by-root' }, await market.asSuperAdmin())).toMatchObject({ status: 200 });
    const after = await market.services.companies.find(shop.companyId);
    expect(after?.mercadoPago).toMatchObject({
      sealedAccessToken: before?.mercadoPago.sealedAccessToken,
      mode: 'live',
    });
    expect(await storedSecret()).toBe('by-root');
  });

  it.each([[undefined], [{}], [{ webhook_secret: null }], [{ webhook_secret: ' ' }], [{ webhook_secret: '********' }]])(
    'is required: %j is a 400 and changes nothing',
    async (body) => {
      await configure({ webhook_secret: 'kept' });
      expect(await configure(body)).toMatchObject({ status: 400, body: { detail: 'webhook_secret es requerido' } });
      expect(await storedSecret()).toBe('kept');
    },
  );

  it('is a 422 when it is no text or too long', async () => {
    for (const webhook_secret of [7, 'x'.repeat(256)])
      expect(await configure({ webhook_secret })).toMatchObject({ status: 422 });
  });

  it('is nobody else`s to set: another company`s admin gets the answer of an unknown company', async () => {
    expect(await configure({ webhook_secret: 'stolen' }, stranger)).toMatchObject(unknownCompany);
    expect(await storedSecret()).toBeNull();
    const superAdmin = await market.asSuperAdmin();
    expect(await configure({ webhook_secret: 'x' }, superAdmin, 'EMP_0000000000')).toMatchObject(unknownCompany);
  });

  it('needs a session', async () => {
    for (const answer of [
      await configure({ webhook_secret: 'x' }, {}),
      await status({}),
      await transaction('HS1', {}),
      await status({ 'x-api-key': shop.apiKey }),
    ])
      expect(answer.status).toBe(403);
  });
});

describe('the state of a company`s webhook', () => {
  it('says what is configured, and counts the transactions that the list shows', async () => {
    const sell = (token_tarjeta: string) =>
      market.buy({ producto_id: shop.productId, token_tarjeta }, { 'x-api-key': shop.apiKey });
    await sell(newToken());
    await sell(newToken('card_declined'));
    const before = await status();
    expect(before.status).toBe(200);
    expect(before.body).toEqual({
      empresa: {
        id: shop.companyId,
        nombre: 'WiFi Café Central',
        modo_mercado_pago: 'test',
        access_token_configurado: false,
        webhook_secret_configurado: false,
      },
      estadisticas: { total_transacciones: 1 },
      configuracion_webhook: {
        url: urlOf(shop.companyId),
        metodo: 'POST',
        header_firma: 'X-Signature',
        tipo_contenido: 'application/json',
      },
      estado: 'pendiente',
      timestamp: time,
    });
    await configure({ webhook_secret: 'hook' });
    expect((await status(await market.asSuperAdmin())).body).toMatchObject({
      empresa: { webhook_secret_configurado: true },
      estado: 'configurado',
    });
  });

  it('is nobody else`s to see', async () => {
    expect(await status(stranger)).toMatchObject(unknownCompany);
    expect(await status(await market.asSuperAdmin(), 'EMP_0000000000')).toMatchObject(unknownCompany);
  });
});

it('the webhook`s own address is told to anybody', async () => {
  const { status: code, body } = await market.call('GET', `${BASE}/test-webhook`);
  expect(code).toBe(200);
  expect(body).toEqual({
    status: 'active',
    service: 'Mercado Pago Webhook',
    endpoint: '/api/v1/webhook/mercado-pago',
    method: 'POST',
    description: expect.any(String),
    url_produccion: `${ownUrl()}/api/v1/webhook/mercado-pago`,
    url_pruebas: `${ownUrl()}/api/v1/webhook/mercado-pago`,
    health_check: 'ok',
    timestamp: time,
  });
});

describe('a transaction by its external reference', () => {
  const unknown = { status: 404, body: { detail: 'Transaction not found' } };
  const sell = async (): Promise<number> =>
    (await market.buy({ producto_id: shop.productId }, { 'x-api-key': shop.apiKey })).body.id_compra;

  it('of Conekta is found by its number, shows Conekta`s order as its reference, and of the user name two letters', async () => {
    const id = await sell();
    const found = await transaction(`HS${id}`);
    expect(found.status).toBe(200);
    const order = expect.stringMatching(/^ord_/);
    expect(found.body).toEqual({
      transaction: {
        id,
        transaccion_id: order,
        external_reference: order,
        empresa_id: shop.companyId,
        estado_pago: 'paid',
        monto: 15,
        usuario_hotspot: expect.stringMatching(/^PT-\*{6}[A-Z0-9]{2}$/),
        creada_en: time,
        pagada_en: time,
        webhook_processed: false,
        notification_id: null,
        metadata_json: { gateway: 'conekta', payment_method: null, status_detail: null, installments: null },
      },
      empresa: { id: shop.companyId, nombre: 'WiFi Café Central', tiene_webhook_secret: false },
    });
    expect((await transaction(id)).body).toEqual(found.body);
    expect((await transaction(id, await market.asSuperAdmin())).body).toEqual(found.body);
  });

  it('of Mercado Pago is found by the reference that Mercado Pago has', async () => {
    await market.call('POST', '/api/v1/admin/mi-empresa/configurar-credenciales', {
      headers: shop.admin,
      body: { access_token: `TEST-${randomUUID()}`, webhook_secret: 'hook' },
    });
    const sold = await market.call('POST', '/api/v1/payments/pagar-mercado-pago', {
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
    const id: number = sold.body.id_compra;
    expect((await transaction(`HS${id}`)).body).toMatchObject({
      transaction: {
        transaccion_id: sold.body.id_transaccion,
        external_reference: `HS${id}`,
        estado_pago: 'approved',
        metadata_json: {
          gateway: 'mercado_pago',
          payment_method: 'visa',
          status_detail: 'accredited',
          installments: 1,
        },
      },
      empresa: { tiene_webhook_secret: true },
    });
  });

  it('of another company is as unknown as one that never was', async () => {
    const id = await sell();
    expect(await transaction(`HS${id}`, stranger)).toMatchObject(unknown);
    for (const reference of ['HS1', '1', 'hs', 'HS', `HX${id}`, `HS${id}x`, '9'.repeat(30), 'ord_1'])
      expect(await transaction(reference)).toMatchObject(unknown);
  });
});
