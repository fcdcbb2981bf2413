/**
 * `npm run bench`: how long the paths a person waits for take on the sandbox, with the gateway answering at once, and what
 * each asks of others. The load generator runs in the same process, so the figures are on the slow side.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { startSandbox } from '#shared/local/sandbox.ts';
import { countAwsCalls } from '../stage/aws-calls.ts';
import { ShiftedClock } from '../stage/shifted-clock.ts';
import { median, percentile, table } from './figures.ts';

const RUNS = 60;
const WARM_UP = 8;
const MANY_USERS = 10_000;

const folder = mkdtempSync(`${tmpdir()}/pagos-bench-`);
const clock = new ShiftedClock();
const sandbox = await startSandbox({ dataDir: folder, sweepSeconds: 3600, clock });
const { stack, router, conekta } = sandbox;
if (!stack.demo || !conekta) throw new Error('The bench needs the demo and the simulated Conekta');
const { apiKey, productoId } = stack.demo;

interface Case {
  readonly name: string;
  readonly goal: string;
  readonly run: (index: number) => Promise<void>;
  /** How many do it at the same time; one unless told otherwise. */
  readonly atOnce?: number;
}

async function send(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${stack.api}${path}`, {
    method,
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
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

async function measure({ name, goal, run, atOnce = 1 }: Case): Promise<string[]> {
  for (let index = 0; index < WARM_UP; index += 1) await run(index);
  const times: number[] = [];
  const gatewayBefore = total(conekta?.calls() ?? {});
  const routerBefore = router.books.commands();
  const calls = await countAwsCalls(async () => {
    let next = 0;
    const lane = async () => {
      for (let index = next++; index < RUNS; index = next++) {
        const startedAt = performance.now();
        await run(index);
        times.push(performance.now() - startedAt);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
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
    perRun(total(conekta?.calls() ?? {}) - gatewayBefore),
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
process.stdout.write(
  `Router back -> delivered, from the next sweep on (each minute on AWS, every 5 s here): p50 ${median(backTimes).toFixed(1)} ms, p95 ${percentile(backTimes, 0.95).toFixed(1)} ms over ${backTimes.length} runs.\n`,
);
process.stdout.write(
  `Memory: ${residentMegabytes(process.pid)} MB for sandbox and load generator, engine apart (goal <= 400 MB).\n`,
);

await sandbox.stop();
rmSync(folder, { recursive: true });
process.exit(0);

function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes ?? 0) / 1024);
}
