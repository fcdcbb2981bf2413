/** What each kind of job asks of a router, and what the worker keeps in memory over thousands of them. */
import { keys } from '#shared/store/table.ts';
import { accessSchema } from '#shared/store/accesses.ts';
import { sideBySide } from './figures.ts';
import { type Fleet, type Outlet, startFleet, WORKERS } from './fleet.ts';

export interface JobCost {
  readonly name: string;
  readonly goal: string;
  readonly connections: number;
  /** By path, without the log-in. */
  readonly commands: Readonly<Record<string, number>>;
}

/** On a router that is known and has sold before. */
export async function jobCosts(): Promise<JobCost[]> {
  const fleet = await startFleet(1);
  const [outlet] = fleet.outlets;
  if (!outlet) throw new Error('No outlet');
  await fleet.probe(outlet);
  await fleet.buy(outlet);
  const costs = [
    await costOf('probe', '1 connection', outlet, () => fleet.probe(outlet)),
    await costOf('new sale', '1 connection', outlet, () => fleet.buy(outlet, false)),
    await costOf('new sale, auto-connect', '1 connection, 6 commands', outlet, () => fleet.buy(outlet)),
    await costOf('reconcile, nothing to do', '2 commands', outlet, () => fleet.run(outlet, { kind: 'reconcile' })),
    await costOf('removal of one who is online', '1 connection', outlet, () => removeNewest(fleet, outlet)),
  ];
  await fleet.stop();
  return costs;
}

async function costOf(name: string, goal: string, { router }: Outlet, act: () => Promise<unknown>): Promise<JobCost> {
  const before = router.books.commands();
  await act();
  const after = router.books.commands();
  const commands = Object.entries(after.byPath)
    .map(([path, count]) => [path, count - (before.byPath[path] ?? 0)] as const)
    .filter(([path, count]) => path !== '/login' && count > 0);
  return {
    name,
    goal,
    connections: after.connections - before.connections,
    commands: Object.fromEntries(commands),
  };
}

/** The money of the one who is online goes back. */
async function removeNewest(fleet: Fleet, outlet: Outlet) {
  const { accesses, table } = fleet.stage.services;
  const online = outlet.router.books.active().at(-1)?.['user'];
  const all = await accesses.onRouter(outlet.companyId, outlet.routerId);
  const access = all.find(({ username }) => username === online);
  if (!access) throw new Error('Nobody is online');
  const current = await table.get(keys.access(access.companyId, access.id), accessSchema);
  if (!current) throw new Error('No access');
  await accesses.put(current, { ...current, desired: 'absent', observed: 'unknown', version: current.version + 1 });
  return fleet.run(outlet, { kind: 'converge-access', accessId: access.id, logIn: null });
}

export interface Memory {
  readonly jobs: number;
  readonly heapMb: number;
}

const MARKS = [1_000, 5_000, 10_000];
const ROUTERS = 20;

/** Probes through the real queue and pump; the heap is read after a full collection, at rest. */
export async function memoryOverJobs() {
  const collect = globalThis.gc;
  if (!collect) throw new Error('Run with --expose-gc');
  const fleet = await startFleet(ROUTERS);
  const read = async (jobs: number): Promise<Memory> => {
    await fleet.settled();
    await collect({ execution: 'async', type: 'major' });
    return { jobs, heapMb: process.memoryUsage().heapUsed / 1024 / 1024 };
  };
  const startedAt = performance.now();
  const memory: Memory[] = [];
  let failed = 0;
  let done = 0;
  for (const mark of MARKS) {
    const turns = Array.from({ length: mark - done }, (_, n) => fleet.outlets[n % ROUTERS]).filter(
      (turn) => turn !== undefined,
    );
    await sideBySide(WORKERS, turns, async (outlet) => {
      if ((await fleet.probe(outlet))?.kind !== 'probed') failed += 1;
    });
    done = mark;
    memory.push(await read(done));
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const openConnections = fleet.openConnections();
  await fleet.stop();
  return { memory, failed, seconds, openConnections };
}
