import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '#shared/http/routes.ts';
import { Secret } from '#shared/security/secret.ts';
import { createUser, type NewUser } from '#shared/tenants/user.ts';
import { type Headers, type Stage, startStage } from '../../stage/stage.ts';
import { addCompany } from '../../stage/tenants.ts';

let stage: Stage;
let root: Headers;
let companyId: string;
beforeAll(async () => {
  stage = await startStage();
  root = await stage.asSuperAdmin();
  companyId = await addCompany(stage);
});
afterAll(() => stage.stop());

const PASSWORD = 'una-clave-larga';
const addUser = (email: string, fields: Partial<NewUser> = {}) =>
  createUser(stage.services, {
    email,
    password: new Secret(PASSWORD),
    name: 'Ana Ruiz',
    role: 'cliente_admin',
    companyId,
    ...fields,
  });
const logIn = (email: string, password: string) =>
  stage.call('POST', '/api/v1/auth/login', { body: { email, password } });
const reset = (id: number, body?: object, headers = root) =>
  stage.call('POST', `/admin/usuarios/${id}/restablecer-contrasena`, { headers, ...(body && { body }) });
const change = (headers: Headers, current_password: string, new_password: string) =>
  stage.call('POST', '/api/v1/auth/change-password', { headers, body: { current_password, new_password } });
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
const sessionOf = async (email: string, password: string) => {
  const { status, body } = await logIn(email, password);
  expect(status).toBe(200);
  return bearer(body.access_token as string);
};
const company = (headers: Headers) => stage.call('GET', '/api/v1/admin/mi-empresa', { headers });
const CHANGE_FIRST = { status: 403, body: { detail: 'Debes cambiar tu contraseña antes de continuar' } };

describe('a password that was reset', () => {
  it('is drawn, shown once, and good for nothing but changing it', async () => {
    const { id } = await addUser('lost@wifi.mx');
    const { status, headers, body } = await reset(id);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(body).toEqual({
      message: 'Contraseña restablecida',
      usuario_id: id,
      contrasena_temporal: expect.stringMatching(/^[a-hjkmnp-z2-9]{14}$/),
    });
    const temporary: string = body.contrasena_temporal;
    expect(await logIn('lost@wifi.mx', PASSWORD)).toMatchObject({ status: 401 });
    const login = await logIn('lost@wifi.mx', temporary);
    expect(login.body.user).toMatchObject({ id, debe_cambiar_contrasena: true });
    const session = bearer(login.body.access_token as string);
    expect(await company(session)).toMatchObject(CHANGE_FIRST);

    expect(await change(session, temporary, 'mi-propia-clave')).toMatchObject({ status: 200 });
    const after = await logIn('lost@wifi.mx', 'mi-propia-clave');
    expect(after.body.user).toMatchObject({ debe_cambiar_contrasena: false });
    expect(await company(bearer(after.body.access_token as string))).toMatchObject({ status: 200 });
    expect(JSON.stringify(await stage.items()) + stage.log.join('')).not.toContain(temporary);
  });

  it('may be given instead, and is not repeated', async () => {
    const { id } = await addUser('given@wifi.mx');
    expect((await reset(id, { password: 'temporal-2026' })).body).toEqual({
      message: 'Contraseña restablecida',
      usuario_id: id,
      contrasena_temporal: null,
    });
    const login = await logIn('given@wifi.mx', 'temporal-2026');
    expect(login.body.user).toMatchObject({ debe_cambiar_contrasena: true });
  });

  it('cannot be changed to itself, in either spelling of its accents', async () => {
    const { id } = await addUser('same@wifi.mx');
    await reset(id, { password: 'contraseña-2026' });
    const session = await sessionOf('same@wifi.mx', 'contraseña-2026');
    for (const same of ['contraseña-2026', 'contrasen\u0303a-2026'])
      expect(await change(session, 'contraseña-2026', same)).toMatchObject({
        status: 400,
        body: { detail: 'La contraseña nueva debe ser distinta de la actual.' },
      });
    expect(await company(session)).toMatchObject(CHANGE_FIRST);
  });

  it('ends every session and the lock of the e-mail', async () => {
    const user = await addUser('Locked@wifi.mx');
    const session = await stage.asUser(user);
    for (let guess = 0; guess < 6; guess += 1) await logIn('locked@wifi.mx', 'wrong');
    expect(await logIn('locked@wifi.mx', PASSWORD)).toMatchObject({ status: 429 });
    const { body } = await reset(user.id, {});
    expect(await company(session)).toMatchObject({ status: 401, body: { detail: 'Token inválido' } });
    expect(await logIn('locked@wifi.mx', body.contrasena_temporal as string)).toMatchObject({ status: 200 });
  });

  it('does not switch a user on', async () => {
    const { id } = await addUser('off@wifi.mx');
    await stage.services.users.setActive(id, false);
    await reset(id, { password: 'temporal-2026' });
    expect(await logIn('off@wifi.mx', 'temporal-2026')).toMatchObject({
      status: 401,
      body: { detail: 'Usuario inactivo. Contacta al administrador.' },
    });
  });

  it.each([
    ['short', 'La contraseña nueva debe tener entre 8 y 128 caracteres y no ser tu email.'],
    ['Weak@wifi.mx', 'La contraseña nueva debe tener entre 8 y 128 caracteres y no ser tu email.'],
    ['12345678', 'Esa contraseña es demasiado común. Elige otra.'],
  ])('has to obey the rule, else nothing changes: %s', async (password, detail) => {
    const user = (await stage.services.users.findByEmail('weak@wifi.mx')) ?? (await addUser('weak@wifi.mx'));
    expect(await reset(user.id, { password })).toMatchObject({ status: 400, body: { detail } });
    expect((await logIn('weak@wifi.mx', PASSWORD)).body.user).toMatchObject({ debe_cambiar_contrasena: false });
  });

  it('is of somebody else, who is there', async () => {
    const self = await stage.services.users.findByEmail('root@stage.mx');
    expect(await reset(self?.id ?? 0)).toMatchObject({
      status: 400,
      body: { detail: 'Para cambiar tu propia contraseña usa /api/v1/auth/change-password.' },
    });
    expect(await company(root)).toMatchObject({ body: { detail: 'Se requiere rol CLIENTE_ADMIN' } });
    expect(await reset(999_999)).toMatchObject({ status: 404, body: { detail: 'Usuario no encontrado' } });
    expect(await reset(1, { password: 5 })).toMatchObject({ status: 422 });
  });
});

describe('a user made with a password to be changed', () => {
  const fields = { password: PASSWORD, nombre: 'Ana', rol: 'cliente_admin', debe_cambiar_contrasena: true };
  const create = (email: string) =>
    stage.call('POST', '/admin/usuarios', { headers: root, body: { ...fields, email, empresa_id: companyId } });

  it('changes it first', async () => {
    await create('new@wifi.mx');
    const login = await logIn('new@wifi.mx', PASSWORD);
    expect(login.body.user).toMatchObject({ debe_cambiar_contrasena: true });
    expect(await company(bearer(login.body.access_token as string))).toMatchObject(CHANGE_FIRST);
  });
});

describe('whoever has to change the password first', () => {
  const rows = routes.filter(({ auth }) => auth !== 'none' && auth !== 'api-key');
  const allowed = ['session/change-password', 'session/log-out'];
  let pending: Readonly<Record<string, Headers>>;
  beforeAll(async () => {
    const admin = await addUser('pending@wifi.mx', { mustChangePassword: true });
    const other = await addUser('pending@root.mx', { role: 'super_admin', companyId: null, mustChangePassword: true });
    pending = { company: await stage.asUser(admin), root: await stage.asUser(other) };
  });

  it.each(rows.filter(({ id }) => !allowed.includes(id)))(
    'is refused before the request is looked at: $id',
    async ({ method, path }) => {
      const target = path.replace(/\{\w+\}/g, 'x');
      for (const headers of Object.values(pending))
        expect(await stage.call(method, target, { headers, body: 'not even JSON' })).toMatchObject(CHANGE_FIRST);
    },
  );

  it('may leave', async () => {
    const headers = pending['company'] ?? {};
    expect(await stage.call('POST', '/api/v1/auth/logout', { headers })).toMatchObject({ status: 200 });
  });
});
