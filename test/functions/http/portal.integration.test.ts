import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiKeyHash } from '#shared/security/tokens.ts';
import { keys } from '#shared/store/table.ts';
import { type Headers, type Stage, startStage } from '../../stage/stage.ts';
import { addCompany, addRouter, type StagedRouter } from '../../stage/tenants.ts';

let stage: Stage;
let companyId: string;
let router: StagedRouter;
let admin: Headers;

beforeAll(async () => {
  stage = await startStage();
  companyId = await addCompany(stage, { conekta_public_key: 'key_pub_x' });
  admin = await stage.asCompanyAdmin(companyId);
});
afterAll(() => stage.stop());
beforeEach(async () => {
  router = await addRouter(stage, companyId, { ubicacion: 'Planta baja' });
});

const CATALOGUE = '/api/v1/catalogo_perfiles_venta';
const portal = (path: string, apiKey = router.apiKey) => stage.call('GET', path, { headers: { 'x-api-key': apiKey } });
let profiles = 0;
async function addProduct(fields: object = {}): Promise<number> {
  const body = {
    router_id: router.routerId,
    perfil_mikrotik_id: `*${(profiles += 1)}`,
    perfil_mikrotik_nombre: '1hora',
    nombre_venta: '1 hora',
    precio: 15,
    ...fields,
  };
  const answer = await stage.call('POST', '/api/v1/admin/products', { headers: admin, body });
  expect(answer.status).toBe(201);
  return answer.body.id as number;
}
const switchOff = (id: number) => stage.call('DELETE', `/api/v1/admin/products/${id}`, { headers: admin });
const listed = async () => ((await portal(CATALOGUE)).body as { id: number }[]).map(({ id }) => id);
const probes = async () =>
  (await stage.items()).filter(({ routerId, task }) => routerId === router.routerId && task !== undefined);

describe('the public configuration', () => {
  it('tells a portal who sells, with public keys only', async () => {
    const { status, body } = await portal('/api/v1/config/public');
    expect(status).toBe(200);
    expect(body).toEqual({
      empresa: {
        id: companyId,
        nombre: 'WiFi Café Central',
        conekta_public_key: 'key_pub_x',
        mercadopago_public_key: null,
        conekta_mode: 'test',
        mercado_pago_mode: 'test',
        logo_url: null,
        color: null,
        contacto_soporte: null,
        zona_horaria: 'America/Mexico_City',
        plazo_entrega_minutos: 10,
      },
      router: { id: router.routerId, nombre: 'Principal', ubicacion: 'Planta baja' },
    });
  });

  it('costs one read', async () => {
    await portal('/api/v1/config/public');
    expect(await stage.countCalls(() => portal('/api/v1/config/public'))).toEqual({ BatchGetItem: 1 });
  });
});

describe('the catalogue', () => {
  it('is empty before anything is on sale', async () => {
    expect(await portal(CATALOGUE)).toMatchObject({ status: 200, body: [] });
  });

  it('shows details as objects and prices as numbers', async () => {
    const id = await addProduct({ precio: 19.99, detalles: ['10 Mbps', { texto: 'Rápido', megas: 10 }] });
    expect((await portal(CATALOGUE)).body).toEqual([
      {
        id,
        perfil_mikrotik_id: expect.any(String),
        perfil_mikrotik_nombre: '1hora',
        nombre_venta: '1 hora',
        descripcion: null,
        imagen_url: null,
        precio: 19.99,
        duracion_minutos: null,
        limite_mb: null,
        reloj: null,
        dispositivos: null,
        moneda: 'MXN',
        detalles: [{ texto: '10 Mbps' }, { texto: 'Rápido', megas: 10 }],
        destacado: false,
        creado_en: '2026-05-03T18:22:10',
      },
    ]);
  });

  it('holds what is active on the key`s router, by the operator`s order, featured first', async () => {
    const last = await addProduct({ orden_visual: 2 });
    const plain = await addProduct({ orden_visual: 1 });
    const featured = await addProduct({ orden_visual: 1, destacado: true });
    await switchOff(await addProduct());
    const elsewhere = await addRouter(stage, companyId);
    await addProduct({ router_id: elsewhere.routerId });
    expect(await listed()).toEqual([featured, plain, last]);
  });

  it('of a router has nothing for another company', async () => {
    await addProduct();
    expect(await stage.services.products.onSale('EMP_0000000000', router.routerId)).toEqual([]);
  });

  it('shows imported details that are no objects wrapped', async () => {
    const id = await addProduct();
    await stage.services.table.update(keys.product(companyId, id), 'SET #details = :details', {
      ':details': ['suelto', { megas: 10 }],
    });
    expect((await portal(CATALOGUE)).body[0].detalles).toEqual([{ value: 'suelto' }, { megas: '10' }]);
  });

  it('sends one probe to a router nothing is known of, and none while that is on its way', async () => {
    await portal(CATALOGUE);
    await portal(CATALOGUE);
    expect(await probes()).toMatchObject([{ companyId, task: { kind: 'probe' } }]);
  });

  it('costs one batched and one index read while the router`s health is fresh', async () => {
    await addProduct();
    await portal(CATALOGUE);
    const { clock, services } = stage;
    await services.table.update(keys.health(companyId, router.routerId), 'SET #probedAt = :now, #contactAt = :now', {
      ':now': clock.now(),
    });
    expect(await stage.countCalls(() => portal(CATALOGUE))).toEqual({ BatchGetItem: 1, Query: 1 });
    clock.advance(60_000);
    await portal(CATALOGUE);
    expect(await probes()).toHaveLength(2);
  });
});

describe('one product of the catalogue', () => {
  const show = (id: number | string, apiKey?: string) => portal(`${CATALOGUE}/${id}`, apiKey);
  const unavailable = { status: 404, body: { detail: 'Producto no encontrado o no disponible' } };

  it('is the same object as in the list, for one read', async () => {
    const id = await addProduct({ detalles: ['10 Mbps'] });
    const [inList] = (await portal(CATALOGUE)).body;
    const answer = await show(id);
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual(inList);
    expect(await stage.countCalls(() => show(id))).toEqual({ BatchGetItem: 1 });
  });

  it('is a 404 when it is switched off, of another router or company, or not there', async () => {
    const id = await addProduct();
    const sameCompany = await addRouter(stage, companyId);
    const otherCompany = await addRouter(stage, await addCompany(stage));
    expect(await show(id, sameCompany.apiKey)).toMatchObject(unavailable);
    expect(await show(id, otherCompany.apiKey)).toMatchObject(unavailable);
    expect(await show(999_999)).toMatchObject(unavailable);
    await switchOff(id);
    expect(await show(id)).toMatchObject(unavailable);
  });

  it('by something that is no number is a 422', async () => {
    const { status, body } = await show('abc');
    expect(status).toBe(422);
    expect(body.detail).toMatchObject([{ type: 'int_parsing', loc: ['path', 'producto_id'] }]);
  });

  it('named debug is a path that is not there', async () => {
    const nothing = { status: 404, body: { detail: 'Not Found' } };
    expect(await show('debug')).toMatchObject(nothing);
    expect(await stage.call('GET', `${CATALOGUE}/debug`)).toMatchObject(nothing);
  });
});

describe('a portal`s key', () => {
  const config = (headers: Headers) => stage.call('GET', '/api/v1/config/public', { headers });

  it.each(['', ' ', 'Bearer', 'bearer '])(
    'counts beside an Authorization header that carries none: "%s"',
    async (empty) => {
      expect(await config({ 'x-api-key': router.apiKey, authorization: empty })).toMatchObject({ status: 200 });
      expect(await config({ 'x-api-key': '', authorization: empty })).toMatchObject({ status: 403 });
    },
  );

  it('comes by the Bearer scheme where it comes as a credential', async () => {
    const { apiKey } = router;
    expect(await config({ authorization: `Bearer ${apiKey}` })).toMatchObject({ status: 200 });
    expect(await config({ authorization: `Basic ${apiKey}` })).toMatchObject({
      status: 403,
      body: { detail: 'Invalid authentication credentials' },
    });
  });

  it('begins with its prefix, in either header', async () => {
    const bare = router.apiKey.slice('jwt_'.length);
    const refused = { status: 401, body: { detail: 'Formato de API Key inválido' } };
    expect(await config({ 'x-api-key': bare })).toMatchObject(refused);
    expect(await config({ authorization: `Bearer ${bare}` })).toMatchObject(refused);
  });

  it('that is garbage behind the prefix, or was tampered with, is no key', async () => {
    const [head, payload, signature = ''] = router.apiKey.split('.');
    const { sub, ...claims } = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
    const other = Buffer.from(JSON.stringify({ ...claims, sub: 'RTR_00000000' })).toString('base64url');
    expect(sub).toBe(router.routerId);
    const flipped = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    for (const forged of [
      'jwt_',
      'jwt_abc',
      'jwt_a.b.c',
      `${head}.${other}.${signature}`,
      `${head}.${payload}.${flipped}`,
    ])
      expect([forged, await config({ 'x-api-key': forged })]).toMatchObject([
        forged,
        { status: 401, body: { detail: 'API Key inválida' } },
      ]);
  });

  it('of ours that nobody stored is as a revoked one, or over when it is over', async () => {
    const now = stage.clock.now();
    const claims = { keyId: 'key_0', companyId, routerId: router.routerId, issuedAt: now };
    const unknown = await stage.services.tokens.signApiKey({ ...claims, expiresAt: now + 60_000 });
    const over = await stage.services.tokens.signApiKey({ ...claims, expiresAt: now - 60_000 });
    const revoked = { status: 401, body: { detail: 'API Key no válida o revocada' } };
    expect(await config({ 'x-api-key': unknown.reveal() })).toMatchObject(revoked);
    expect(await config({ 'x-api-key': over.reveal() })).toMatchObject({ body: { detail: 'API Key expirada' } });
    await stage.services.table.update(keys.apiKey(apiKeyHash(router.apiKey)), 'SET #revokedAt = :now', { ':now': now });
    expect(await config({ 'x-api-key': router.apiKey })).toMatchObject(revoked);
  });

  it('is refused beside another one, in whatever spelling of the scheme', async () => {
    const { apiKey } = router;
    expect(await config({ 'x-api-key': apiKey, authorization: `bearer ${apiKey}` })).toMatchObject({ status: 200 });
    const { apiKey: other } = await addRouter(stage, companyId);
    expect(await config({ 'x-api-key': apiKey, authorization: `Bearer ${other}` })).toMatchObject({
      status: 401,
      body: { detail: 'API Key inválida' },
    });
  });

  it('that is over is told so, revoked or not', async () => {
    const expired = { status: 401, body: { detail: 'API Key expirada' } };
    const key = keys.apiKey(apiKeyHash(router.apiKey));
    await stage.services.table.update(key, 'SET #expiresAt = :now', { ':now': stage.clock.now() });
    expect(await portal(CATALOGUE)).toMatchObject(expired);
    await stage.services.table.update(key, 'SET #revokedAt = :now', { ':now': stage.clock.now() });
    expect(await portal(CATALOGUE)).toMatchObject(expired);
  });
});

describe('a switched off company', () => {
  it('closes every key of its routers', async () => {
    const { companyId: closed, apiKey } = await addRouter(stage, await addCompany(stage));
    await stage.services.table.update(keys.company(closed), 'SET #active = :no', { ':no': false });
    for (const path of ['/api/v1/config/public', CATALOGUE, `${CATALOGUE}/1`])
      expect(await portal(path, apiKey)).toMatchObject({ status: 401, body: { detail: 'Empresa no activa' } });
  });
});

describe.each(['/api/v1/config/public', CATALOGUE, `${CATALOGUE}/1`])('the portal`s %s', (path) => {
  it('is closed without a key, to a session, and to a key of an inactive router', async () => {
    expect(await stage.call('GET', path)).toMatchObject({ status: 403, body: { detail: 'Not authenticated' } });
    expect(await stage.call('GET', path, { headers: admin })).toMatchObject({
      status: 401,
      body: { detail: 'Formato de API Key inválido' },
    });
    await stage.services.routers.setActive(companyId, router.routerId, false);
    expect(await portal(path)).toMatchObject({ status: 401, body: { detail: 'Router inactivo' } });
  });
});
