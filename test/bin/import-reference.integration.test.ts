import { SignJWT } from 'jose';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiKeyHash } from '#shared/security/tokens.ts';
import { bring, prepareImport } from '#shared/tenants/import-reference/bring.ts';
import { readReferenceFile } from '#shared/tenants/import-reference/reference-file.ts';
import {
  apiKey,
  company,
  product,
  router,
  type Tables,
  tables,
  user,
} from '../shared/tenants/import-reference/sample-tables.ts';
import { runProgram, sandboxFolder } from '../stage/command.ts';
import { type Stage, startStage } from '../stage/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.stop());

/** @param files more files that stand beside it, by name */
function run(args: readonly string[], json = tables(), files: Readonly<Record<string, string>> = {}) {
  const folder = sandboxFolder(stage);
  for (const [name, text] of Object.entries({ 'reference.json': json, ...files }))
    writeFileSync(join(folder, name), text);
  return runProgram('import-reference.ts', ['reference.json', '--sandbox', ...args], { folder });
}
const stored = async () =>
  (await stage.items()).toSorted((one, other) =>
    `${one['pk']}${one['sk']}`.localeCompare(`${other['pk']}${other['sk']}`),
  );

/** The sample's key as its portal has it: signed by the reference. */
async function portalKey(): Promise<string> {
  const claims = { jti: apiKey.key_id, iss: 'mikrotik-payment-api', sub: router.id, empresa: company.id };
  const times = { iat: 1_768_471_200.5, exp: 1_800_007_200.5, type: 'router_api_key' };
  const jwt = new SignJWT({ ...claims, ...times }).setProtectedHeader({ alg: 'HS256' });
  return `jwt_${await jwt.sign(Buffer.from('a secret of the reference, long enough'))}`;
}
const withKeyOf = (key: string): Partial<Tables> => ({
  routers: [{ ...router, api_key_hash: apiKeyHash(key) }],
  api_keys_tracking: [{ ...apiKey, key_hash: apiKeyHash(key) }],
});

describe('npm run import:reference', () => {
  it('dry, tells what it would do and writes nothing', async () => {
    const { code, out, err } = await run(['--dry-run']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe(
      [
        'empresas: 1 would be created, 0 already there, 0 refused',
        'routers: 1 would be created, 0 already there, 0 refused',
        'productos: 1 would be created, 0 already there, 0 refused',
        'usuarios: 1 would be created, 0 already there, 0 refused',
        'api_keys_tracking: 1 would be created, 0 already there, 0 refused',
        '',
      ].join('\n'),
    );
    expect(await stage.items()).toEqual([]);
  });

  it('brings a company whose portal and staff go on as before', async () => {
    const key = await portalKey();
    const { code, out } = await run([], tables(withKeyOf(key)));
    expect([code, out.split('\n')[0]]).toEqual([0, 'empresas: 1 created, 0 already there, 0 refused']);

    const catalogue = await stage.call('GET', '/api/v1/catalogo_perfiles_venta', { headers: { 'x-api-key': key } });
    expect(catalogue.body).toMatchObject([{ id: 41, precio: 19.99, detalles: product.detalles }]);
    const login = { email: 'ana@WIFI.mx', password: 'contraseña vieja' };
    const session = await stage.call('POST', '/api/v1/auth/login', { body: login });
    expect(session.body.user).toMatchObject({ id: 12, empresa_id: company.id, debe_cambiar_contrasena: false });
    const admin = { authorization: `Bearer ${session.body.access_token}` };
    const root = await stage.asSuperAdmin();
    const path = `/admin/empresas/${company.id}/routers/${router.id}`;
    expect((await stage.call('GET', `${path}/api-key-status`, { headers: root })).body).toMatchObject({
      key_id: apiKey.key_id,
      use_count: 7,
    });
    // What is made from now on has numbers of its own.
    const { perfil_mikrotik_nombre, nombre_venta, precio } = product;
    const body = { router_id: router.id, perfil_mikrotik_id: '*9', perfil_mikrotik_nombre, nombre_venta, precio };
    expect((await stage.call('POST', '/api/v1/admin/products', { headers: admin, body })).body).toMatchObject({
      id: 42,
    });
    expect((await stage.services.users.findByEmail('root@stage.mx'))?.id).toBe(13);
    expect((await stage.call('POST', `${path}/regenerate-api-key`, { headers: root })).status).toBe(200);
  });

  it('seals every secret on its way in, and tells none', async () => {
    const { out, err } = await run([]);
    const { companies, routers } = stage.services;
    const found = await companies.find(company.id);
    const gateway = stage.services.box('gateway-credentials');
    const open = async (sealed: string | null | undefined) => (await gateway.open(company.id, sealed ?? '')).reveal();
    expect(await open(found?.conekta.sealedPrivateKey)).toBe(company.conekta_private_key);
    expect(await open(found?.mercadoPago.sealedAccessToken)).toBe(company.mercado_pago_access_token);
    expect(await open(found?.mercadoPago.sealedWebhookSecret)).toBe(company.mercado_pago_webhook_secret);
    const { sealedBotToken } = found?.telegram ?? {};
    const botToken = await stage.services.box('telegram-tokens').open(company.id, sealedBotToken ?? '');
    expect(botToken.reveal()).toBe(company.telegram_bot_token);
    const kept = await companies.findCredentials(company.id, 'mercado-pago', 1);
    expect(kept?.sealedPrivateKey).toBe(found?.mercadoPago.sealedAccessToken);
    const { sealedPassword } = (await routers.find(company.id, router.id)) ?? {};
    const opened = await stage.services.box('router-credentials').open(company.id, sealedPassword ?? '');
    expect(opened.reveal()).toBe(router.password_encrypted);
    const written = JSON.stringify(await stage.items()) + out + err;
    for (const secret of ['in-clear', company.conekta_private_key]) expect(written).not.toContain(secret);
  });

  it('a second time brings nothing, and leaves alone what was changed meanwhile', async () => {
    await run([]);
    await stage.services.companies.update(company.id, { name: 'Otro nombre' });
    const before = await stored();
    const { code, out } = await run([]);
    expect([code, out.match(/0 created, 1 already there, 0 refused/g)?.length]).toEqual([0, 5]);
    expect(await stored()).toEqual(before);
  });

  it('goes on where it was cut', async () => {
    const file = readReferenceFile(tables());
    if (!file) throw new Error('no file');
    const { services } = stage;
    for (let writes = 0; writes <= 4; writes += 1) {
      const lines = await prepareImport(file, null, services);
      await bring(file, lines.filter(({ verdict }) => verdict.kind === 'create').slice(0, 1), services);
    }
    const { out } = await run(['--dry-run']);
    expect(out.match(/0 would be created, 1 already there, 0 refused/g)?.length).toBe(5);
    expect((await services.routers.find(company.id, router.id))?.activeKey?.id).toBe(apiKey.key_id);
  });

  it('opens Mercado Pago`s credentials with the key of the reference', async () => {
    const token =
      'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';
    const encrypted = tables({ empresas: [{ ...company, mercado_pago_access_token: token }] });
    const without = await run(['--dry-run'], encrypted);
    expect(without.out).toContain(
      `  note    ${company.id}: its Mercado Pago credentials cannot be opened: give the key`,
    );
    const key = { key: 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=\n', bad: 'not-a-key' };
    expect(await run(['--fernet-key-file', 'bad'], encrypted, key)).toEqual({
      code: 1,
      out: '',
      err: 'bad does not hold a Fernet key.\n',
    });
    expect(await run(['--fernet-key-file', 'key'], encrypted, key)).toMatchObject({ code: 0, err: '' });
    const found = await stage.services.companies.find(company.id);
    const sealed = found?.mercadoPago.sealedAccessToken ?? '';
    expect((await stage.services.box('gateway-credentials').open(company.id, sealed)).reveal()).toBe('hello');
  });

  it('brings the rest when a row is refused, and ends with 1', async () => {
    const { code, out, err } = await run([], tables({ usuarios: [user, { ...user, id: 13, email: 'ana@wifi.mx' }] }));
    expect([code, err]).toEqual([1, 'Rows refused: 2. Correct the file and run it again; nothing comes twice.\n']);
    expect(out).toContain("  refused 12: its e-mail differs from user 13's in letter case at most\n");
    expect(await stage.services.products.find(company.id, 41)).toBeDefined();
    expect(await run([])).toMatchObject({ code: 0 });
    expect(await stage.services.users.find(12)).toMatchObject({ email: user.email });
  });

  it.each([
    [['--dry'], /^Usage: /],
    [['second.json'], /^Usage: /],
    [['--fernet-key-file', 'nowhere'], /^nowhere cannot be read\.$/],
  ])('refuses in one sentence: %j', async (args, sentence) => {
    const { code, out, err } = await run(args);
    expect([code, out, err.trimEnd()]).toEqual([1, '', expect.stringMatching(sentence)]);
  });

  it('says so when the file is none of the reference', async () => {
    expect(await run([], '{"companies": []}')).toMatchObject({
      code: 1,
      err: "reference.json is not JSON with a list of rows for any of the reference's tables.\n",
    });
  });
});
