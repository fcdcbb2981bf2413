import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { routes } from '#shared/http/routes.ts';
import { isAudited, onTrail } from '#shared/http/trail.ts';
import { type Headers, type Stage, startStage } from '../../stage/stage.ts';
import { addCompany, addRouter } from '../../stage/tenants.ts';

let stage: Stage;
let companyId: string;
let admin: Headers;
let root: Headers;
beforeAll(async () => {
  stage = await startStage();
  companyId = await addCompany(stage);
  admin = await stage.asCompanyAdmin(companyId);
  root = await stage.asSuperAdmin();
});
afterAll(() => stage.stop());

beforeEach(() => stage.clock.advance(1));

const OWN = '/api/v1/admin/mi-empresa/auditoria';
const own = async (query = '', headers = admin) => (await stage.call('GET', `${OWN}${query}`, { headers })).body;
const all = async (query = '') => (await stage.call('GET', `/admin/auditoria${query}`, { headers: root })).body;

describe('the trail', () => {
  it('has every row by which staff change anything', () => {
    const byStaff = routes.filter(({ auth }) => !['none', 'api-key'].includes(auth));
    expect(byStaff.filter((row) => row.method !== 'GET' && !isAudited(row)).map(({ id }) => id)).toEqual([]);
  });

  it('says who did what, when, from where, and how it ended', async () => {
    const body = { contacto_soporte: 'WhatsApp 55' };
    await stage.call('PUT', '/api/v1/admin/mi-empresa/ajustes', { headers: admin, body });
    const [entry] = (await own()).entradas;
    expect(entry).toMatchObject({
      empresa_id: companyId,
      usuario: expect.stringContaining('@'),
      rol: 'cliente_admin',
      accion: 'settings/update',
      cambios: body,
      resultado: '200',
      ip: expect.any(String),
      correlacion_id: expect.any(String),
    });
  });

  it('masks secrets', async () => {
    const secret = 'key_planted_private';
    const body = { conekta_private_key: secret, conekta_public_key: 'key_pub', conekta_mode: 'test' };
    await stage.call('POST', '/api/v1/admin/mi-empresa/configurar-conekta', { headers: admin, body });
    const [entry] = (await own()).entradas;
    expect(entry.cambios).toEqual({ ...body, conekta_private_key: '[secret]' });
    const change = { current_password: 'planted-wrong', new_password: 'planted-new-one' };
    await stage.call('POST', '/api/v1/auth/change-password', { headers: admin, body: change });
    expect(JSON.stringify(await stage.items())).not.toContain('planted');
  });

  it('keeps what was refused, and how', async () => {
    const path = '/api/v1/admin/products/999';
    await stage.call('PUT', path, { headers: admin, body: { precio: 5 } });
    expect((await own()).entradas[0]).toMatchObject({
      accion: 'products/update',
      parametros: { producto_id: 999 },
      resultado: expect.stringMatching(/^refused product-not/),
    });
  });

  it('stands before anything is done: who dies half-way leaves it begun', async () => {
    const { audit } = stage.services;
    const template = (await audit.ofCompany(companyId, undefined, 1))[0];
    if (!template) throw new Error('There are entries');
    await audit.begin({ ...template, at: stage.clock.now() + 1, action: 'products/create' });
    expect((await own()).entradas[0]).toMatchObject({ accion: 'products/create', resultado: 'begun' });
  });

  it('keeps no answer back when the end cannot be written: the entry stays begun', async () => {
    const { audit } = stage.services;
    const row = routes.find(({ id }) => id === 'api-keys/regenerate');
    const [user] = await stage.services.users.list({ role: 'super_admin', companyId: null });
    if (!row || !user) throw new Error('There are both');
    const http = { sourceIp: '127.0.0.1', method: 'POST', path: '/', protocol: 'HTTP/1.1', userAgent: '' };
    const deaf = { begin: audit.begin.bind(audit), end: () => Promise.reject(new Error('lost')) };
    const done = { row, user, params: {}, body: {}, request: { http, requestId: 'r-1' }, at: stage.clock.now() };
    expect(await onTrail(deaf, done, () => Promise.resolve({ status: 200 }))).toEqual({ status: 200 });
  });

  it('has what a super admin did to a company, and is nobody else`s', async () => {
    const router = await addRouter(stage, companyId);
    const path = `/admin/empresas/${companyId}/routers/${router.routerId}/toggle-activo`;
    await stage.call('PUT', path, { headers: root });
    expect((await own()).entradas.some(({ accion }: { accion: string }) => accion === 'routers/toggle')).toBe(true);
    const stranger = await stage.asCompanyAdmin(await addCompany(stage));
    expect(await own('', stranger)).toEqual({ entradas: [], siguiente: null });
    expect((await stage.call('GET', OWN, { headers: root })).status).toBe(403);
    expect((await stage.call('GET', '/admin/auditoria', { headers: admin })).status).toBe(403);
  });

  it('an operator writes of itself only, whatever company it names', async () => {
    const otherId = await addCompany(stage);
    await stage.call('GET', `/admin/empresas/${otherId}/routers/RTR_00000000/kit`, { headers: admin });
    expect(
      (await all(`?empresa_id=${otherId}`)).entradas.map(({ accion }: { accion: string }) => accion),
    ).not.toContain('routers/show-kit');
    expect((await own()).entradas).toContainEqual(expect.objectContaining({ accion: 'routers/show-kit' }));
  });

  it('comes in pages, for one company and for all', async () => {
    for (const read of [own, all]) {
      const whole = (await read('?limit=200')).entradas;
      const first = await read('?limit=2');
      expect(first.entradas).toEqual(whole.slice(0, 2));
      const second = await read(`?limit=2&cursor=${encodeURIComponent(first.siguiente)}`);
      expect(second.entradas).toEqual(whole.slice(2, 4));
      expect((await read('?limit=200')).siguiente).toBeNull();
    }
  });
});
