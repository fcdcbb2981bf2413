import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TLS_PORT } from '#shared/routers/client.ts';
import { type Market, startMarket, routerLogin, type Shop } from '../../stage/market.ts';
import { selfSigned } from './routeros/self-signed.ts';
import { openTlsDoor, type TlsDoor } from './routeros/tls-door.ts';

const HOST = '127.0.0.89';
const MINUTE = 60_000;
const own = selfSigned(HOST);
const other = selfSigned(HOST);
const fingerprint = ({ cert }: { readonly cert: string }) =>
  new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase();

let market: Market;
let door: TlsDoor;
let shop: Shop;
beforeAll(async () => {
  market = await startMarket();
  door = await openTlsDoor(HOST, market.router.port, own);
});
afterAll(async () => {
  await door.close();
  await market.stop();
});
/** A shop whose router is reached over TLS; not asked anything yet. */
beforeEach(async () => {
  door.show(own);
  shop = await market.openShop();
  expect((await edit({ host: HOST, puerto: TLS_PORT, password: routerLogin.password })).body).toMatchObject({
    puerto: TLS_PORT,
    advertencias: [],
  });
});

const edit = async (body: object) =>
  market.call('PUT', `/admin/empresas/${shop.companyId}/routers/${shop.routerId}`, {
    headers: await market.stage.asSuperAdmin(),
    body,
  });
const get = async (path: string) =>
  market.call('GET', `/api/v1/admin/${path}`, { headers: await market.stage.asCompanyAdmin(shop.companyId) });
const testConnection = async () => (await get(`routers/${shop.routerId}/test-connection`)).body;
const salud = async () => (await get(`routers/${shop.routerId}/salud`)).body;
const notices = async () => (await get('mi-empresa/avisos')).body.avisos as { tipo: string; mensaje: string }[];
const buy = () => market.buy({ producto_id: shop.productId }, { 'x-api-key': shop.apiKey });
const charges = () => market.conekta.ledger().orders.length;
const stored = async () =>
  (await market.services.routers.find(shop.companyId, shop.routerId)) ?? expect.fail('no router');
const alarms = () =>
  market.log.filter((line) => line.includes('router-certificate-changed') && line.includes(shop.routerId));
const CHANGED = 'el certificado del router cambió';

describe('a router over TLS', () => {
  it('sells, and its certificate is pinned by the first visit', async () => {
    expect((await salud()).huella_certificado).toBeNull();
    expect((await buy()).status).toBe(200);
    expect(await stored()).toMatchObject({ certFingerprint: fingerprint(own), certChangedAt: null });
    expect(await salud()).toMatchObject({ huella_certificado: fingerprint(own), advertencias: [] });
  });

  it('is not pinned by a login that it refused', async () => {
    await edit({ password: 'not-the-password' });
    expect(await testConnection()).toMatchObject({ success: false });
    expect((await stored()).certFingerprint).toBeNull();
  });

  it('that shows another certificate hears nothing, sells nothing, and its operator is told once', async () => {
    expect(await testConnection()).toMatchObject({ success: true });
    door.show(other);
    door.heard.length = 0;
    const before = charges();
    market.clock.advance(2 * MINUTE);
    expect(await buy()).toMatchObject({ status: 500 });
    expect(await testConnection()).toMatchObject({
      success: false,
      error: `No se pudo conectar: Error al conectar: ${CHANGED}`,
    });
    expect(charges()).toBe(before);
    expect(door.heard).toEqual([]);
    expect(await salud()).toMatchObject({ estado: 'caido', motivo_falla: CHANGED });
    expect(await notices()).toMatchObject([{ tipo: 'certificado_cambiado' }]);
    expect(alarms()).toHaveLength(1);
    expect((await stored()).certFingerprint).toBe(fingerprint(own));
  });

  it('that shows its own again sells again, and a later change is told anew', async () => {
    await testConnection();
    for (const told of [1, 2]) {
      door.show(other);
      expect(await testConnection()).toMatchObject({ success: false });
      expect(await notices()).toHaveLength(told);
      door.show(own);
      expect(await testConnection()).toMatchObject({ success: true });
      expect(await stored()).toMatchObject({ certChangedAt: null });
      // A notice is known by the millisecond of its change.
      market.clock.advance(1);
    }
    expect(alarms()).toHaveLength(2);
  });

  it('is told of once by two visits that see it at once, and not of a pin that was replaced meanwhile', async () => {
    await testConnection();
    const { routers, clock } = market.services;
    const seen = await stored();
    const report = (by: number) => routers.reportChangedCertificate(seen, clock.now() + by);
    expect((await Promise.all([report(0), report(1)])).toSorted()).toEqual([false, true]);
    await edit({ password: routerLogin.password });
    expect(await report(2)).toBe(false);
    expect(await stored()).toMatchObject({ certFingerprint: null, certChangedAt: null });
    expect(await notices()).toHaveLength(1);
  });

  it('that really got another one is trusted again by saving its password', async () => {
    await testConnection();
    door.show(other);
    await testConnection();
    expect(await edit({ nombre: 'Otro nombre' })).toMatchObject({ status: 200 });
    expect(await testConnection()).toMatchObject({ success: false });
    await edit({ password: routerLogin.password });
    expect(await testConnection()).toMatchObject({ success: true });
    expect(await stored()).toMatchObject({ certFingerprint: fingerprint(other), certChangedAt: null });
  });
});

describe('a router without a stored password', () => {
  beforeEach(async () => {
    expect((await buy()).status).toBe(200);
    await edit({ host: '127.0.0.1', puerto: market.router.port });
  });

  it('sells nothing, though it answered a moment ago, and charges nothing', async () => {
    const before = charges();
    expect(await buy()).toMatchObject({ status: 500 });
    expect(charges()).toBe(before);
    expect(await salud()).toMatchObject({
      advertencias: ['sin_tls', 'sin_credenciales'],
      motivo_falla: 'el router no tiene credenciales configuradas',
    });
  });

  it('is not asked for its profiles, nor tested', async () => {
    const { connections } = market.router.books.commands();
    expect(await get(`routers/${shop.routerId}/mikrotik-profiles`)).toMatchObject({
      status: 400,
      body: { detail: 'El router no tiene credenciales configuradas completas (host, usuario, contraseña)' },
    });
    expect(await testConnection()).toMatchObject({
      success: false,
      error: 'No se pudo conectar: Error al conectar: el router no tiene credenciales configuradas',
    });
    expect(market.router.books.commands().connections).toBe(connections);
  });

  it('sells again with one', async () => {
    await edit({ password: routerLogin.password });
    expect((await buy()).status).toBe(200);
  });
});
