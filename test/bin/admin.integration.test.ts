import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '#shared/security/secret.ts';
import { createCompany } from '#shared/tenants/company.ts';
import { createUser } from '#shared/tenants/user.ts';
import { runProgram, sandboxFolder } from '../stage/command.ts';
import { scratchFolder } from '../stage/scratch-folder.ts';
import { type Stage, stageAdmin, startStage } from '../stage/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

const admin = (args: readonly string[]) =>
  runProgram('admin.ts', ['reset-super-admin', ...args], { folder: sandboxFolder(stage) });
const logIn = (email: string, password: string) =>
  stage.call('POST', '/api/v1/auth/login', { body: { email, password } });
const ONE_PASSWORD = /^[a-hjkmnp-z2-9]{14}\n$/;

describe('npm run admin -- reset-super-admin', () => {
  it('makes the super admin of an empty deployment, on AWS as in the sandbox', async () => {
    const { code, out, err } = await runProgram('admin.ts', ['reset-super-admin'], {
      folder: scratchFolder(),
      variables: {
        TABLE_NAME: stage.tableName,
        AWS_ENDPOINT_URL_DYNAMODB: stage.endpoints.dynamodb,
        SUPER_ADMIN_INITIAL_EMAIL: stageAdmin.email,
      },
    });
    expect({ code, out, err }).toEqual({
      code: 0,
      out: expect.stringMatching(ONE_PASSWORD),
      err: 'root@stage.mx was made. Log in with this password and change it:\n',
    });
    const { body } = await logIn(stageAdmin.email, out.trim());
    expect(body.user).toMatchObject({ rol: 'super_admin', empresa_id: null, debe_cambiar_contrasena: true });
  });

  it('lets one in again who is locked out and switched off, and ends the sessions', async () => {
    const session = await stage.asSuperAdmin();
    const user = await stage.services.users.findByEmail(stageAdmin.email);
    await stage.services.users.setActive(user?.id ?? 0, false);
    for (let guess = 0; guess < 6; guess += 1) await logIn(stageAdmin.email, 'wrong');
    const { code, out, err } = await admin(['--sandbox']);
    expect([code, err]).toEqual([0, 'root@stage.mx was reset. Log in with this password and change it:\n']);
    expect(await logIn('ROOT@stage.mx', out.trim())).toMatchObject({ status: 200 });
    expect(await stage.call('POST', '/api/v1/auth/logout', { headers: session })).toMatchObject({ status: 401 });
  });

  it('does not make a second super admin of a slip of the pen, nor one of a company`s user', async () => {
    const conekta = { privateKey: new Secret('key'), publicKey: 'key', mode: 'test' } as const;
    const draft = { name: 'Café', contactEmail: 'ana@wifi.mx', contactPhone: null, conekta };
    const { id: companyId } = await createCompany(stage.services, draft);
    const ana = { email: 'ana@wifi.mx', password: new Secret('una-clave-larga'), name: 'Ana' };
    await createUser(stage.services, { ...ana, role: 'cliente_admin', companyId });
    expect(await admin(['--sandbox', '--email', 'rot@stage.mx'])).toEqual({
      code: 1,
      out: '',
      err: 'Nobody has rot@stage.mx; super admins here: root@stage.mx.\n',
    });
    expect(await admin(['--sandbox', '--email', 'ana@wifi.mx'])).toMatchObject({ code: 1, out: '' });
    expect(await logIn('ana@wifi.mx', 'una-clave-larga')).toMatchObject({ status: 200 });
  });

  it.each([
    { args: [], sentence: /^TABLE_NAME not set: / },
    { args: ['--sandbox', '--email', 'nobody'], sentence: /^Whose password\?/ },
    { args: ['--sandbox', '--password', 'typed-in-public'], sentence: /^Usage: / },
    { args: ['--sandbox', 'typed-in-public'], sentence: /^Usage: / },
  ])('refuses in one sentence that repeats nothing: $args', async ({ args, sentence }) => {
    const { code, out, err } = await admin(args);
    expect([code, out, err]).toEqual([1, '', expect.stringMatching(sentence)]);
    expect(err.trimEnd()).not.toContain('\n');
    expect(err).not.toContain('typed-in-public');
  });

  it.each([
    ['no sandbox runs', {}, ['--sandbox'], /^There is no sandbox running here/],
    [
      'nothing answers',
      { TABLE_NAME: 'none', AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' },
      ['--email', 'root@stage.mx'],
      /^It could not be done \(ECONNREFUSED\)/,
    ],
  ])('ends with one sentence where %s', async (_, variables, args, sentence) => {
    const ended = await runProgram('admin.ts', ['reset-super-admin', ...args], { folder: scratchFolder(), variables });
    expect(ended).toEqual({ code: 1, out: '', err: expect.stringMatching(sentence) });
    expect(ended.err.trimEnd()).not.toContain('\n');
  });
});

describe('after a restore', () => {
  const run = (...args: string[]) => runProgram('admin.ts', [...args, '--sandbox'], { folder: sandboxFolder(stage) });

  it('no session goes on, and no number is given out that may have been before', async () => {
    const session = await stage.asSuperAdmin();
    const last = await stage.services.table.nextNumber('USER');
    const { code, out } = await run('after-restore');
    expect([code, out]).toEqual([0, expect.stringMatching(/^Companies that are compared at once: \d+\. Users whose/)]);
    expect(await stage.call('POST', '/api/v1/auth/logout', { headers: session })).toMatchObject({ status: 401 });
    expect(await stage.services.table.nextNumber('USER')).toBeGreaterThan(last + 999);
  });

  it('the trail of the table that was given up tells what staff did since', async () => {
    const luz = { email: 'luz@stage.mx', password: new Secret('una-clave-larga'), name: 'Luz', companyId: null };
    const headers = await stage.asUser(await createUser(stage.services, { ...luz, role: 'super_admin' }));
    const body = {
      nombre: 'Otra',
      contacto_email: 'o@o.mx',
      conekta_private_key: 'key_secret',
      conekta_public_key: 'k',
      conekta_mode: 'test',
    };
    await stage.call('POST', '/admin/empresas', { headers, body });
    const told = await run('trail', '--since', new Date(stage.clock.now()).toISOString());
    expect(told).toMatchObject({
      code: 0,
      out: expect.stringMatching(/luz@stage\.mx {2}companies\/create {2}- {2}\{\} {2}20[01]\n/),
    });
    expect(told.out).not.toContain('key_secret');
    expect(await run('trail', '--since', 'yesterday')).toMatchObject({ code: 1, out: '' });
    stage.clock.advance(1);
    expect(await run('trail', '--since', new Date(stage.clock.now()).toISOString())).toMatchObject({
      code: 0,
      out: '',
    });
  });
});
