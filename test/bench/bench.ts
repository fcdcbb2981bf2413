/**
 * `npm run bench`: how long the paths a person waits for take on the sandbox, with the gateway answering at once, and what
 * each asks of others; then every row of the route table (rows.ts). `-- --growth`: whether any of it grows (growth.ts). The
 * load generator runs in the same process, so the figures are on the slow side.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as z from 'zod';
import type { Outbox } from '#shared/local/gateway/outbox.ts';
import { startSandbox } from '#shared/local/sandbox.ts';
import { throttles } from '#shared/security/throttle.ts';
import { countAwsCalls } from '../stage/aws-calls.ts';
import { ShiftedClock } from '../stage/shifted-clock.ts';
import { median, percentile, table } from './figures.ts';
import { benchGrowth } from './growth.ts';
import { benchRows } from './rows.ts';

const RUNS = 60;
/** More sales than this in one window of `burst-on-router` would have the router asked about each device. */
const ROUND = 20;
const { windowMs: WINDOW_MS } = throttles['burst-on-router'];
const WARM_UP = 8;
const MANY_USERS = 10_000;
const DUPLICATES = 1000;

if (process.argv.includes('--growth')) {
  await benchGrowth();
  process.exit(0);
}

const folder = mkdtempSync(`${tmpdir()}/pagos-bench-`);
const clock = new ShiftedClock();
const sandbox = await startSandbox({ dataDir: folder, sweepSeconds: 3600, clock });
const { stack, router, conekta, mercadoPago } = sandbox;
if (!stack.demo || !conekta || !mercadoPago) throw new Error('The bench needs the demo and both simulated gateways');
const { apiKey, productoId, clienteAdmin } = stack.demo;
const gatewayCalls = () => total(conekta.calls()) + total(mercadoPago.calls());

interface Case {
  readonly name: string;
  readonly goal: string;
  readonly run: (index: number) => Promise<void>;
  /** How many do it at the same time; one unless told otherwise. */
  readonly atOnce?: number;
}

const asPortal = { 'x-api-key': apiKey };

async function send(method: string, path: string, body?: unknown, who: Record<string, string> = asPortal) {
  const response = await fetch(`${stack.api}${path}`, {
    method,
    headers: { ...who, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (response.status !== 200)
    throw new Error(`${method} ${path} answered ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

let devices = 0;

/** A new phone on the hotspot's network. */
function join(): { mac_cliente: string; ip_cliente: string } {
  devices += 1;
  const [high, low] = [devices >> 8, devices & 0xff];
  const hex = (byte: number) => byte.toString(16).padStart(2, '0').toUpperCase();
  const device = { mac: `02:00:00:00:${hex(high)}:${hex(low)}`, ip: `10.5.${high}.${low}` };
  router.addHost(device);
  return { mac_cliente: device.mac, ip_cliente: device.ip };
}

const buy = (more: Record<string, unknown> = {}) =>
  send('POST', '/api/v1/payments/pagar-conekta', {
    producto_id: productoId,
    token_tarjeta: `tok_test_visa_4242_${randomUUID()}`,
    nombre_cliente: 'Luis Mora',
    email_cliente: `${randomUUID()}@correo.mx`,
    ...more,
  });

const buyAndConnect = async () => {
  const device = join();
  await buy({ ...device, conexion_automatica: true });
};

const buyWithMercadoPago = async () => {
  const device = join();
  return send('POST', '/api/v1/payments/pagar-mercado-pago', {
    producto_id: productoId,
    token: `mp_test_APRO_${randomUUID()}`,
    payment_method_id: 'visa',
    monto: 15,
    nombre_cliente: 'Luis Mora',
    email_cliente: `${randomUUID()}@correo.mx`,
    ...device,
    conexion_automatica: true,
  });
};

/** The webhook of a sale that was given back: news that has to be looked into, unlike that of one that was just paid. */
async function webhookOf(gateway: { readonly notifications: Outbox }, sell: () => Promise<unknown>) {
  const { id_compra: id } = z.object({ id_compra: z.number() }).parse(await sell());
  gateway.notifications.take();
  await send('POST', `/api/v1/admin/mi-empresa/transacciones/${id}/reembolsar`, {}, await asAdmin());
  const [last] = gateway.notifications.take().slice(-1);
  if (!last) throw new Error('A refund sent no webhook');
  return async () => {
    const { url, headers, body } = last;
    const type = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers: { ...headers, ...type }, body });
    await answer.body?.cancel();
    if (answer.status !== 200) throw new Error(`A webhook was answered ${answer.status}`);
  };
}

async function asAdmin(): Promise<Record<string, string>> {
  const answer = await send('POST', '/api/v1/auth/login', clienteAdmin, {});
  return { authorization: `Bearer ${z.object({ access_token: z.string() }).parse(answer).access_token}` };
}

async function measure({ name, goal, run, atOnce = 1 }: Case): Promise<string[]> {
  clock.advance(WINDOW_MS);
  for (let index = 0; index < WARM_UP; index += 1) await run(index);
  const times: number[] = [];
  const gatewayBefore = gatewayCalls();
  const routerBefore = router.books.commands();
  const calls = await countAwsCalls(async () => {
    let next = 0;
    for (let end = ROUND; end <= RUNS; end += ROUND) {
      const lane = async () => {
        while (next < end) {
          const startedAt = performance.now();
          await run(next++);
          times.push(performance.now() - startedAt);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, lane));
      clock.advance(WINDOW_MS);
    }
  });
  const routerAfter = router.books.commands();
  const perRun = (count: number) => String(Math.round((count / RUNS) * 10) / 10);
  const group = (operations: readonly string[]) =>
    operations
      .filter((operation) => calls[operation])
      .map((operation) => `${operation} ${perRun(calls[operation] ?? 0)}`)
      .join(', ') || '-';
  return [
    name,
    `${median(times).toFixed(1)} ms`,
    `${percentile(times, 0.95).toFixed(1)} ms`,
    goal,
    group(['BatchGetItem', 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'TransactWriteItems', 'DeleteItem', 'Scan']),
    group(['Encrypt', 'Decrypt', 'Sign', 'GetPublicKey']),
    group(['SendMessage', 'ReceiveMessage', 'DeleteMessage']),
    perRun(gatewayCalls() - gatewayBefore),
    `${perRun(routerAfter.connections - routerBefore.connections)} / ${perRun(routerAfter.commands - routerBefore.commands)}`,
  ];
}

const total = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

const rows = [
  await measure({ name: 'banner', goal: '', run: async () => void (await send('GET', '/')) }),
  await measure({
    name: 'catalogue',
    goal: 'p50 <= 15 ms',
    run: async () => void (await send('GET', '/api/v1/catalogo_perfiles_venta')),
  }),
  await measure({ name: 'purchase', goal: '', run: async () => void (await buy()) }),
  await measure({
    name: `purchase, auto-connect (${router.books.users().length} users)`,
    goal: 'p50 <= 150, p95 <= 300 ms',
    run: buyAndConnect,
  }),
];
rows.push(
  await measure({
    name: 'the same with Mercado Pago',
    goal: 'p50 <= 150, p95 <= 300 ms',
    run: async () => void (await buyWithMercadoPago()),
  }),
);
// Conekta is told where the webhooks go by the sweep.
await sandbox.sweep();
const webhooks = {
  'webhook of Conekta': await webhookOf(conekta, () => buy()),
  'webhook of Mercado Pago': await webhookOf(mercadoPago, buyWithMercadoPago),
};
for (const [name, run] of Object.entries(webhooks)) rows.push(await measure({ name, goal: 'p50 <= 50 ms', run }));
/** How often each gateway was asked about a purchase. */
const looks = {
  'webhook of Conekta': () => conekta.calls()['get-order'],
  'webhook of Mercado Pago': () => mercadoPago.calls()['search-payments'],
};
const floods = {
  'webhook of Conekta': await flood(webhooks['webhook of Conekta'], looks['webhook of Conekta']),
  'webhook of Mercado Pago': await flood(webhooks['webhook of Mercado Pago'], looks['webhook of Mercado Pago']),
};
for (const atOnce of [5, 20])
  rows.push(await measure({ name: `the same, ${atOnce} buyers at once`, goal: '', run: buyAndConnect, atOnce }));
router.seedUsers(MANY_USERS);
rows.push(
  await measure({
    name: `purchase, auto-connect (${router.books.users().length} users)`,
    goal: 'the same commands',
    run: buyAndConnect,
  }),
);

/** A thousand copies of one webhook, twenty at a time, and what the gateway was asked because of them in that minute. */
async function flood(deliver: () => Promise<void>, looksSoFar: () => number): Promise<number> {
  // What was said before is settled first.
  clock.advance(120_000);
  await sandbox.sweep();
  clock.advance(120_000);
  const before = looksSoFar();
  let left = DUPLICATES;
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      while (left-- > 0) await deliver();
    }),
  );
  await sandbox.sweep();
  return looksSoFar() - before;
}

/** From the sweep that comes after the router is back to the user seen on it, for buyers who were waiting. */
async function routerBack(): Promise<number> {
  const ours = () => router.books.users().filter((user) => user['comment']?.startsWith('px:')).length;
  await buy();
  const before = ours();
  await router.addFault({ name: 'refuse-connections' });
  await buy();
  await router.clearFaults();
  clock.advance(60_000);
  const startedAt = performance.now();
  await sandbox.sweep();
  while (ours() === before) await new Promise((later) => setTimeout(later, 1));
  return performance.now() - startedAt;
}
const backTimes: number[] = [];
for (let index = 0; index < 50; index += 1) backTimes.push(await routerBack());

const heads = [
  'case',
  'p50',
  'p95',
  'goal',
  'DynamoDB per run',
  'KMS',
  'SQS',
  'gateway',
  'router: connections / commands',
];
process.stdout.write(`${table(heads, rows)}\n`);
process.stdout.write(
  `${RUNS} runs each after ${WARM_UP} to warm up. Reads that wait for the router are among BatchGetItem.\n`,
);
for (const [name, count] of Object.entries(floods))
  process.stdout.write(`${DUPLICATES} copies of one ${name}: ${count} looks at the gateway (goal: 1 a minute).\n`);
process.stdout.write(
  `Router back -> delivered, from the next sweep on (each minute on AWS, every 5 s here): p50 ${median(backTimes).toFixed(1)} ms, p95 ${percentile(backTimes, 0.95).toFixed(1)} ms over ${backTimes.length} runs.\n`,
);
process.stdout.write(
  `Memory: ${residentMegabytes(process.pid)} MB for sandbox and load generator, engine apart (goal <= 400 MB).\n`,
);

await sandbox.stop();
rmSync(folder, { recursive: true });
await benchRows();
process.exit(0);

function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes ?? 0) / 1024);
}
