import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Market, type Shop, startMarket } from '../../stage/market.ts';
import { addCompany } from '../../stage/tenants.ts';

let market: Market;
let shop: Shop;
beforeAll(async () => {
  market = await startMarket();
});
beforeEach(async () => {
  shop = await market.openShop();
});
afterEach(() => {
  market.conekta.clearFaults();
  market.mercadoPago.clearFaults();
});
afterAll(() => market.stop());

const HOME = '/api/v1/admin/mi-empresa';
const post = (path: string, body?: unknown) =>
  market.call('POST', `${HOME}${path}`, { headers: shop.admin, ...(body !== undefined && { body }) });
const warnings = async (gateway: string): Promise<unknown> =>
  (await market.call('GET', `${HOME}/${gateway}`, { headers: shop.admin })).body.configuracion_actual.advertencias;
const everythingStored = async () => JSON.stringify(await market.items()) + market.log.join('\n');

const MISMATCH = 'Atención: es de pruebas (test), pero está configurada como producción (live).';

describe('testing Conekta`s keys', () => {
  /** Conekta tells the mode of a key by the orders made with it. */
  const sell = async () => {
    const body = { producto_id: shop.productId };
    expect(await market.buy(body, { 'x-api-key': shop.apiKey })).toMatchObject({ status: 200 });
  };
  const label = (mode: string) => post('/configurar-conekta', { conekta_mode: mode });

  it('says that they work, and for which mode', async () => {
    await sell();
    expect(await post('/probar-conekta')).toMatchObject({ status: 200 });
    expect((await post('/probar-conekta', {})).body).toEqual({
      ok: true,
      resultado: 'Conekta acepta la llave.',
      modo_configurado: 'test',
      modo_detectado: 'test',
      advertencias: [],
    });
    expect(await warnings('conekta')).toEqual([]);
  });

  it('warns of a label that says otherwise, there and beside the settings until label or keys are changed', async () => {
    await sell();
    await label('live');
    expect(await warnings('conekta')).toEqual([]);
    expect((await post('/probar-conekta')).body).toEqual({
      ok: true,
      resultado: `Conekta acepta la llave. ${MISMATCH}`,
      modo_configurado: 'live',
      modo_detectado: 'test',
      advertencias: ['modo_distinto'],
    });
    expect(await warnings('conekta')).toEqual(['modo_distinto']);
    await label('test');
    expect(await warnings('conekta')).toEqual([]);
    await label('live');
    expect(await warnings('conekta')).toEqual(['modo_distinto']);
    await post('/configurar-conekta', { conekta_private_key: 'key_another' });
    expect(await warnings('conekta')).toEqual([]);
  });

  it('moves no money and saves nothing but what Conekta reported', async () => {
    const before = await market.services.companies.find(shop.companyId);
    const charges = market.conekta.calls()['create-charge'];
    await post('/probar-conekta');
    expect(market.conekta.calls()['create-charge']).toBe(charges);
    expect(await market.services.companies.find(shop.companyId)).toEqual({
      ...before,
      conekta: { ...before?.conekta, reportedLive: expect.toBeOneOf([false, null]) },
    });
  });

  it('tells a refused key from no answer', async () => {
    const failed = { ok: false, modo_configurado: 'test', modo_detectado: null, advertencias: [] };
    market.conekta.addFault({ route: 'search-orders', kind: 'wrong-key', times: 1 });
    expect((await post('/probar-conekta')).body).toEqual({
      ...failed,
      resultado: 'Conekta no acepta la llave. Verifique que esté completa y vigente.',
    });
    market.conekta.addFault({ route: 'search-orders', kind: 'reset', when: 'before', times: 1 });
    expect((await post('/probar-conekta')).body).toEqual({
      ...failed,
      resultado: 'Conekta no respondió. Intente de nuevo.',
    });
  });

  it('takes a key that is not saved, and keeps neither it nor what Conekta says of it', async () => {
    const candidate = { conekta_private_key: `key_planted_${randomUUID()}` };
    await post('/configurar-conekta', candidate);
    await sell();
    await post('/configurar-conekta', { conekta_private_key: 'key_in_force' });
    const before = await market.services.companies.find(shop.companyId);
    const answer = await post('/probar-conekta', candidate);
    expect(answer).toMatchObject({ status: 200, body: { ok: true, modo_detectado: 'test' } });
    expect(await market.services.companies.find(shop.companyId)).toEqual(before);
    expect(await everythingStored()).not.toContain('key_planted');
    expect(JSON.stringify(answer)).not.toContain('key_planted');
  });

  it('says nothing of keys that were saved while Conekta was thinking', async () => {
    await sell();
    await label('live');
    const asked = market.conekta.calls()['search-orders'];
    market.conekta.addFault({ route: 'search-orders', kind: 'delay', when: 'before', ms: 400, times: 1 });
    const testing = post('/probar-conekta');
    await market.until(() => market.conekta.calls()['search-orders'] > asked);
    await post('/configurar-conekta', { conekta_private_key: 'key_newer' });
    expect((await testing).body.advertencias).toEqual(['modo_distinto']);
    expect(await warnings('conekta')).toEqual([]);
  });

  it('is a 400 while only the placeholder stands', async () => {
    const headers = await market.asCompanyAdmin(await addCompany(market.stage));
    expect(await market.call('POST', `${HOME}/probar-conekta`, { headers })).toMatchObject({
      status: 400,
      body: { detail: 'La empresa no tiene configurado Conekta' },
    });
  });

  it('is refused a key that is too long, and a super admin', async () => {
    expect(await post('/probar-conekta', { conekta_private_key: 'k'.repeat(101) })).toMatchObject({ status: 422 });
    const headers = await market.asSuperAdmin();
    expect(await market.call('POST', `${HOME}/probar-conekta`, { headers })).toMatchObject({ status: 403 });
  });
});

describe('testing Mercado Pago`s keys', () => {
  const save = (mode: string) => post('/configurar-credenciales', { access_token: `TEST-${randomUUID()}`, mode });

  it('is a 400 before any are saved', async () => {
    expect(await post('/probar-mercado-pago')).toMatchObject({
      status: 400,
      body: { detail: 'La empresa no tiene configurado Mercado Pago' },
    });
  });

  it('says that they work', async () => {
    await save('test');
    const { status, body } = await post('/probar-mercado-pago');
    expect(status).toBe(200);
    expect(body).toMatchObject({ ok: true, resultado: 'Mercado Pago acepta la llave.', modo_configurado: 'test' });
    expect(body).toMatchObject({ modo_detectado: 'test', advertencias: [] });
    expect(await warnings('mercado-pago')).toEqual([]);
  });

  it('warns of a label that says otherwise, until other keys are saved', async () => {
    await post('/configurar-credenciales', { access_token: `APP_USR-${randomUUID()}`, mode: 'test' });
    expect((await post('/probar-mercado-pago')).body).toEqual({
      ok: true,
      resultado:
        'Mercado Pago acepta la llave. ' +
        'Atención: es de producción (live), pero está configurada como pruebas (test).',
      modo_configurado: 'test',
      modo_detectado: 'live',
      advertencias: ['modo_distinto'],
    });
    await post('/configurar-credenciales', { webhook_secret: 'hook' });
    expect(await warnings('mercado-pago')).toEqual(['modo_distinto']);
    await save('test');
    expect(await warnings('mercado-pago')).toEqual([]);
  });

  it('tells a refused key from no answer, and takes one that is not saved', async () => {
    await save('test');
    expect((await post('/probar-mercado-pago', { access_token: 'TEST-bad-planted' })).body).toMatchObject({
      ok: false,
      resultado: 'Mercado Pago no acepta la llave. Verifique que esté completa y vigente.',
    });
    market.mercadoPago.addFault({ route: 'get-user', kind: 'server-error', when: 'before' });
    expect((await post('/probar-mercado-pago')).body).toMatchObject({
      ok: false,
      resultado: 'Mercado Pago no respondió. Intente de nuevo.',
    });
    expect(await everythingStored()).not.toContain('bad-planted');
  });
});
