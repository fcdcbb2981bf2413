import bcrypt from 'bcryptjs';
import { createHook } from 'node:async_hooks';
import { decodeJwt, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localKeys } from '#shared/local/kms-keys.ts';
import { Kms } from '#shared/platform/kms.ts';
import { signJwt } from '#shared/security/kms-jwt.ts';
import { Secret } from '#shared/security/secret.ts';
import { createUser } from '#shared/tenants/user.ts';
import { type Headers, type Stage, stageAdmin, startStage } from '../../stage/stage.ts';
import { addCompany, addRouter } from '../../stage/tenants.ts';

let stage: Stage;
let companyId: string;
beforeAll(async () => {
  stage = await startStage();
  companyId = await addCompany(stage);
});
afterAll(() => stage.stop());

const PASSWORD = 'una-clave-larga';
const addUser = (email: string, of = companyId) =>
  createUser(stage.services, {
    email,
    password: new Secret(PASSWORD),
    name: 'Ana Ruiz',
    role: 'cliente_admin',
    companyId: of,
  });
const logIn = (email: string, password: string = PASSWORD) =>
  stage.call('POST', '/api/v1/auth/login', { body: { email, password } });
const change = (headers: Headers, current_password: string, new_password: string) =>
  stage.call('POST', '/api/v1/auth/change-password', { headers, body: { current_password, new_password } });
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
/** Any row for which a session of any role is enough. */
const logOut = (headers: Headers) => stage.call('POST', '/api/v1/auth/logout', { headers });

const WRONG = { status: 401, body: { detail: 'Credenciales incorrectas' } };

describe('a login', () => {
  it('answers a session, its end in UTC without zone, and the user', async () => {
    const user = await addUser('ana@wifi.mx');
    const { status, body } = await logIn('ana@wifi.mx');
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_at: '2026-05-04T18:22:10',
      user: {
        id: user.id,
        email: 'ana@wifi.mx',
        nombre: 'Ana Ruiz',
        rol: 'cliente_admin',
        empresa_id: companyId,
        activo: true,
        debe_cambiar_contrasena: false,
      },
    });
    expect(decodeJwt(body.access_token)).toMatchObject({ sub: String(user.id), empresa_id: companyId });
    expect((await stage.services.users.find(user.id))?.lastLoginAt).toBe(stage.clock.now());
    expect(await logOut(bearer(body.access_token))).toMatchObject({ status: 200 });
  });

  it('of a super admin has no company', async () => {
    await stage.asSuperAdmin();
    const { body } = await logIn(stageAdmin.email, stageAdmin.password);
    expect(body.user).toMatchObject({ rol: 'super_admin', empresa_id: null });
  });

  it('of a company that is switched off is as any other', async () => {
    const off = await addCompany(stage);
    await addUser('closed@wifi.mx', off);
    await stage.services.companies.setActive(off, false);
    expect(await logIn('closed@wifi.mx', 'wrong')).toMatchObject(WRONG);
    expect(await logIn('closed@wifi.mx')).toMatchObject({ status: 200, body: { user: { empresa_id: off } } });
  });

  it('does not care for the letter case of the e-mail', async () => {
    await addUser('Case@Wifi.mx');
    expect(await logIn('cASE@wIFI.MX')).toMatchObject({ status: 200, body: { user: { email: 'Case@Wifi.mx' } } });
  });

  it('with a wrong password and with an unknown e-mail are the same answer', async () => {
    await addUser('known@wifi.mx');
    expect(await logIn('known@wifi.mx', 'wrong')).toMatchObject(WRONG);
    expect(await logIn('unknown@wifi.mx', 'wrong')).toMatchObject(WRONG);
  });

  it('does the same work for a known and for an unknown e-mail', async () => {
    await addUser('worked@wifi.mx');
    const known = await workOf(() => logIn('worked@wifi.mx', 'wrong'));
    expect(known).toEqual({ calls: { UpdateItem: 1, GetItem: 2 }, hashes: 1 });
    expect(await workOf(() => logIn('nobody@wifi.mx', 'wrong'))).toEqual(known);
  });

  it('tells that a user is switched off only to one who has the password', async () => {
    const user = await addUser('off@wifi.mx');
    await stage.services.users.setActive(user.id, false);
    expect(await logIn('off@wifi.mx', 'wrong')).toMatchObject(WRONG);
    expect(await logIn('off@wifi.mx')).toMatchObject({
      status: 401,
      body: { detail: 'Usuario inactivo. Contacta al administrador.' },
    });
  });

  it('with malformed input is a 422 that echoes nothing', async () => {
    const { status, body } = await logIn('not-an-address', 'my-password');
    expect(status).toBe(422);
    expect(body.detail).toEqual([
      { type: 'value_error', loc: ['body', 'email'], msg: 'value is not a valid email address' },
    ]);
    const missing = await stage.call('POST', '/api/v1/auth/login', { body: { email: 'ana@wifi.mx' } });
    expect(missing.body.detail).toEqual([{ type: 'missing', loc: ['body', 'password'], msg: 'Field required' }]);
    const number = await stage.call('POST', '/api/v1/auth/login', { body: { email: 'ana@wifi.mx', password: 5 } });
    expect(number.body.detail).toMatchObject([{ type: 'string_type', loc: ['body', 'password'] }]);
  });
});

/** Of a user of the reference service, cheap enough for a test. */
async function addImportedUser(email: string, password = PASSWORD) {
  const user = await addUser(email);
  const passwordHash = await bcrypt.hash(password, 4);
  await stage.services.users.rehashPassword(user, passwordHash);
  return { ...user, passwordHash };
}
const storedHash = async (id: number) => (await stage.services.users.find(id))?.passwordHash;

describe('an imported user', () => {
  it('logs in with the old password, which is hashed anew, once, and no session ends', async () => {
    const user = await addImportedUser('imported@wifi.mx');
    const session = await stage.asUser(user);
    expect(await logIn('imported@wifi.mx', 'wrong')).toMatchObject(WRONG);
    expect(await storedHash(user.id)).toBe(user.passwordHash);
    expect(await logIn('imported@wifi.mx')).toMatchObject({ status: 200 });
    const rehashed = await storedHash(user.id);
    expect(rehashed).toMatch(/^\$argon2id\$/);
    expect(await logIn('imported@wifi.mx')).toMatchObject({ status: 200 });
    expect(await storedHash(user.id)).toBe(rehashed);
    expect(await logOut(session)).toMatchObject({ status: 200 });
  });

  it('whose password was changed meanwhile keeps the new one', async () => {
    const user = await addImportedUser('overtaken@wifi.mx');
    await stage.services.users.changePassword(user, 'newer');
    await stage.services.users.rehashPassword(user, 'late');
    expect(await storedHash(user.id)).toBe('newer');
  });

  it('with a password beyond what bcrypt reads is compared as the reference did, for ever', async () => {
    const user = await addImportedUser('long@wifi.mx', `${'x'.repeat(72)}end`);
    expect(await logIn('long@wifi.mx', `${'x'.repeat(72)}other`)).toMatchObject({ status: 200 });
    expect(await logIn('long@wifi.mx', `${'x'.repeat(72)}end`)).toMatchObject({ status: 200 });
    expect(await storedHash(user.id)).toBe(user.passwordHash);
  });

  it('changes the password as anybody does', async () => {
    const headers = await stage.asUser(await addImportedUser('modern@wifi.mx'));
    expect(await change(headers, PASSWORD, 'otra-clave-larga')).toMatchObject({ status: 200 });
    expect(await logIn('modern@wifi.mx', 'otra-clave-larga')).toMatchObject({ status: 200 });
  });
});

describe('ten logins with a wrong password', () => {
  it('lock the e-mail, in any letter case, until 15 minutes after the first, for the right password too', async () => {
    await addUser('guessed@wifi.mx');
    const answers = [];
    for (let guess = 0; guess < 10; guess += 1) {
      answers.push((await logIn('guessed@wifi.mx', `guess ${guess}`)).status);
      stage.clock.advance(1000);
    }
    expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429, 429, 429, 429]);
    expect(await logIn('Guessed@wifi.mx')).toMatchObject({
      status: 429,
      headers: { 'retry-after': String(15 * 60 - 10) },
      body: { detail: 'Demasiados intentos. Espere unos minutos e intente de nuevo.' },
    });
    expect(await workOf(() => logIn('guessed@wifi.mx'))).toEqual({ calls: { UpdateItem: 1 }, hashes: 0 });
    stage.clock.advance(15 * 60_000 - 10_000);
    expect(await logIn('guessed@wifi.mx')).toMatchObject({ status: 200 });
  });

  it('at once find no more room than one after the other', async () => {
    await addUser('raced@wifi.mx');
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, guess) => logIn('raced@wifi.mx', `guess ${guess}`)),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
  });

  it('of nobody`s e-mail lock it too, so that a lock tells nothing', async () => {
    const answers = [];
    for (let guess = 0; guess < 6; guess += 1) answers.push((await logIn('none@wifi.mx', 'wrong')).status);
    expect(answers).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('with right ones in between lock nothing', async () => {
    await addUser('clumsy@wifi.mx');
    for (let round = 0; round < 2; round += 1) {
      for (let guess = 0; guess < 4; guess += 1) expect(await logIn('clumsy@wifi.mx', 'wrong')).toMatchObject(WRONG);
      expect(await logIn('clumsy@wifi.mx')).toMatchObject({ status: 200 });
    }
  });
});

describe('a session', () => {
  const sign = (payload: Record<string, unknown>) => signJwt(new Kms(stage.aws.kms), localKeys.SESSIONS_KEY, payload);
  const INVALID = { status: 401, body: { detail: 'Token inválido' } };

  it.each([undefined, '', 'Bearer', 'Bearer '])('is needed: Authorization %j', async (authorization) => {
    const headers: Headers = authorization === undefined ? {} : { authorization };
    expect(await logOut(headers)).toMatchObject({ status: 403, body: { detail: 'Not authenticated' } });
  });

  it('comes by the Bearer scheme, in whatever letter case, and by no other', async () => {
    const { authorization = '' } = await stage.asUser(await addUser('scheme@wifi.mx'));
    const token = authorization.slice('Bearer '.length);
    expect(await logOut({ authorization: `Basic ${token}` })).toMatchObject({
      status: 403,
      body: { detail: 'Invalid authentication credentials' },
    });
    expect(await logOut({ authorization: `bearer ${token}` })).toMatchObject({ status: 200 });
  });

  it('that cannot be read, or is a router`s key, or was signed by nobody we know, is no session', async () => {
    const { authorization = '' } = await stage.asUser(await addUser('forged@wifi.mx'));
    const [head, payload = ''] = authorization.split('.');
    const claims: Record<string, unknown> = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const foreign = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from('x'.repeat(32)));
    const { apiKey } = await addRouter(stage, companyId);
    const forged = [`${head}.${payload}.AAAA`, 'Bearer abc', `Bearer ${foreign}`, `Bearer ${apiKey}`];
    for (const one of forged) expect(await logOut({ authorization: one })).toMatchObject(INVALID);
  });

  it('is over after 24 hours', async () => {
    const headers = await stage.asUser(await addUser('yesterday@wifi.mx'));
    stage.clock.advance(24 * 60 * 60_000);
    expect(await logOut(headers)).toMatchObject({ status: 401, body: { detail: 'Token expirado' } });
  });

  it('names a user who is there', async () => {
    const user = await addUser('gone@wifi.mx');
    expect(await logOut(await stage.asUser({ ...user, id: 999_999 }))).toMatchObject(INVALID);
    const seconds = Math.floor(stage.clock.now() / 1000);
    const claims = { email: user.email, nombre: '', rol: 'cliente_admin', empresa_id: null, type: 'access_token' };
    const nameless = await sign({ ...claims, ver: 0, iat: seconds, exp: seconds + 60 });
    expect(await logOut(bearer(nameless))).toMatchObject(INVALID);
  });

  it('has the role that the database says, whatever the token does', async () => {
    const user = await addUser('promoted@wifi.mx');
    const headers = await stage.asUser({ ...user, role: 'super_admin', companyId: null });
    expect(await stage.call('GET', '/admin/usuarios', { headers })).toMatchObject({
      status: 403,
      body: { detail: 'Se requiere rol SUPER_ADMIN' },
    });
  });

  it('of a user who was switched off is told why it is over', async () => {
    const user = await addUser('dismissed@wifi.mx');
    const headers = await stage.asUser(user);
    await stage.services.users.setActive(user.id, false);
    expect(await logOut(headers)).toMatchObject({ status: 401, body: { detail: 'Usuario no activo' } });
    await stage.services.users.setActive(user.id, true);
    expect(await logOut(headers)).toMatchObject({ status: 401, body: { detail: 'Token inválido' } });
  });
});

describe('a logout', () => {
  it('ends the session', async () => {
    const headers = await stage.asUser(await addUser('leaving@wifi.mx'));
    expect(await logOut(headers)).toMatchObject({ status: 200, body: { message: 'Sesión cerrada exitosamente' } });
    expect(await logOut(headers)).toMatchObject({ status: 401, body: { detail: 'Token inválido' } });
    expect(await logIn('leaving@wifi.mx')).toMatchObject({ status: 200 });
  });

  it('needs a session', async () => {
    expect(await stage.call('POST', '/api/v1/auth/logout')).toMatchObject({
      status: 403,
      body: { detail: 'Not authenticated' },
    });
  });

  it('costs one read and one write, and the two of the trail', async () => {
    const headers = await stage.asUser(await addUser('cheap@wifi.mx'));
    expect(await stage.countCalls(() => logOut(headers))).toMatchObject({ GetItem: 1, UpdateItem: 2, PutItem: 1 });
  });
});

describe('a change of password', () => {
  it('ends the sessions, and from then on the new one counts', async () => {
    const headers = await stage.asUser(await addUser('changing@wifi.mx'));
    expect(await change(headers, PASSWORD, 'otra-clave-larga')).toMatchObject({
      status: 200,
      body: { message: 'Contraseña actualizada exitosamente' },
    });
    expect(await logOut(headers)).toMatchObject({ status: 401 });
    expect(await logIn('changing@wifi.mx')).toMatchObject(WRONG);
    expect(await logIn('changing@wifi.mx', 'otra-clave-larga')).toMatchObject({ status: 200 });
  });

  it('is refused for a wrong current password, and a stolen session cannot go on guessing', async () => {
    const headers = await stage.asUser(await addUser('stolen@wifi.mx'));
    for (let guess = 0; guess < 5; guess += 1)
      expect(await change(headers, `guess ${guess}`, 'otra-clave-larga')).toMatchObject({
        status: 400,
        body: { detail: 'Contraseña actual incorrecta' },
      });
    expect(await change(headers, PASSWORD, 'otra-clave-larga')).toMatchObject({ status: 429 });
  });

  it.each([
    { why: 'seven characters', weak: 'seven77' },
    { why: '129 characters', weak: 'x'.repeat(129) },
    { why: 'the e-mail', weak: 'Weak@wifi.mx' },
  ])('is refused for a weak new one: $why', async ({ weak }) => {
    const user = (await stage.services.users.findByEmail('weak@wifi.mx')) ?? (await addUser('weak@wifi.mx'));
    expect(await change(await stage.asUser(user), PASSWORD, weak)).toMatchObject({
      status: 400,
      body: { detail: 'La contraseña nueva debe tener entre 8 y 128 caracteres y no ser tu email.' },
    });
    expect(await logIn('weak@wifi.mx')).toMatchObject({ status: 200 });
  });

  it('is refused for one that everybody tries first', async () => {
    const headers = await stage.asUser(await addUser('notorious@wifi.mx'));
    expect(await change(headers, PASSWORD, 'qwertyuiop')).toMatchObject({
      status: 400,
      body: { detail: 'Esa contraseña es demasiado común. Elige otra.' },
    });
  });

  it('made twice at once happens once', async () => {
    const user = await addUser('twice@wifi.mx');
    const headers = await stage.asUser(user);
    const answers = await Promise.all([
      change(headers, PASSWORD, 'primera-clave'),
      change(headers, PASSWORD, 'segunda-clave'),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const logins = [await logIn('twice@wifi.mx', 'primera-clave'), await logIn('twice@wifi.mx', 'segunda-clave')];
    expect(logins.map(({ status }) => status)).toEqual(answers.map(({ status }) => (status === 200 ? 200 : 401)));
  });

  it('with missing fields is a 422', async () => {
    const headers = await stage.asUser(await addUser('fields@wifi.mx'));
    const { status, body } = await stage.call('POST', '/api/v1/auth/change-password', { headers, body: {} });
    expect(status).toBe(422);
    expect(body.detail).toMatchObject([{ loc: ['body', 'current_password'] }, { loc: ['body', 'new_password'] }]);
  });
});

it('no password is stored or logged', async () => {
  const written = JSON.stringify(await stage.items()) + stage.log.join('');
  for (const password of [PASSWORD, 'otra-clave-larga', stageAdmin.password]) expect(written).not.toContain(password);
});

/** What somebody who measures a login could see of it: calls to AWS, and passwords hashed. */
async function workOf(work: () => Promise<unknown>) {
  let hashes = 0;
  const hook = createHook({ init: (_, type) => void (type === 'ARGON2REQUEST' && (hashes += 1)) }).enable();
  const calls = await stage.countCalls(work);
  hook.disable();
  return { calls, hashes };
}
