import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '#shared/store/table.ts';
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
