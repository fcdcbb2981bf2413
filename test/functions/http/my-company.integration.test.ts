import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keys } from '#shared/store/table.ts';
import { type Headers, type Stage, startStage } from '../../stage/stage.ts';
import { addCompany, addRouter } from '../../stage/tenants.ts';

let stage: Stage;
let companyId: string;
let admin: Headers;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());
beforeEach(async () => {
  companyId = await addCompany(stage, { contacto_telefono: '5551234567', conekta_private_key: 'key_first' });
  admin = await stage.asCompanyAdmin(companyId);
});

const HOME = '/api/v1/admin/mi-empresa';
const CREDENTIALS = '/api/v1/payments/configurar-credenciales';
const get = (path = '') => stage.call('GET', `${HOME}${path}`, { headers: admin });
const put = (path: string, body: unknown) => stage.call('PUT', `${HOME}${path}`, { headers: admin, body });
const post = (path: string, body: unknown) => stage.call('POST', `${HOME}${path}`, { headers: admin, body });
const configure = (body: unknown) => stage.call('POST', CREDENTIALS, { headers: admin, body });

const company = async () => {
  const found = await stage.services.companies.find(companyId);
  if (!found) throw new Error('The company is gone');
  return found;
};
const opened = async (sealed: string | null) =>
  sealed === null ? null : (await stage.services.box('gateway-credentials').open(companyId, sealed)).reveal();
const botToken = async () => {
  const { sealedBotToken } = (await company()).telegram;
  return (await stage.services.box('telegram-tokens').open(companyId, sealedBotToken ?? '')).reveal();
};
const keyOfVersion = async (gateway: string, version: number) => {
  const kept = await stage.services.companies.findCredentials(companyId, gateway, version);
  return kept && opened(kept.sealedPrivateKey);
};
const everythingStored = async () => JSON.stringify(await stage.items()) + stage.log.join('\n');

describe('a company of one`s own', () => {
  it('is shown whole, its Telegram token as a mask', async () => {
    await put('', { telegram_bot_token: '123:bot-token', telegram_chat_id: '-100', notificaciones_telegram: true });
    expect(await get()).toMatchObject({ status: 200 });
    expect((await get()).body).toEqual({
      id: companyId,
      nombre: 'WiFi Café Central',
      contacto_email: 'ana@wifi.mx',
      contacto_telefono: '5551234567',
      logo_url: null,
      conekta_mode: 'test',
      conekta_public_key: 'key_test_default_pub',
      mercado_pago_mode: 'test',
      mercado_pago_public_key: null,
      activa: true,
      creada_en: '2026-05-03T18:22:10',
      telegram_bot_token: '********',
      telegram_chat_id: '-100',
      notificaciones_telegram: true,
    });
  });

  it('has no token to mask before one is set', async () => {
    expect((await get()).body).toMatchObject({ telegram_bot_token: null, notificaciones_telegram: false });
  });

  it('that is gone is a 404', async () => {
    admin = await stage.asCompanyAdmin('EMP_0000000000');
    const gone = { status: 404, body: { detail: 'Empresa no encontrada' } };
    for (const path of ['', '/conekta', '/mercado-pago']) expect(await get(path)).toMatchObject(gone);
    expect(await put('', { nombre: 'X' })).toMatchObject(gone);
    expect(await put('', {})).toMatchObject(gone);
    expect(await put('/conekta-config', { conekta_public_key: 'x' })).toMatchObject(gone);
    expect(await post('/configurar-credenciales', { mode: 'live' })).toMatchObject(gone);
    expect(await configure({})).toMatchObject(gone);
    const items = (await stage.items()).filter(
      ({ pk, sk }) => pk === keys.company('EMP_0000000000').pk && !String(sk).startsWith('AUDIT#'),
    );
    expect(items).toEqual([]);
  });
});

describe('editing one`s company', () => {
  it('changes what was sent and answers the contact', async () => {
    const answer = await put('', { nombre: 'Café Dos', contacto_email: 'dos@wifi.mx', telegram_chat_id: '7' });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({
      message: 'Información de la empresa actualizada correctamente',
      empresa: {
        nombre: 'Café Dos',
        contacto_email: 'dos@wifi.mx',
        contacto_telefono: '5551234567',
        telegram_bot_token: null,
        telegram_chat_id: '7',
        notificaciones_telegram: false,
      },
    });
  });

  it('leaves credentials, and the list of companies, as they are', async () => {
    const before = await company();
    await put('', { nombre: 'Café Tres', telegram_bot_token: '1:x' });
    const after = await company();
    expect(after).toMatchObject({ conekta: before.conekta, mercadoPago: before.mercadoPago, name: 'Café Tres' });
    expect(await stage.services.companies.list()).toContainEqual(after);
  });

  it('seals the bot token', async () => {
    await put('', { telegram_bot_token: ' 123:planted-bot-token ' });
    expect(await everythingStored()).not.toContain('planted-bot-token');
    expect(await botToken()).toBe('123:planted-bot-token');
  });

  it('writes an explicit null, takes a phone as a number, and ignores a mask sent back', async () => {
    await put('', { telegram_bot_token: '1:x', telegram_chat_id: '7' });
    expect((await put('', { ...(await get()).body, contacto_telefono: 5559876543 })).body.empresa).toMatchObject({
      contacto_telefono: '5559876543',
      telegram_bot_token: '********',
      telegram_chat_id: '7',
    });
    expect(await botToken()).toBe('1:x');
    await put('', { notificaciones_telegram: true });
    const nothing = { contacto_email: null, contacto_telefono: null, telegram_bot_token: null, telegram_chat_id: null };
    const off = { ...nothing, notificaciones_telegram: false };
    expect((await put('', { ...nothing, notificaciones_telegram: null })).body.empresa).toMatchObject(off);
    expect(await get()).toMatchObject({ status: 200, body: off });
  });

  it.each([
    [{ nombre: null }, 'nombre'],
    [{ nombre: '' }, 'nombre'],
    [{ nombre: 'a'.repeat(101) }, 'nombre'],
    [{ contacto_email: 'a'.repeat(101) }, 'contacto_email'],
    [{ contacto_telefono: '1'.repeat(21) }, 'contacto_telefono'],
    [{ telegram_bot_token: 'a'.repeat(256) }, 'telegram_bot_token'],
    [{ telegram_chat_id: 'a'.repeat(51) }, 'telegram_chat_id'],
    [{ notificaciones_telegram: 'quizá' }, 'notificaciones_telegram'],
  ])('with %j is a 422', async (body, field) => {
    const before = await company();
    const answer = await put('', body);
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toMatchObject([{ loc: ['body', field] }]);
    expect(await company()).toEqual(before);
  });
});

describe.each([
  ['PUT', '/conekta-config', 'Configuración de Conekta actualizada'],
  ['POST', '/configurar-conekta', 'Credenciales de Conekta actualizadas correctamente'],
])('Conekta`s keys by %s %s', (method, path, message) => {
  const save = (body: unknown) => stage.call(method, `${HOME}${path}`, { headers: admin, body });
  const done = { status: 200, body: { message } };

  it('are replaced by a new version, and the old one stays readable', async () => {
    const keysSent = { conekta_private_key: 'key_planted_private', conekta_public_key: 'key_public' };
    expect(await save({ ...keysSent, conekta_mode: 'live' })).toMatchObject(done);
    expect(await save({ conekta_private_key: 'key_third' })).toMatchObject(done);
    const { conekta } = await company();
    expect(conekta).toMatchObject({ version: 3, publicKey: 'key_public', mode: 'live' });
    expect(await opened(conekta.sealedPrivateKey)).toBe('key_third');
    const versions = await Promise.all([1, 2, 3, 4].map((version) => keyOfVersion('conekta', version)));
    expect(versions).toEqual(['key_first', 'key_planted_private', 'key_third', undefined]);
    expect(await everythingStored()).not.toContain('planted');
  });

  it.each([
    { conekta_private_key: null, conekta_public_key: '' },
    { conekta_private_key: ' ', conekta_public_key: '********' },
    { conekta_private_key: '********', conekta_mode: null },
    {},
  ])('stay as they are, version and mode too, after %j', async (body) => {
    await save({ conekta_mode: 'live' });
    const before = await company();
    expect(await save(body)).toMatchObject(done);
    expect(await company()).toEqual(before);
  });

  it('keep the private key when only the public one changes: that is a version too', async () => {
    await save({ conekta_public_key: 'key_other' });
    const { conekta } = await company();
    expect(conekta).toMatchObject({ version: 2, publicKey: 'key_other', mode: 'test' });
    expect(await keyOfVersion('conekta', 2)).toBe('key_first');
  });

  it.each([
    [{ conekta_mode: 'production' }, 'conekta_mode'],
    [{ conekta_private_key: 'a'.repeat(101) }, 'conekta_private_key'],
    [{ conekta_public_key: 7 }, 'conekta_public_key'],
  ])('with %j are a 422', async (body, field) => {
    const answer = await save(body);
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toMatchObject([{ loc: ['body', field] }]);
    expect((await company()).conekta.version).toBe(1);
  });
});

it('admins who save Conekta keys at once make one version each, none lost', async () => {
  const sent = ['key_a', 'key_b', 'key_c'];
  const answers = await Promise.all(
    sent.map((conekta_private_key) => post('/configurar-conekta', { conekta_private_key })),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  const { conekta } = await company();
  expect(conekta.version).toBe(4);
  const kept = await Promise.all([2, 3, 4].map((version) => keyOfVersion('conekta', version)));
  expect(kept.toSorted()).toEqual(sent);
  expect(await opened(conekta.sealedPrivateKey)).toBe(kept[2]);
});

it('admins who save different Mercado Pago fields at once lose none of them', async () => {
  const sent = [{ webhook_secret: 'hook' }, { public_key: 'APP_USR-p' }, { mode: 'live' }];
  await Promise.all(sent.map((body) => post('/configurar-credenciales', body)));
  const { mercadoPago } = await company();
  expect(mercadoPago).toMatchObject({ version: 3, publicKey: 'APP_USR-p', mode: 'live' });
  expect(await opened(mercadoPago.sealedWebhookSecret)).toBe('hook');
});

it('the settings in force are shown with secrets masked', async () => {
  await post('/configurar-conekta', { conekta_public_key: 'key_pub', conekta_mode: 'live' });
  expect(await get('/conekta')).toMatchObject({ status: 200 });
  expect((await get('/conekta')).body).toEqual({
    message: 'Configuración cargada',
    configuracion_actual: {
      conekta_public_key: 'key_pub',
      conekta_mode: 'live',
      conekta_private_key: '********',
      webhook: { estado: 'pendiente', mensaje: 'El aviso de Conekta se está registrando.' },
      advertencias: [],
    },
  });
  expect((await get('/mercado-pago')).body).toEqual({
    message: 'Configuración cargada',
    configuracion_actual: {
      access_token: null,
      public_key: null,
      mode: 'test',
      webhook_secret: null,
      advertencias: [],
    },
  });
  await post('/configurar-credenciales', { access_token: 'APP_USR-1', webhook_secret: 'w', public_key: 'APP_USR-p' });
  expect((await get('/mercado-pago')).body.configuracion_actual).toEqual({
    access_token: '********',
    public_key: 'APP_USR-p',
    mode: 'test',
    webhook_secret: '********',
    advertencias: [],
  });
});

describe('Mercado Pago`s credentials by the admin`s own path', () => {
  it('are sealed, and null or blank leaves them', async () => {
    const sent = {
      access_token: 'APP_USR-planted',
      webhook_secret: 'planted-hook',
      public_key: 'APP_USR-p',
      mode: 'live',
    };
    expect(await post('/configurar-credenciales', sent)).toMatchObject({
      status: 200,
      body: { message: 'Credenciales de Mercado Pago actualizadas correctamente' },
    });
    const before = await company();
    await post('/configurar-credenciales', { access_token: null, webhook_secret: '', public_key: ' ' });
    expect(await company()).toEqual(before);
    expect(before.mercadoPago).toMatchObject({ publicKey: 'APP_USR-p', mode: 'live' });
    expect(await opened(before.mercadoPago.sealedAccessToken)).toBe('APP_USR-planted');
    expect(await opened(before.mercadoPago.sealedWebhookSecret)).toBe('planted-hook');
    expect(await everythingStored()).not.toContain('planted');
  });

  it('with another mode are a 422', async () => {
    expect((await post('/configurar-credenciales', { mode: 'sandbox' })).status).toBe(422);
  });
});

describe('Mercado Pago`s and Telegram`s credentials in one form', () => {
  it('answer what was changed and what there is now', async () => {
    await configure({ webhook_secret: 'old' });
    const sent = { access_token: ' APP_USR-planted ', webhook_secret: ' ', public_key: 'APP_USR-p', mode: 'live' };
    const answer = await configure(sent);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      success: true,
      message: 'Credenciales actualizadas correctamente',
      empresa: { id: companyId, nombre: 'WiFi Café Central' },
      campos_modificados: ['access_token (actualizado)', 'webhook_secret (eliminado)', 'public_key', 'mode'],
      configuracion_actual: {
        access_token: true,
        webhook_secret: false,
        public_key: true,
        mode: 'live',
        telegram_configurado: false,
        telegram_activo: false,
      },
    });
    expect(await opened((await company()).mercadoPago.sealedAccessToken)).toBe('APP_USR-planted');
    expect(await everythingStored()).not.toContain('planted');
  });

  it('of Telegram alone leave Mercado Pago`s mode and version, and seal the token', async () => {
    await configure({ access_token: 'APP_USR-1', mode: 'live' });
    const before = await company();
    const sent = { telegram_bot_token: '1:planted', telegram_chat_id: '-100', notificaciones_telegram: 'on' };
    const { body } = await configure(sent);
    expect(body.campos_modificados).toEqual(['telegram_bot_token', 'telegram_chat_id', 'notificaciones_telegram']);
    expect(body.configuracion_actual).toMatchObject({
      mode: 'live',
      telegram_configurado: true,
      telegram_activo: true,
    });
    const after = await company();
    expect(after.mercadoPago).toEqual(before.mercadoPago);
    expect(await botToken()).toBe('1:planted');
    expect(await everythingStored()).not.toContain('planted');
  });

  it('of both are written together', async () => {
    await configure({ access_token: 'APP_USR-1', telegram_chat_id: '-100' });
    expect(await company()).toMatchObject({ mercadoPago: { version: 1 }, telegram: { chatId: '-100' } });
  });

  it('are new versions, and the old ones stay readable after a deletion', async () => {
    await configure({ access_token: 'APP_USR-1' });
    await configure({ access_token: 'APP_USR-2' });
    expect((await configure({ access_token: '' })).body).toMatchObject({
      campos_modificados: ['access_token (eliminado)'],
      configuracion_actual: { access_token: false },
    });
    expect((await company()).mercadoPago).toMatchObject({ version: 3, sealedAccessToken: null });
    const versions = await Promise.all([1, 2, 3].map((version) => keyOfVersion('mercado-pago', version)));
    expect(versions).toEqual(['APP_USR-1', 'APP_USR-2', undefined]);
  });

  it.each([
    {},
    { mode: null, access_token: null, webhook_secret: null, public_key: null },
    { telegram_bot_token: null, telegram_chat_id: null, notificaciones_telegram: null },
    { access_token: '********' },
  ])('change nothing after %j, and say so', async (body) => {
    await configure({ access_token: 'APP_USR-1', mode: 'live' });
    const before = await company();
    const answer = await configure(body);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      success: true,
      message: 'No se enviaron cambios. Credenciales actuales se mantienen.',
      empresa: { id: companyId, nombre: 'WiFi Café Central' },
      configurado: {
        access_token: true,
        webhook_secret: false,
        public_key: false,
        mode: 'live',
        telegram_configurado: false,
        telegram_activo: false,
      },
    });
    expect(await company()).toEqual(before);
  });

  it('of an inactive company are refused', async () => {
    await stage.services.table.update(keys.company(companyId), 'SET #active = :no', { ':no': false });
    expect(await configure({ mode: 'live' })).toMatchObject({ status: 400, body: { detail: 'Empresa inactiva' } });
  });

  it.each([
    [{ mode: 'sandbox' }, 'mode'],
    [{ mode: '' }, 'mode'],
    [{ access_token: 'a'.repeat(256) }, 'access_token'],
    [{ telegram_chat_id: 7 }, 'telegram_chat_id'],
    [{ notificaciones_telegram: '' }, 'notificaciones_telegram'],
  ])('with %j are a 422', async (body, field) => {
    const answer = await configure(body);
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toMatchObject([{ loc: ['body', field] }]);
  });
});

it('a company`s routers are listed, another company`s are not', async () => {
  expect((await get('/routers')).body).toEqual({ empresa_id: companyId, total: 0, routers: [] });
  const { routerId } = await addRouter(stage, companyId, { ubicacion: 'Planta baja' });
  await addRouter(stage, await addCompany(stage));
  expect((await get('/routers')).body).toEqual({
    empresa_id: companyId,
    total: 1,
    routers: [
      {
        id: routerId,
        nombre: 'Principal',
        host: '10.8.0.5',
        ubicacion: 'Planta baja',
        activo: true,
        creado_en: '2026-05-03T18:22:10',
        salud: {
          estado: 'desconocido',
          visto_en: null,
          version: null,
          modelo: null,
          usuarios: null,
          latencia_ms: null,
          error_reloj_segundos: null,
          bloqueado_device_mode: null,
          advertencias: ['sin_tls'],
        },
      },
    ],
  });
});

describe('rows of a company admin', () => {
  it('are closed to a super admin, and to one who is nobody', async () => {
    const superAdmin = await stage.asSuperAdmin();
    expect(await stage.call('GET', HOME, { headers: superAdmin })).toMatchObject({
      status: 403,
      body: { detail: 'Se requiere rol CLIENTE_ADMIN' },
    });
    expect(await stage.call('GET', HOME)).toMatchObject({ status: 403, body: { detail: 'Not authenticated' } });
  });
});
