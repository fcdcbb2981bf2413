/**
 * `npm run costs`: what a month on AWS costs, from what sales are counted to ask of each service here. Whole lives of sales
 * are played: plans looked at, bought, delivered, told by the gateway's webhook, looked up once more, counted, ended.
 */
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { randomUUID } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as z from 'zod';
import { routes } from '#shared/http/routes.ts';
import { startDynamo } from '#shared/local/dynamodb.ts';
import { localKeys } from '#shared/local/kms-keys.ts';
import { startSandbox } from '#shared/local/sandbox.ts';
import { createAwsClients } from '#shared/local/aws-clients.ts';
import { pause } from '#shared/platform/clock.ts';
import { setting } from '#shared/platform/config.ts';
import { tableShape } from '#shared/store/table.ts';
import { workers } from '#shared/workers.ts';
import { countAwsCalls } from '../stage/aws-calls.ts';
import { ShiftedClock } from '../stage/shifted-clock.ts';
import { startCapacityMeter } from './capacity-meter.ts';
import { table } from './figures.ts';
import { assumed, prices } from './prices.ts';

const SALES = 40;
const MINUTE_MS = 60_000;
const PASS_MINUTES = 60;
const IDLE_SWEEPS = 20;
const MONTH_MINUTES = 30 * 24 * 60;

const folder = mkdtempSync(`${tmpdir()}/pagos-costs-`);
const clock = new ShiftedClock();
const dynamo = await startDynamo();
const meter = await startCapacityMeter(dynamo.url);
let logBytes = 0;
const sandbox = await startSandbox({
  dataDir: folder,
  sweepSeconds: 3600,
  clock,
  logSink: (line) => void (logBytes += Buffer.byteLength(line)),
  environment: { AWS_ENDPOINT_URL_DYNAMODB: meter.url, LOG_LEVEL: 'INFO' },
});
const { stack, router } = sandbox;
if (!stack.demo || !sandbox.conekta) throw new Error('The demo company is what sells here, with the simulated Conekta');
const { apiKey, clienteAdmin, routerId } = stack.demo;
const { conekta } = sandbox;
const apiPort = new URL(stack.api).port;
let apiRequests = 0;
subscribe('http.server.request.start', (message) => {
  const { request } = message as { request: IncomingMessage };
  if (request.headers.host?.endsWith(`:${apiPort}`)) apiRequests += 1;
});

async function send(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<unknown> {
  const response = await fetch(`${stack.api}${path}`, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** What one sale, one sweep or one heartbeat asks of others. */
interface Use {
  readonly apiRequests: number;
  /** Router jobs and hints: each starts a worker. */
  readonly messages: number;
  readonly kms: number;
  readonly awsCalls: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly logBytes: number;
  readonly routerCommands: number;
  readonly gatewayCalls: number;
}

const { sqs } = createAwsClients(sandbox.config);
const queues = [setting(sandbox.config, 'JOBS_QUEUE_URL'), setting(sandbox.config, 'HINTS_QUEUE_URL')];

async function isQuiet(): Promise<boolean> {
  const waiting = await Promise.all(
    queues.map(async (QueueUrl) => {
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
      const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes ?? {};
      return Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible);
    }),
  );
  return waiting.every((count) => count === 0);
}

/** Counts all that happens during `work` and because of it: what it put on a queue is done then. */
async function useOf(work: () => Promise<unknown>): Promise<Use> {
  const seen = () => ({
    logBytes,
    apiRequests,
    routerCommands: router.books.commands().commands,
    gatewayCalls: Object.values(conekta.calls()).reduce((sum, count) => sum + count, 0),
  });
  meter.take();
  const before = seen();
  const calls = await countAwsCalls(async () => {
    await work();
    while (!(await isQuiet())) await pause(5);
  });
  const after = seen();
  const { writeUnits, readUnits, calls: dynamoCalls } = meter.take();
  const of = (...operations: string[]) => operations.reduce((sum, operation) => sum + (calls[operation] ?? 0), 0);
  const kms = of('Encrypt', 'Decrypt', 'Sign', 'GetPublicKey');
  const messages = of('SendMessage');
  return {
    apiRequests: after.apiRequests - before.apiRequests,
    messages,
    kms,
    awsCalls: dynamoCalls + kms + messages,
    writeUnits,
    readUnits,
    logBytes: after.logBytes - before.logBytes,
    routerCommands: after.routerCommands - before.routerCommands,
    gatewayCalls: after.gatewayCalls - before.gatewayCalls,
  };
}

const each = (use: Use, share: number): Use => ({
  apiRequests: use.apiRequests / share,
  messages: use.messages / share,
  kms: use.kms / share,
  awsCalls: use.awsCalls / share,
  writeUnits: use.writeUnits / share,
  readUnits: use.readUnits / share,
  logBytes: use.logBytes / share,
  routerCommands: use.routerCommands / share,
  gatewayCalls: use.gatewayCalls / share,
});

const adminToken = z
  .object({ access_token: z.string() })
  .parse(await send('POST', '/api/v1/auth/login', {}, clienteAdmin)).access_token;
const plan = z.object({ id: z.number() }).parse(
  await send(
    'POST',
    '/api/v1/admin/products',
    { authorization: `Bearer ${adminToken}` },
    {
      router_id: routerId,
      perfil_mikrotik_id: '*C057',
      perfil_mikrotik_nombre: '1dia',
      nombre_venta: 'Una hora',
      precio: 15,
      duracion_minutos: PASS_MINUTES,
      reloj: 'compra',
    },
  ),
);

let phones = 0;
const portal = { 'x-api-key': apiKey };

/** A phone joins, its owner looks at the plans, buys, and looks up what is left once. */
async function sell(): Promise<void> {
  phones += 1;
  const device = {
    mac: `02:00:00:00:00:${phones.toString(16).padStart(2, '0').toUpperCase()}`,
    ip: `10.5.50.${phones}`,
  };
  router.addHost(device);
  for (let look = 0; look < assumed.looksPerPurchase; look += 1)
    await send('GET', '/api/v1/catalogo_perfiles_venta', portal);
  const sold = await send('POST', '/api/v1/payments/pagar-conekta', portal, {
    producto_id: plan.id,
    token_tarjeta: `tok_test_visa_4242_${randomUUID()}`,
    nombre_cliente: 'Luis Mora',
    email_cliente: `${randomUUID()}@correo.example`,
    mac_cliente: device.mac,
    ip_cliente: device.ip,
    conexion_automatica: true,
  });
  await send('GET', z.object({ consulta_url: z.string() }).parse(sold).consulta_url, {});
}

await sandbox.sweep();
await sell();
await sandbox.sweep();
const bytesBefore = await tableBytes();
const sales = await useOf(async () => {
  for (let sale = 0; sale < SALES; sale += 1) {
    clock.advance(MINUTE_MS / 2);
    await sell();
  }
});
const endings = await useOf(async () => {
  // Counted, then ended: whatever the sweep finds due until every pass is over.
  for (let passed = 0; passed <= PASS_MINUTES + 1; passed += 20) {
    clock.advance(20 * MINUTE_MS);
    await sandbox.sweep();
  }
});
const idle = each(
  await useOf(async () => {
    for (let sweep = 0; sweep < IDLE_SWEEPS; sweep += 1) await sandbox.sweep();
  }),
  IDLE_SWEEPS,
);
const heartbeat = await useOf(async () => {
  clock.advance(assumed.heartbeatMinutes * MINUTE_MS);
  await sandbox.sweep();
});

const storedBytes = (await tableBytes()) - bytesBefore;
await sandbox.stop();
await meter.stop();
await dynamo.stop();
rmSync(folder, { recursive: true });

/** About what DynamoDB stores: each item, once more for every index that it stands in. */
async function tableBytes(): Promise<number> {
  const { dynamo: client } = createAwsClients(sandbox.config);
  let bytes = 0;
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: setting(sandbox.config, 'TABLE_NAME'), ExclusiveStartKey: from }),
    );
    for (const item of page.Items ?? []) {
      const places = 1 + tableShape.indexes.filter(({ partition }) => partition in item).length;
      bytes += Buffer.byteLength(JSON.stringify(item)) * places;
    }
    from = page.LastEvaluatedKey;
  } while (from);
  return bytes;
}

const GIGABYTE = 1e9;
const memoryOf = (id: string) => (routes.find((row) => row.id === id)?.memoryMb ?? 0) / 1024;
const workerGigabytes = workers.routerJobs.memoryMb / 1024;
/** A purchase in all: the sale, and what came of it afterwards without the sweeps that would have run anyway. */
const sale = each(sales, SALES);
const purchase = plus(sale, each(endings, SALES));
const perMonth = (minutes: number) => MONTH_MINUTES / minutes;

function plus(one: Use, other: Use): Use {
  return {
    apiRequests: one.apiRequests + other.apiRequests,
    messages: one.messages + other.messages,
    kms: one.kms + other.kms,
    awsCalls: one.awsCalls + other.awsCalls,
    writeUnits: one.writeUnits + other.writeUnits,
    readUnits: one.readUnits + other.readUnits,
    logBytes: one.logBytes + other.logBytes,
    routerCommands: one.routerCommands + other.routerCommands,
    gatewayCalls: one.gatewayCalls + other.gatewayCalls,
  };
}

/** Seconds that a function is billed for what was counted, by what is assumed of others. */
const seconds = ({ awsCalls, routerCommands }: Pick<Use, 'awsCalls' | 'routerCommands'>) =>
  assumed.ownSeconds + awsCalls * assumed.awsCallSeconds + routerCommands * assumed.routerRoundTripSeconds;

interface Line {
  readonly name: string;
  readonly unit: string;
  readonly price: number;
  readonly perPurchase: number;
  readonly perRouterMonth: number;
  readonly fixed: number;
}

const beats = perMonth(assumed.heartbeatMinutes);
const sweeps = perMonth(1);
/** The buyer's own function waits for gateway and router; portals' other calls are short. */
const buyingSeconds = assumed.gatewaySeconds + seconds(sale);
const otherCalls = purchase.apiRequests - 1;
const line = (name: string, unit: string, price: number, counts: Partial<Line>): Line => ({
  name,
  unit,
  price,
  perPurchase: 0,
  perRouterMonth: 0,
  fixed: 0,
  ...counts,
});
const lines: readonly Line[] = [
  line('HTTP API', 'request', prices.apiRequest, { perPurchase: purchase.apiRequests }),
  line('Lambda, calls', 'call', prices.lambdaRequest, {
    perPurchase: purchase.apiRequests + purchase.messages,
    perRouterMonth: heartbeat.messages * beats,
    fixed: sweeps,
  }),
  line('Lambda, time (with what is assumed)', 'GB-second', prices.lambdaGigabyteSecond, {
    perPurchase:
      buyingSeconds * memoryOf('payments/pay-with-conekta') +
      otherCalls * seconds({ awsCalls: 3, routerCommands: 0 }) * memoryOf('catalogue/list') +
      seconds(purchase) * workerGigabytes,
    perRouterMonth: seconds(heartbeat) * workerGigabytes * beats,
    fixed: seconds(idle) * workerGigabytes * sweeps,
  }),
  line('DynamoDB, writes', 'unit', prices.dynamoWriteUnit, {
    perPurchase: purchase.writeUnits,
    perRouterMonth: heartbeat.writeUnits * beats,
    fixed: idle.writeUnits * sweeps,
  }),
  line('DynamoDB, reads', 'unit', prices.dynamoReadUnit, {
    perPurchase: purchase.readUnits,
    perRouterMonth: heartbeat.readUnits * beats,
    fixed: idle.readUnits * sweeps,
  }),
  line(
    'DynamoDB, a month`s sales stored and backed up',
    'GB',
    prices.dynamoGigabyteMonth + prices.backupGigabyteMonth,
    {
      perPurchase: storedBytes / SALES / GIGABYTE,
    },
  ),
  line('KMS, calls (cold functions)', 'call', prices.kmsRequest, {
    perPurchase: purchase.kms,
    perRouterMonth: heartbeat.kms * beats,
  }),
  line('KMS, keys', 'key', prices.kmsKeyMonth, { fixed: Object.keys(localKeys).length }),
  // Sent, received, deleted; and the pollers of two queues, which ask again each 20 seconds, five at a time.
  line('SQS', 'request', prices.sqsFifoRequest, {
    perPurchase: purchase.messages * 3,
    perRouterMonth: heartbeat.messages * beats * 3,
    fixed: 2 * 5 * 3 * MONTH_MINUTES,
  }),
  line('CloudWatch Logs', 'GB', prices.logGigabyte, {
    perPurchase: purchase.logBytes / GIGABYTE,
    perRouterMonth: (heartbeat.logBytes * beats) / GIGABYTE,
  }),
  line('Scheduler', 'call', prices.schedulerInvocation, { fixed: sweeps }),
];

const volumes = [
  { purchases: 1_000, routers: 5 },
  { purchases: 100_000, routers: 100 },
  { purchases: 10_000_000, routers: 5_000 },
];
const round = (count: number) => (count === 0 ? '-' : Number(count.toPrecision(3)).toString());
const dollars = (amount: number) => amount.toFixed(2);
const costOf = (
  { price, perPurchase, perRouterMonth, fixed }: Line,
  { purchases, routers }: (typeof volumes)[number],
) => price * (perPurchase * purchases + perRouterMonth * routers + fixed);
const heads = [
  'what',
  'unit',
  'USD per million',
  'per purchase',
  'per router and month',
  'per month',
  ...volumes.map(({ purchases, routers }) => `${purchases} purchases, ${routers} routers`),
];
const rows = lines.map((one) => [
  one.name,
  one.unit,
  round(one.price * 1e6),
  round(one.perPurchase),
  round(one.perRouterMonth),
  round(one.fixed),
  ...volumes.map((volume) => dollars(costOf(one, volume))),
]);
const sums = volumes.map((volume) => lines.reduce((sum, one) => sum + costOf(one, volume), 0));
const total = ['together', '', '', '', '', '', ...sums.map(dollars)];
process.stdout.write(`${table(heads, [...rows, total])}\n`);
process.stdout.write(
  `Counted over ${SALES} sales of ${PASS_MINUTES} minutes, ${assumed.looksPerPurchase} looks at the plans each; a heartbeat of each router every ` +
    `${assumed.heartbeatMinutes} minutes. Without the free tier, and without the way to the routers and the alarms (README).\n`,
);
process.exit(0);
