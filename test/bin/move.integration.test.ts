import type { SQSEvent } from 'aws-lambda';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Handler, loadHandler } from '#shared/local/load-handler.ts';
import { startQueuePump } from '#shared/local/queue-pump.ts';
import { Logger } from '#shared/platform/logger.ts';
import { Secret } from '#shared/security/secret.ts';
import { withSealed } from '#shared/tenants/move/sealed-values.ts';
import { secretPurposes } from '#shared/security/secret-box.ts';
import { storedItemSchema } from '#shared/store/table.ts';
import { judgePicture, replaceLogo } from '#shared/tenants/logo.ts';
import { createUser } from '#shared/tenants/user.ts';
import { type Ended, runProgram, sandboxFolder } from '../stage/command.ts';
import { type Market, routerLogin, startMarket } from '../stage/market.ts';
import { newestPurchases } from '../stage/newest-purchases.ts';
import { makeFolder } from '../stage/scratch-folder.ts';
import { type Answer, type Stage, startStage } from '../stage/stage.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ana = { email: 'ana@wifi.mx', password: 'una-clave-larga' };
const botToken = '123456:bot-token-of-the-company';
const picture = judgePicture('logo.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]));
const folder = makeFolder();
const file = join(folder.path, 'moved.jsonl');
const keyFile = join(folder.path, 'reader.pem');

let source: Market;
/** Another deployment with keys of its own, at the same gateways and the same router. */
let target: Stage;
let accessToken: string;
let sold: Answer;
let stopTarget = (): Promise<void> => Promise.resolve();

const at = (stage: Stage, program: string, ...args: string[]): Promise<Ended> =>
  runProgram(program, [...args, '--sandbox'], { folder: sandboxFolder(stage) });
const everything = async (stage: Stage) =>
  (await stage.items()).toSorted((one, other) =>
    `${one['pk']}${one['sk']}`.localeCompare(`${other['pk']}${other['sk']}`),
  );
const portal = () => ({ 'x-api-key': source.shop.apiKey });
const companyId = () => source.shop.companyId;

beforeAll(async () => {
  source = await startMarket();
  accessToken = await source.connectMercadoPago();
  const { services } = source;
  await createUser(services, {
    ...ana,
    password: new Secret(ana.password),
    name: 'Ana',
    role: 'cliente_admin',
    companyId: companyId(),
  });
  await source.call('PUT', '/api/v1/admin/mi-empresa', {
    headers: source.shop.admin,
    body: { telegram_bot_token: botToken, telegram_chat_id: '42', notificaciones_telegram: true },
  });
  const logos = await services.logos('write');
  await replaceLogo({ companies: services.companies, logos, logger: services.logger }, companyId(), picture);
  sold = await source.buy();
  source.conekta.addFault({ kind: 'server-error', route: 'create-charge', when: 'after', times: 1 });
  source.conekta.addFault({ kind: 'server-error', route: 'get-order', when: 'before', times: 1 });
  // Nobody knows yet whether this one was charged.
  expect(await source.buy()).toMatchObject({ status: 504 });
  source.conekta.clearFaults();
  await source.settled();
});
afterAll(async () => {
  await stopTarget();
  await source.stop();
  folder.remove();
});

async function makeKey(): Promise<{ publicKey: string }> {
  const { out } = await runProgram('import.ts', ['--make-key', keyFile], { folder: folder.path });
  return { publicKey: out.trim() };
}

it('no sealed value is stored that a move would not open and seal anew', async () => {
  const named = /"\w*sealed\w*":"/gi;
  const sealed = JSON.stringify(await source.items()).match(named)?.length;
  const turned: string[] = [];
  for (const item of await source.items())
    await withSealed(storedItemSchema.parse(item), (purpose) => Promise.resolve(String(turned.push(purpose))));
  expect(turned.length).toBe(sealed);
  expect(new Set(turned)).toEqual(new Set(secretPurposes));
});

it('a company leaves in a file that says nothing to whoever has not the key', async () => {
  const { publicKey } = await makeKey();
  // Its handlers have ended: the command need not wait for them.
  await source.services.departures.begin(companyId(), Date.now() - HOUR);
  const exported = await at(
    source.stage,
    'export.ts',
    file,
    '--recipient',
    publicKey,
    '--company',
    companyId(),
    '--move',
  );
  expect(exported).toMatchObject({ code: 0, err: '' });
  const text = readFileSync(file, 'utf8');
  const decoded = text
    .split('\n')
    .map((line) => Buffer.from(line, 'base64').toString('latin1'))
    .join('');
  const { contrasena, usuario } = sold.body.usuario_hotspot;
  for (const secret of [
    source.shop.conektaKey,
    accessToken,
    routerLogin.password,
    botToken,
    contrasena,
    usuario,
    ana.email,
  ])
    expect([text, decoded, exported.out].some((where) => where.includes(secret))).toBe(false);
});

it('where it was, nothing of it works any more, and nobody moves its money or its users', async () => {
  const before = JSON.stringify([source.conekta.ledger(), source.customers()]);
  expect(await source.call('GET', '/api/v1/catalogo_perfiles_venta', { headers: portal() })).toMatchObject({
    status: 401,
  });
  const login = await source.call('POST', '/api/v1/auth/login', { body: ana });
  expect(login.status).toBe(401);
  await source.later(HOUR);
  await source.settled();
  expect(JSON.stringify([source.conekta.ledger(), source.customers()])).toBe(before);
  const census = await source.services.census.read();
  expect(census).toMatchObject({ companies: 0, activeCompanies: 0 });
});

it('a file that was cut is refused, and a dry run tells, before anything is written', async () => {
  target = await startStage({
    clock: source.clock,
    config: {
      CONEKTA_BASE_URL: source.conekta.url,
      MERCADO_PAGO_BASE_URL: source.mercadoPago.url,
      TELEGRAM_BASE_URL: source.telegram.url,
      LOOPBACK_ROUTERS: 'allowed',
    },
  });
  const routerJobs: Handler<SQSEvent, unknown> = await loadHandler('queue/router-jobs');
  const worker = startQueuePump({
    sqs: target.aws.sqs,
    queueUrl: target.queueUrl,
    handler: routerJobs,
    logger: new Logger(source.clock, 'SILENT'),
  });
  stopTarget = async () => {
    await worker.stop(0);
    await target.stop();
  };
  // It has users of its own, by the same numbers.
  await target.asSuperAdmin();
  for (const name of ['uno', 'dos', 'tres']) {
    const user = { email: `${name}@otra.mx`, password: new Secret('una-clave-larga'), name, companyId: null };
    await createUser(target.services, { ...user, role: 'super_admin' });
  }
  const before = await everything(target);
  const cut = join(folder.path, 'cut.jsonl');
  writeFileSync(cut, readFileSync(file, 'utf8').slice(0, -200));
  expect(await at(target, 'import.ts', cut, '--key', keyFile)).toMatchObject({
    code: 1,
    err: expect.stringContaining('The file was cut'),
  });
  expect(await at(target, 'import.ts', file, '--key', keyFile, '--dry-run')).toMatchObject({ code: 0 });
  expect(await everything(target)).toEqual(before);
});

it('it arrives whole, switched off, with its secrets sealed by the keys that are here', async () => {
  const imported = await at(target, 'import.ts', file, '--key', keyFile);
  expect(imported).toMatchObject({ code: 0, err: '' });
  expect(imported.out).toMatch(
    /came with \d+ items; it is off until you switch it on\.\n {2}note {4}user \d gets another number/,
  );
  const company = await target.services.companies.find(companyId());
  expect(company).toMatchObject({ active: false, conekta: { webhook: null } });
  const open = async (purpose: 'gateway-credentials' | 'telegram-tokens', sealed: string | null | undefined) =>
    (await target.services.box(purpose).open(companyId(), sealed ?? '')).reveal();
  expect(await open('gateway-credentials', company?.conekta.sealedPrivateKey)).toBe(source.shop.conektaKey);
  expect(await open('gateway-credentials', company?.mercadoPago.sealedAccessToken)).toBe(accessToken);
  expect(await open('telegram-tokens', company?.telegram.sealedBotToken)).toBe(botToken);
  const logo = await target.call('GET', company?.logoUrl ?? '');
  expect(logo).toMatchObject({ status: 200, body: Buffer.from(picture.bytes) });
});

it('a second time it is here already, and nothing changes', async () => {
  const before = await everything(target);
  const again = await at(target, 'import.ts', file, '--key', keyFile);
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining('is here already') });
  expect(await everything(target)).toEqual(before);
});

it('its portal, its staff and its buyers go on as before', async () => {
  const root = await target.asSuperAdmin();
  expect(await target.call('PUT', `/admin/empresas/${companyId()}/toggle-activo`, { headers: root })).toMatchObject({
    status: 200,
  });
  const catalogue = await target.call('GET', '/api/v1/catalogo_perfiles_venta', { headers: portal() });
  expect(catalogue.body).toMatchObject([{ id: source.shop.productId }]);
  expect(await target.call('POST', '/api/v1/auth/login', { body: ana })).toMatchObject({ status: 200 });
  const { usuario_hotspot, consulta_url } = sold.body;
  const { usuario, contrasena } = usuario_hotspot;
  const proved = await target.call('POST', '/api/v1/hotspot/user/profile-info', {
    headers: portal(),
    body: { username: usuario, password: contrasena },
  });
  expect(proved).toMatchObject({ status: 200 });
  const { pathname, search } = new URL(consulta_url, 'http://here');
  expect((await target.call('GET', pathname + search)).body).toMatchObject({ usuario_hotspot });
});

it('money that was in doubt there is settled here, and what is given back is given back once', async () => {
  await source.sweep();
  await source.settled();
  const purchases = await newestPurchases(target.services, companyId(), 10);
  expect(purchases.map(({ state }) => state).toSorted()).toEqual(['paid', 'refunded']);
  const headers = await target.asCompanyAdmin(companyId());
  const refund = `/api/v1/admin/mi-empresa/transacciones/${sold.body.id_compra}/reembolsar`;
  await target.call('POST', refund, { headers });
  await source.until(() => source.customers().length === 0);
  const { charges, refunds } = source.conekta.ledger();
  expect([charges.length, refunds.length]).toEqual([2, 2]);
});
