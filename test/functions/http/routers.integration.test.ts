import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKeyHash, readApiKeyClaims } from '#shared/security/tokens.ts';
import { keys } from '#shared/store/table.ts';
import { type Headers, type Stage, startStage } from '../../stage/stage.ts';
import { addCompany, addRouter, routerFields } from '../../stage/tenants.ts';

let stage: Stage;
let headers: Headers;
let companyId: string;
beforeAll(async () => {
  stage = await startStage();
  headers = await stage.asSuperAdmin();
  companyId = await addCompany(stage);
});
afterAll(() => stage.stop());

const create = (body: unknown, company = companyId) =>
  stage.call('POST', `/admin/empresas/${company}/routers`, { headers, body });
const itemsOfRouters = async () => (await stage.items()).filter(({ sk }) => /^(ROUTER#|APIKEY#|KEY$)/.test(String(sk)));

const NOT_OF_COMPANY = { status: 404, body: { detail: 'Router no encontrado o no pertenece a la empresa' } };
const NO_COMPANY = { status: 404, body: { detail: 'Empresa no encontrada' } };

describe('a new router', () => {
  it('answers with its key, this one time, and without its user and password', async () => {
    const { status, body } = await create({ ...routerFields, empresa_id: companyId, ubicacion: 'Planta baja' });
    expect(status).toBe(200);
    expect(body).toEqual({
      id: expect.stringMatching(/^RTR_[0-9A-F]{8}$/),
      empresa_id: companyId,
      nombre: 'Principal',
      host: '10.8.0.5',
      puerto: 8728,
      ubicacion: 'Planta baja',
      activo: true,
      creado_en: '2026-05-03T18:22:10',
      advertencias: ['sin_tls'],
      api_key: expect.stringMatching(/^jwt_/),
      api_key_info: {
        key_id: expect.stringMatching(/^key_[0-9a-f]{16}$/),
        issued_at: '2026-05-03T18:22:10',
        expires_at: '2027-05-03T18:22:10',
        type: 'router_api_key',
      },
    });
    expect(readApiKeyClaims(body.api_key)).toMatchObject({
      companyId,
      routerId: body.id,
      keyId: body.api_key_info.key_id,
    });
    const router = await stage.services.routers.find(companyId, body.id);
    expect(router?.activeKey).toEqual({ id: body.api_key_info.key_id, hash: apiKeyHash(body.api_key) });
  });

  it('has its key stored as a hash and its password sealed: nothing written or logged has either', async () => {
    const { routerId, apiKey } = await addRouter(stage, companyId, { password: 'pässwörd of the router' });
    const written = JSON.stringify(await stage.items()) + stage.log.join('');
    for (const part of apiKey.replace('jwt_', '').split('.').slice(1)) expect(written).not.toContain(part);
    expect(written).not.toContain('pässwörd');
    expect(written).toContain(apiKeyHash(apiKey));
    const { sealedPassword } = (await stage.services.routers.find(companyId, routerId)) ?? {};
    const box = stage.services.box('router-credentials');
    expect((await box.open(companyId, sealedPassword ?? '')).reveal()).toBe('pässwörd of the router');
  });

  it('takes its company from the path', async () => {
    expect((await create(routerFields)).body.empresa_id).toBe(companyId);
    expect(await create({ ...routerFields, empresa_id: 'EMP_0000000000' })).toMatchObject({
      status: 400,
      body: { detail: 'empresa_id no coincide con la empresa de la ruta' },
    });
  });

  it('needs a company that is there and active', async () => {
    expect(await create(routerFields, 'EMP_0000000000')).toMatchObject(NO_COMPANY);
    const inactive = await addCompany(stage);
    await stage.services.table.update(keys.company(inactive), 'SET #active = :off', { ':off': false });
    expect(await create(routerFields, inactive)).toMatchObject({ status: 400, body: { detail: 'Empresa inactiva' } });
  });

  it.each([
    '127.0.0.1',
    'localhost',
    '169.254.169.254',
    '10.213.112.2',
    '0.0.0.0',
    '::1',
    'two words',
    'host:8728',
    '0x7f000001',
  ])('is refused for a host that no router may have: %s', async (host) => {
    const before = await itemsOfRouters();
    expect(await create({ ...routerFields, host })).toMatchObject({
      status: 400,
      body: { detail: 'El host del router no está permitido.' },
    });
    expect(await itemsOfRouters()).toEqual(before);
  });

  it.each(['r1.example.com', '100.64.0.9', 'fd12::5', `${'a.'.repeat(125)}mx`])(
    'may have the host %s',
    async (host) => {
      expect(await create({ ...routerFields, host })).toMatchObject({ status: 200, body: { host } });
    },
  );

  it('keeps no blank that was pasted with the host', async () => {
    const host = ' 10.8.0.5 ';
    expect(await create({ ...routerFields, host })).toMatchObject({ status: 200, body: { host: '10.8.0.5' } });
  });

  it('accepts a port as text', async () => {
    expect((await create({ ...routerFields, puerto: '8729' })).body).toMatchObject({ puerto: 8729, advertencias: [] });
    expect((await create({ ...routerFields, puerto: null })).body.puerto).toBe(8728);
  });

  it.each([
    { nombre: undefined },
    { nombre: 'x'.repeat(101) },
    { host: undefined },
    { host: '' },
    { host: `${'a.'.repeat(126)}mx` },
    { puerto: 0 },
    { puerto: 65_536 },
    { puerto: 'api' },
    { usuario: 'x'.repeat(51) },
    { password: '' },
    { password: 'p'.repeat(256) },
    { ubicacion: 'x'.repeat(201) },
  ])('with a field that is not right is a 422 and writes nothing: %j', async (wrong) => {
    const before = await itemsOfRouters();
    const { status, body } = await create({ ...routerFields, ...wrong });
    expect(status).toBe(422);
    expect(body.detail).toMatchObject([{ loc: ['body', ...Object.keys(wrong)] }]);
    expect(JSON.stringify(body)).not.toContain('ppp');
    expect(await itemsOfRouters()).toEqual(before);
  });

  it('costs one read, a sealing, a signature and a transaction, and the two writes of the trail', async () => {
    expect(await stage.countCalls(() => create(routerFields))).toEqual({
      BatchGetItem: 1,
      Encrypt: 1,
      Sign: 1,
      TransactWriteItems: 1,
      PutItem: 1,
      UpdateItem: 1,
    });
  });
});

describe('the routers of a company', () => {
  it('are listed and read without user, password and key', async () => {
    const company = await addCompany(stage);
    const { routerId } = await addRouter(stage, company, { nombre: 'One' });
    const other = await addRouter(stage, company, { nombre: 'Two' });
    const { status, body } = await stage.call('GET', `/admin/empresas/${company}/routers`, { headers });
    expect(status).toBe(200);
    expect(body.map(({ id }: { id: string }) => id).toSorted()).toEqual([routerId, other.routerId].toSorted());
    const one = await stage.call('GET', `/admin/empresas/${company}/routers/${routerId}`, { headers });
    expect(one.body).toEqual({
      id: routerId,
      empresa_id: company,
      nombre: 'One',
      host: '10.8.0.5',
      puerto: 8728,
      ubicacion: null,
      activo: true,
      creado_en: '2026-05-03T18:22:10',
      advertencias: ['sin_tls'],
    });
    expect(body).toContainEqual(one.body);
  });

  it('are an empty list when there are none, and a 404 when there is no company', async () => {
    const empty = await addCompany(stage);
    expect(await stage.call('GET', `/admin/empresas/${empty}/routers`, { headers })).toMatchObject({
      status: 200,
      body: [],
    });
    expect(await stage.call('GET', '/admin/empresas/EMP_0000000000/routers', { headers })).toMatchObject(NO_COMPANY);
  });
});

describe('a router', () => {
  it('is switched off, and its key with it, and on again', async () => {
    const { routerId, apiKey } = await addRouter(stage, companyId);
    const portal = () => stage.call('GET', '/api/v1/config/public', { headers: { 'x-api-key': apiKey } });
    const toggle = () =>
      stage.call('PUT', `/admin/empresas/${companyId}/routers/${routerId}/toggle-activo`, { headers });
    expect(await toggle()).toMatchObject({
      status: 200,
      body: { message: 'Router desactivado correctamente', router_id: routerId, activo: false },
    });
    expect(await portal()).toMatchObject({ status: 401, body: { detail: 'Router inactivo' } });
    expect((await toggle()).body).toEqual({
      message: 'Router activado correctamente',
      router_id: routerId,
      activo: true,
    });
    expect(await portal()).toMatchObject({ status: 200 });
  });

  it('switched by two at once is switched once: both wanted the same', async () => {
    const { routerId } = await addRouter(stage, companyId);
    const router = await stage.services.routers.find(companyId, routerId);
    const switchOff = () => stage.services.routers.setActive(companyId, routerId, !router?.active);
    expect((await Promise.all([switchOff(), switchOff()])).toSorted()).toEqual([false, true]);
    expect((await stage.services.routers.find(companyId, routerId))?.active).toBe(false);
  });

  it.each([
    ['GET', ''],
    ['PUT', '/toggle-activo'],
    ['POST', '/regenerate-api-key'],
    ['GET', '/api-keys'],
    ['POST', '/api-keys/key_0123456789abcdef/revoke'],
    ['GET', '/api-key-status'],
  ])('of another company is not found: %s ...%s', async (method, tail) => {
    const { routerId } = await addRouter(stage, await addCompany(stage));
    const call = (company: string, id: string) =>
      stage.call(method, `/admin/empresas/${company}/routers/${id}${tail}`, { headers });
    expect(await call(companyId, routerId)).toMatchObject(NOT_OF_COMPANY);
    expect(await call(companyId, 'RTR_00000000')).toMatchObject(NOT_OF_COMPANY);
    expect(await call('EMP_0000000000', routerId)).toMatchObject(NOT_OF_COMPANY);
  });
});
