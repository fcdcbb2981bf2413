import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompanyStore } from '#shared/store/companies.ts';
import { keys } from '#shared/store/table.ts';
import { toggleCompany } from '#shared/tenants/company.ts';
import { type Headers, type Stage, startStage } from '../../stage/stage.ts';

let stage: Stage;
let headers: Headers;
beforeAll(async () => {
  stage = await startStage();
  headers = await stage.asSuperAdmin();
});
afterAll(() => stage.stop());

const create = (body: unknown) => stage.call('POST', '/admin/empresas', { headers, body });
const required = { nombre: 'WiFi Café Central', contacto_email: 'ana@wifi.mx' };
const companiesStored = async () => (await stage.items()).filter(({ sk }) => sk === 'COMPANY').length;

describe('a new company', () => {
  it('answers with its id and without any key', async () => {
    const { status, body } = await create({
      ...required,
      contacto_telefono: 5512345678,
      conekta_private_key: 'key_private_of_ana',
      conekta_public_key: 'key_public_of_ana',
      conekta_mode: 'live',
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      id: expect.stringMatching(/^EMP_[0-9A-F]{10}$/),
      nombre: 'WiFi Café Central',
      contacto_email: 'ana@wifi.mx',
      contacto_telefono: '5512345678',
      conekta_mode: 'live',
      activa: true,
      creada_en: '2026-05-03T18:22:10',
    });
  });

  it('keeps the private key sealed for that company, in the company and as version 1', async () => {
    const { body } = await create({
      ...required,
      conekta_private_key: 'key_kept_sealed',
      conekta_public_key: 'key_pub',
    });
    const company = await stage.services.companies.find(body.id);
    expect(company?.conekta).toMatchObject({ version: 1, publicKey: 'key_pub', mode: 'test' });
    const credentials = await stage.services.companies.findCredentials(body.id, 'conekta', 1);
    expect(credentials?.sealedPrivateKey).toBe(company?.conekta.sealedPrivateKey);
    const box = stage.services.box('gateway-credentials');
    expect((await box.open(body.id, credentials?.sealedPrivateKey ?? '')).reveal()).toBe('key_kept_sealed');
    expect(JSON.stringify(await stage.items()) + stage.log.join('')).not.toContain('key_kept_sealed');
  });

  it('without Conekta fields has the placeholders', async () => {
    const { body } = await create({ ...required, contacto_telefono: null, conekta_private_key: null });
    expect(body).toMatchObject({ contacto_telefono: null, conekta_mode: 'test' });
    const { conekta } = (await stage.services.companies.find(body.id)) ?? {};
    expect(conekta?.publicKey).toBe('key_test_default_pub');
    const box = stage.services.box('gateway-credentials');
    expect((await box.open(body.id, conekta?.sealedPrivateKey ?? '')).reveal()).toBe('key_test_default');
  });

  it.each([
    { nombre: undefined },
    { nombre: '' },
    { nombre: 'x'.repeat(101) },
    { nombre: 5 },
    { contacto_email: undefined },
    { contacto_email: 'x'.repeat(101) },
    { contacto_telefono: '1'.repeat(21) },
    { conekta_private_key: 'k'.repeat(101) },
    { conekta_public_key: 'k'.repeat(101) },
    { conekta_mode: 'production' },
  ])('with a field that is not right is a 422 and writes nothing: %j', async (wrong) => {
    const before = await companiesStored();
    const { status, body } = await create({ ...required, ...wrong });
    expect(status).toBe(422);
    expect(body.detail).toMatchObject([{ loc: ['body', ...Object.keys(wrong)] }]);
    expect(JSON.stringify(body)).not.toContain('kkk');
    expect(await companiesStored()).toBe(before);
  });

  it('costs a read for the session, a sealing and a transaction, and the two writes of the trail', async () => {
    await create(required);
    expect(await stage.countCalls(() => create(required))).toEqual({
      GetItem: 1,
      Encrypt: 1,
      TransactWriteItems: 1,
      PutItem: 1,
      UpdateItem: 1,
    });
  });
});

describe('companies', () => {
  it('are listed, in the order of creation, and read one by one', async () => {
    stage.clock.advance(1);
    const first = (await create({ ...required, nombre: 'First' })).body;
    stage.clock.advance(1);
    const second = (await create({ ...required, nombre: 'Second' })).body;
    const { status, body } = await stage.call('GET', '/admin/empresas', { headers });
    expect(status).toBe(200);
    expect(body.slice(-2)).toEqual([first, second]);
    expect(await stage.call('GET', `/admin/empresas/${first.id}`, { headers })).toMatchObject({
      status: 200,
      body: first,
    });
  });

  it('that are not there are a 404', async () => {
    expect(await stage.call('GET', '/admin/empresas/EMP_0000000000', { headers })).toMatchObject({
      status: 404,
      body: { detail: 'Empresa no encontrada' },
    });
  });

  it('stay in the list as they are changed', async () => {
    const { id } = (await create(required)).body;
    await stage.services.table.update(keys.company(id), 'SET #active = :off', { ':off': false });
    const { body } = await stage.call('GET', '/admin/empresas', { headers });
    expect(body).toContainEqual(expect.objectContaining({ id, activa: false }));
  });
});

describe('a company', () => {
  const path = (id: string) => `/admin/empresas/${id}`;
  const update = (id: string, body: unknown) => stage.call('PUT', path(id), { headers, body });
  const toggle = (id: string) => stage.call('PUT', `${path(id)}/toggle-activo`, { headers });
  const NOT_FOUND = { status: 404, body: { detail: 'Empresa no encontrada' } };

  it('is edited field by field, and keeps what was not sent', async () => {
    const before = (await create({ ...required, contacto_telefono: '5512345678' })).body;
    expect(await update(before.id, { nombre: 'WiFi Norte' })).toMatchObject({ status: 200 });
    const { body } = await update(before.id, { contacto_email: 'norte@wifi.mx', contacto_telefono: null });
    expect(body).toEqual({
      ...before,
      nombre: 'WiFi Norte',
      contacto_email: 'norte@wifi.mx',
      contacto_telefono: null,
    });
    expect((await update(before.id, {})).body).toEqual(body);
    expect((await stage.call('GET', path(before.id), { headers })).body).toEqual(body);
  });

  it.each([{ nombre: '' }, { nombre: null }, { contacto_email: 'x'.repeat(101) }, { contacto_telefono: {} }])(
    'with a field that is not right is a 422 and stays as it is: %j',
    async (wrong) => {
      const before = (await create(required)).body;
      const { status, body } = await update(before.id, { nombre: 'Otro', ...wrong });
      expect(status).toBe(422);
      expect(body.detail).toMatchObject([{ loc: ['body', ...Object.keys(wrong)] }]);
      expect((await stage.call('GET', path(before.id), { headers })).body).toEqual(before);
    },
  );

  it('is switched off and on', async () => {
    const { id } = (await create(required)).body;
    expect((await toggle(id)).body).toEqual({ message: 'Empresa desactivada', empresa_id: id, activa: false });
    expect((await toggle(id)).body).toEqual({ message: 'Empresa activada', empresa_id: id, activa: true });
  });

  it('that somebody else switched off meanwhile is not switched on again', async () => {
    const { companies } = stage.services;
    const { id } = (await create(required)).body;
    const overtaken: Pick<CompanyStore, 'find' | 'setActive'> = {
      find: async (companyId) => {
        const found = await companies.find(companyId);
        await companies.setActive(companyId, false);
        return found;
      },
      setActive: (...change) => companies.setActive(...change),
    };
    expect(await toggleCompany(overtaken, id)).toBe(false);
    expect(await companies.find(id)).toMatchObject({ active: false });
  });

  it('that is off lets its staff log in and read', async () => {
    const { id } = (await create(required)).body;
    const admin = await stage.asCompanyAdmin(id);
    await toggle(id);
    expect(await stage.call('GET', '/api/v1/admin/mi-empresa', { headers: admin })).toMatchObject({ status: 200 });
  });

  it('that is not there is a 404', async () => {
    expect(await update('EMP_0000000000', { nombre: 'Otro' })).toMatchObject(NOT_FOUND);
    expect(await update('EMP_0000000000', {})).toMatchObject(NOT_FOUND);
    expect(await toggle('EMP_0000000000')).toMatchObject(NOT_FOUND);
  });
});
