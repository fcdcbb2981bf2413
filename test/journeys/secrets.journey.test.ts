import { ReceiveMessageCommand, type ReceiveMessageResult, SQSClient } from '@aws-sdk/client-sqs';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '#shared/local/sandbox.ts';
import { bundleUnderTest } from '../stage/bundle-under-test.ts';
import { makeFolder } from '../stage/scratch-folder.ts';

const folder = makeFolder();
const log: string[] = [];
const messages: string[] = [];
let sandbox: Sandbox;
/** Name of each planted or minted secret, and its text. */
const secrets = new Map<string, string>();

type Json = Record<string, string>;

async function call(method: string, path: string, headers: Json, body?: unknown): Promise<Json> {
  const response = await fetch(`${sandbox.stack.api}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Json;
}

const asBearer = (token: string | undefined): Json => ({ authorization: `Bearer ${token ?? ''}` });

async function logIn(email: string, password: string): Promise<Json> {
  const { access_token = '' } = await call('POST', '/api/v1/auth/login', {}, { email, password });
  secrets.set(`session of ${email}`, access_token);
  return asBearer(access_token);
}

const plant = (name: string, text: string): string => {
  secrets.set(name, text);
  return text;
};

/** Everything a company entrusts to us, then sales of every outcome, some of them going wrong. */
async function journey(): Promise<void> {
  const { superAdmin, router } = sandbox.stack;
  plant('super admin password', superAdmin.password);
  const root = await logIn(superAdmin.email, superAdmin.password);
  const company = await call('POST', '/admin/empresas', root, {
    nombre: 'Planted Company',
    contacto_email: 'ana@wifi.example',
    conekta_private_key: plant('first Conekta key', 'key_planted_first_5d1'),
    conekta_public_key: 'key_pub',
    conekta_mode: 'test',
  });
  const made = await call('POST', `/admin/empresas/${company['id']}/routers`, root, {
    nombre: 'Principal',
    host: router.host,
    puerto: router.port,
    usuario: router.user,
    password: plant('router password', router.password),
  });
  const key = plant('API key', made['api_key'] ?? '');
  plant('API key without prefix', key.slice('jwt_'.length));
  const kitPath = `/admin/empresas/${company['id']}/routers/${made['id']}/kit`;
  const kit = await fetch(`${sandbox.stack.api}${kitPath}`, { headers: root });
  plant('password of the onboarding kit', / password="(\w{32})" /.exec(await kit.text())?.[1] ?? '');
  const email = 'planted@wifi.example';
  const password = plant('client password', 'planted-client-password');
  await call('POST', '/admin/usuarios', root, {
    email,
    password,
    nombre: 'Ana',
    rol: 'cliente_admin',
    empresa_id: company['id'],
  });
  const admin = await logIn(email, password);
  await call('POST', '/api/v1/admin/mi-empresa/configurar-conekta', admin, {
    conekta_private_key: plant('Conekta key in force', 'key_planted_second_77a'),
    conekta_public_key: 'key_pub_2',
  });
  await call('POST', '/api/v1/payments/configurar-credenciales', admin, {
    access_token: plant('Mercado Pago token', 'APP_USR-planted-token-9f'),
    webhook_secret: plant('Mercado Pago webhook secret', 'planted-webhook-secret'),
    telegram_bot_token: plant('Telegram bot token', '123456:planted-bot-token'),
  });
  const product = await call('POST', '/api/v1/admin/products', admin, {
    router_id: made['id'],
    perfil_mikrotik_id: '*1',
    perfil_mikrotik_nombre: '1hora',
    nombre_venta: '1 hora',
    precio: 15,
  });
  const buy = async (kind: string, token = `${kind}_planted_${secrets.size}`) => {
    plant(`card token ${token}`, token);
    const isConekta = !kind.startsWith('mp_');
    const card = isConekta ? { token_tarjeta: token } : { token, payment_method_id: 'visa', monto: 15 };
    const answer = await call(
      'POST',
      `/api/v1/payments/${isConekta ? 'pagar-conekta' : 'pagar-mercado-pago'}`,
      { 'x-api-key': key },
      {
        ...card,
        producto_id: product['id'],
        nombre_cliente: 'Luis Mora',
        email_cliente: `${secrets.size}@correo.example`,
      },
    );
    const { usuario_hotspot, consulta_url } = answer as unknown as { usuario_hotspot?: Json; consulta_url?: string };
    if (usuario_hotspot) plant(`access code of ${token}`, usuario_hotspot['contrasena'] ?? '');
    if (consulta_url) plant(`link secret of ${token}`, new URL(consulta_url, 'http://x').searchParams.get('t') ?? '');
    return answer;
  };
  const bought = (await buy('tok_test_visa_4242')) as unknown as { usuario_hotspot: Json };
  await reconnect(key, bought.usuario_hotspot['usuario'], bought.usuario_hotspot['contrasena']);
  await buy('tok_test_card_declined');
  await buy('tok_unknown');
  await buy('');
  await buy('mp_test_APRO');
  await buy('mp_test_FUND');
  await buy('mp_test_3DS');
  sandbox.mercadoPago?.addFault({ route: 'create-payment', kind: 'html-body', when: 'after', times: 1 });
  await buy('mp_test_APRO');
  // A key that is tested is not saved.
  const tested = plant('Conekta key that was only tested', 'key_planted_tested_31c');
  await call('POST', '/api/v1/admin/mi-empresa/probar-conekta', admin, { conekta_private_key: tested });
  await call('POST', '/api/v1/admin/mi-empresa/probar-mercado-pago', admin, {});
  sandbox.conekta?.addFault({ route: 'create-charge', kind: 'html-body', when: 'after', times: 1 });
  await buy('tok_test_visa_4242');
  sandbox.conekta?.addFault({ route: 'create-order', kind: 'reset', when: 'after', times: 1 });
  await buy('tok_test_visa_4242');
  await sandbox.router.addFault({
    name: 'trap',
    message: 'failure: something else',
    command: '/ip/hotspot/user/add',
    times: 1,
  });
  await buy('tok_test_visa_4242');
  await sandbox.router.addFault({ name: 'wrong-login', times: 1 });
  await call('GET', `/api/v1/admin/routers/${made['id']}/test-connection`, admin);
  await sandbox.sweep();
}

/** Codes that were sold and users of the operator's own, right and wrong, on a router that is there and one that is not. */
async function reconnect(key: string, bought = '', code = ''): Promise<void> {
  const mac = 'AA:BB:CC:00:00:77';
  sandbox.router.addHost({ mac, ip: '10.5.50.77' });
  const theirs = plant('password of an operator`s own user', 'planted-user-password');
  sandbox.router.addUsers([{ name: 'mesa 4', password: theirs }]);
  const wrong = plant('wrong password of a reconnect', 'planted-wrong-password');
  const send = (username: string, password: string) =>
    call('POST', '/api/v1/hotspot/auto-reconnect', { 'x-api-key': key }, { username, password, current_mac: mac });
  const answers = [
    await send(bought, code),
    await send(bought, wrong),
    await send('mesa 4', theirs),
    await send('mesa 4', wrong),
  ];
  await call('POST', '/api/v1/hotspot/user/profile-info', { 'x-api-key': key }, { username: bought, password: code });
  await sandbox.router.addFault({ name: 'wrong-login', times: 1 });
  answers.push(await send('mesa 4', theirs));
  expect(answers.map(({ estado }) => estado)).toEqual(['activo', 'expirado', 'activo', 'expirado', 'error']);
  for (const secret of [code, theirs, wrong]) expect(JSON.stringify(answers)).not.toContain(secret);
}

const routerBooks = () => join(folder.path, 'router');

function filesBelow(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
}

/** A code of six digits is looked for as a number of its own: as part of a longer one it would be found by chance. */
function isIn(haystack: string, secret: string): boolean {
  if (!/^\d+$/.test(secret)) return haystack.includes(secret);
  return new RegExp(`(?<!\\d)${secret}(?!\\d)`).test(haystack);
}

/** Seen where the queues' messages are handed to functions, wherever those run. */
function overhearQueues(): void {
  const send = SQSClient.prototype.send;
  SQSClient.prototype.send = async function (this: SQSClient, ...parameters: unknown[]) {
    const answer = await (send as (...all: unknown[]) => Promise<unknown>).apply(this, parameters);
    if (parameters[0] instanceof ReceiveMessageCommand) messages.push(...messagesIn(answer as ReceiveMessageResult));
    return answer;
  } as typeof send;
}

const messagesIn = ({ Messages = [] }: ReceiveMessageResult) => Messages.map((message) => JSON.stringify(message));

beforeAll(async () => {
  overhearQueues();
  sandbox = await startSandbox({
    dataDir: folder.path,
    demo: false,
    logSink: (line) => log.push(line),
    bundle: bundleUnderTest,
  });
  await journey();
});
afterAll(async () => {
  await sandbox.stop();
  folder.remove();
});

describe('after a journey full of secrets', () => {
  it('there was something to find and something to search', () => {
    expect([...secrets.values()].filter((secret) => secret.length >= 6).length).toBeGreaterThan(20);
    expect(secrets.get('password of the onboarding kit')).toHaveLength(32);
    const everything = filesBelow(folder.path)
      .map((file) => readFileSync(file, 'latin1'))
      .join('');
    expect(everything).toContain('Planted Company');
    expect(messages.length).toBeGreaterThan(3);
    expect(log.length).toBeGreaterThan(10);
  });

  const absentFrom = (haystack: string) =>
    expect([...secrets].filter(([, secret]) => secret !== '' && isIn(haystack, secret)).map(([name]) => name)).toEqual(
      [],
    );

  it('no byte of the data folder shows one, the simulated router’s own users apart', () => {
    for (const file of filesBelow(folder.path).filter((path) => !path.startsWith(routerBooks())))
      absentFrom(readFileSync(file, 'latin1'));
  });

  it('no message of the queue shows one', () => absentFrom(messages.join('\n')));

  it('no line of the log shows one', () => absentFrom(log.join('')));
});
