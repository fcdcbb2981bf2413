import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Row } from '#shared/http/contract.ts';
import { type Example, shownStatus } from '#shared/http/example.ts';
import { examples } from '#shared/http/examples.ts';
import { routes } from '#shared/http/routes.ts';
import { type Sandbox, startSandbox } from '#shared/local/sandbox.ts';
import { createAwsClients } from '#shared/local/aws-clients.ts';
import { pause } from '#shared/platform/clock.ts';
import { throttles } from '#shared/security/throttle.ts';
import { type Replay, requestOf } from '../openapi/replay.ts';
import { Scene } from '../openapi/scene.ts';
import type { Place } from '../stage/market.ts';
import { ShiftedClock } from '../stage/shifted-clock.ts';
import { median, table } from './figures.ts';
import { goals, verdictOn } from './goals.ts';
import { type Calls, OwnCalls } from './own-calls.ts';
import { placeIn } from './place.ts';

const RUNS = 15;
const WARM_UP = 3;

/** Rows whose example needs a shop of its own each time. */
const onceInAShop: ReadonlySet<string> = new Set([
  'session/log-out',
  'routers/remove',
  'api-keys/revoke',
  'my-company/test-telegram',
]);

const heads = ['row', 'request', 'p50', 'DynamoDB per run', 'KMS', 'SQS', 'verdict'];

/** Kits of WireGuard routers are among the rows. */
const tunnel = {
  TUNNEL_RANGE: '10.66.0.0/16',
  TUNNEL_ENDPOINT: 'hub.wifi.mx:51820',
  TUNNEL_PUBLIC_KEY: 'aGVyZSBzdGFuZCB0aGlydHktdHdvIGJ5dGVzIG9rIQk=',
} as const;

/**
 * Prints every row of the route table, by its own example sent over HTTP to a sandbox of its own: how long it takes half the
 * time, what it asks AWS services for, and whether that meets the goals.
 */
export async function benchRows(): Promise<void> {
  const folder = mkdtempSync(`${tmpdir()}/pagos-bench-rows-`);
  const clock = new ShiftedClock();
  const options = { dataDir: folder, sweepSeconds: 3600, demo: false, clock, environment: tunnel };
  const sandbox = await startSandbox(options);
  process.stdout.write(`\n${table(heads, await measureRows(sandbox, clock))}\n`);
  process.stdout.write(
    `${RUNS} runs each after ${WARM_UP} to warm up, over HTTP; calls of the request itself, as half of the runs have them. Goals: reads <= ${goals.readMs} ms, writes <= ${goals.writeMs} ms; one read for the caller and what is named, one Query for a list.\n`,
  );
  await sandbox.stop();
  rmSync(folder, { recursive: true });
}

/** What has to be there before is made before, and has come to rest. */
async function measureRows(sandbox: Sandbox, clock: ShiftedClock): Promise<string[][]> {
  const place = placeIn(sandbox);
  const ownCalls = new OwnCalls();
  const lines: string[][] = [];
  for (const row of routes) {
    const example = examples[row.id];
    // `$default` has none: what no row takes.
    if (!example) continue;
    clock.advance(throttles['burst-on-router'].windowMs);
    const requests = await requestsOf(row, example, place);
    await rested(sandbox);
    lines.push(await measureRow(row, requests, place, ownCalls));
  }
  return lines;
}

/** A request that changes something can be said yes to once: each run has its own. */
async function requestsOf(row: Row, example: Example, place: Place): Promise<readonly Replay[]> {
  const shop = await place.openShop();
  const count = WARM_UP + RUNS;
  if (row.method === 'GET') {
    const request = await requestOf(row, example, new Scene(place, shop));
    return Array.from({ length: count }, () => request);
  }
  const requests: Replay[] = [];
  while (requests.length < count) {
    const own = onceInAShop.has(row.id) ? await place.openShop() : shop;
    requests.push(await requestOf(row, example, new Scene(place, own)));
  }
  return requests;
}

async function measureRow(row: Row, requests: readonly Replay[], place: Place, ownCalls: OwnCalls): Promise<string[]> {
  const times: number[] = [];
  const counted: Calls[] = [];
  for (const { method, target, options } of requests) {
    const calls = await ownCalls.of(async (mark) => {
      const startedAt = performance.now();
      const answer = await place.call(method, target, { ...options, headers: { ...options.headers, ...mark } });
      times.push(performance.now() - startedAt);
      if (answer.status !== shownStatus(row))
        throw new Error(`${row.id} answered ${answer.status} ${JSON.stringify(answer.body)}`);
    });
    counted.push(calls);
  }
  const p50 = median(times.slice(WARM_UP));
  const calls = usual(counted.slice(WARM_UP));
  return [
    row.id,
    `${row.method} ${row.path}`,
    `${p50.toFixed(1)} ms`,
    listed(calls, [...reads, ...writes]),
    listed(calls, keyOperations),
    listed(calls, ['SendMessage']),
    verdictOn(row, p50, calls),
  ];
}

/** How often each operation is asked for in half of the runs: a use counter that is written now and then does not count. */
export function usual(counted: readonly Calls[]): Calls {
  const names = [...new Set(counted.flatMap((calls) => Object.keys(calls)))];
  return Object.fromEntries(
    names.map((name) => [name, median(counted.map((calls) => calls[name] ?? 0))]).filter(([, count]) => count !== 0),
  );
}

const reads = ['BatchGetItem', 'GetItem', 'Query', 'Scan'];
const writes = ['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems'];
const keyOperations = ['Encrypt', 'Decrypt', 'Sign', 'GetPublicKey'];

/** Every DynamoDB call, in words. */
export const storeCalls = (calls: Calls): string => listed(calls, [...reads, ...writes]);

const listed = (calls: Calls, names: readonly string[]): string =>
  names.flatMap((name) => (calls[name] ? `${name} ${calls[name]}` : [])).join(', ') || '-';

/** Until no job and no hint is on its way, so that nothing that was made for a run is measured with it. */
async function rested({ config }: Sandbox): Promise<void> {
  const { sqs } = createAwsClients(config);
  const isEmpty = async (QueueUrl: string | undefined): Promise<boolean> => {
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: underWay } = Attributes;
    return waiting === '0' && underWay === '0';
  };
  for (const queue of [config.JOBS_QUEUE_URL, config.HINTS_QUEUE_URL]) while (!(await isEmpty(queue))) await pause(10);
}
