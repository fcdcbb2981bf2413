/**
 * `npm run bench:routers`: many routers of one deployment, some of them dead; what each job asks of a router; the reconcile of a
 * large one; and what is left in memory and open after thousands of jobs. Everything runs in this process but the table, so
 * times are on the slow side.
 */
import { pause } from '#shared/platform/clock.ts';
import { table } from './figures.ts';
import { type Column, type Delivery, deliveryOn } from './routers-delivery.ts';
import { jobCosts, memoryOverJobs } from './routers-jobs.ts';
import { CHANGES, reconcileRuns, type Run, USERS } from './routers-reconcile.ts';
import { WORKERS } from './fleet.ts';

const say = (text: string) => process.stdout.write(`${text}\n\n`);

async function printDelivery(): Promise<void> {
  const deliveries: Delivery[] = [];
  for (const size of [1, 100, 1000]) deliveries.push(await deliveryOn(size));
  const times = ({ p50, p95, failed }: Column) =>
    `${p50.toFixed(0)} / ${p95.toFixed(0)} ms${failed > 0 ? `, ${failed} FAILED` : ''}`;
  const rows = deliveries.map(({ size, deadCount, buyers, columns, openAtEnd }) => {
    const [none, dead, again] = columns.map(times);
    const tries = Object.values(columns[1]?.dead ?? {}).reduce((sum, count) => sum + count, 0);
    return [`${size}`, `${deadCount}`, `${buyers}`, none ?? '', dead ?? '', again ?? '', `${tries}`, `${openAtEnd}`];
  });
  const heads = [
    'routers',
    'dead',
    'buyers at once',
    'none dead',
    '1% dead',
    'none dead, again',
    'tries on dead ones',
    'connections left',
  ];
  say(table(heads, rows));
  say(
    `Delivery on the living, from the request to the phone online: p50 / p95, ${WORKERS} workers. Goal: the dead move nothing by more than the two columns without them differ; 0 connections left.`,
  );
}

async function printJobs(): Promise<void> {
  const short = (path: string) => path.replace('/ip/hotspot/', '').replaceAll('/', ' ').trim();
  const rows = (await jobCosts()).map(({ name, goal, connections, commands }) => [
    name,
    `${connections}`,
    `${Object.values(commands).reduce((sum, count) => sum + count, 0)}`,
    goal,
    Object.entries(commands)
      .map(([path, count]) => (count === 1 ? short(path) : `${count} ${short(path)}`))
      .join(', '),
  ]);
  say(table(['job', 'connections', 'commands', 'goal', 'which'], rows));
}

async function printReconcile(): Promise<void> {
  const row = ({ name, slices, routerMs, reads, writes, dynamo, did }: Run) => {
    const writesOf = (operations: readonly string[]) =>
      operations.map((operation) => `${operation} ${dynamo[operation] ?? 0}`).join(', ');
    return [
      name,
      `${slices}`,
      `${(routerMs / 1000).toFixed(1)} s`,
      `${reads}`,
      `${writes.add} + ${writes.set} + ${writes.remove} = ${writes.add + writes.set + writes.remove}`,
      writesOf(['PutItem', 'UpdateItem', 'TransactWriteItems']),
      `${did.restored} restored, ${did.mended} mended, ${did.removed} removed, ${did.failed} failed`,
    ];
  };
  const heads = ['reconcile', 'slices', 'router time', 'reads', 'add + set + remove', 'DynamoDB writes', 'noted'];
  say(table(heads, (await reconcileRuns()).map(row)));
  const { missing, changed, finished } = CHANGES;
  say(
    `${USERS} users, of which ${missing} missing, ${changed} changed by hand, and ${finished} more that are finished with. Goal: <= 10 s of router time, ${missing + changed + finished} writes to the router or none.`,
  );
}

async function printMemory(): Promise<void> {
  const { memory, failed, seconds, openConnections } = await memoryOverJobs();
  const [first] = memory;
  const rows = memory.map(({ jobs, heapMb }) => [
    `${jobs}`,
    `${heapMb.toFixed(1)} MB`,
    `${(((heapMb - (first?.heapMb ?? 0)) * 1024 * 1024) / Math.max(1, jobs - (first?.jobs ?? 0))).toFixed(0)}`,
  ]);
  say(table(['probe jobs', 'heap in use', 'bytes more per job since the first line'], rows));
  say(
    `In ${seconds.toFixed(0)} s; ${failed} failed; ${openConnections} connections to routers left (goal 0). Goal: flat.`,
  );
}

/** Those that were closed a moment ago are told of in later turns of the event loop. */
async function openSockets(): Promise<number> {
  const count = () => process.getActiveResourcesInfo().filter((resource) => resource.startsWith('TCP')).length;
  for (let turn = 0; turn < 40 && count() > 0; turn += 1) await pause(50);
  return count();
}

await printJobs();
await printReconcile();
await printDelivery();
await printMemory();
say(`Sockets open after the run, with everything stopped: ${await openSockets()} (goal 0).`);
process.exit(0);
