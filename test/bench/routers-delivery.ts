/** How long a delivery takes on a fleet, while all its routers live and while some are dead. */
import { pause } from '#shared/platform/clock.ts';
import { throttles } from '#shared/security/throttle.ts';
import { median, percentile, sideBySide } from './figures.ts';
import { type Fleet, type Outlet, startFleet } from './fleet.ts';

/** In each column. */
const salesOn = (routers: number): number => Math.min(400, 60 * routers);
/** A router takes its jobs one by one: how long a queue before one of them is, `npm run bench` shows. */
const buyersOn = (routers: number): number => Math.min(4, routers);
/** A buyer before a dead router; each of these tries has the router asked again, which holds a worker for seconds. */
const TRY_AGAIN_MS = 3_000;
/** More in one window of `burst-on-router` would have the router asked about each device. */
const ROUND_PER_ROUTER = 20;
const { windowMs: WINDOW_MS } = throttles['burst-on-router'];

export interface Column {
  readonly p50: number;
  readonly p95: number;
  /** Answers that were no delivery. */
  readonly failed: number;
  /** How the purchases on dead routers were answered meanwhile, by status. */
  readonly dead: Readonly<Record<number, number>>;
}

export interface Delivery {
  readonly size: number;
  readonly deadCount: number;
  readonly buyers: number;
  readonly columns: readonly Column[];
  readonly openAtEnd: number;
}

/** Nobody dead, the dead ones sold on at the same time, and nobody dead once more, which shows the noise. */
export async function deliveryOn(size: number): Promise<Delivery> {
  const fleet = await startFleet(size);
  const deadCount = Math.floor(size / 100);
  const dead = fleet.outlets.slice(0, deadCount);
  const living = fleet.outlets.slice(deadCount);
  // The first sale of an outlet opens keys that later ones find opened.
  await column(fleet, living, []);
  const columns = [];
  for (const buried of [[], dead, []]) columns.push(await column(fleet, living, buried));
  await fleet.settled();
  const openAtEnd = fleet.openConnections();
  await fleet.stop();
  return { size, deadCount, buyers: buyersOn(living.length), columns, openAtEnd };
}

async function column(fleet: Fleet, living: readonly Outlet[], dead: readonly Outlet[]): Promise<Column> {
  for (const { router } of dead) await router.addFault({ name: 'silent-connection' });
  const sales = salesOn(living.length);
  const turns = Array.from({ length: sales }, (_, n) => living[n % living.length]).filter((turn) => turn !== undefined);
  const times: number[] = [];
  let failed = 0;
  const deadAnswers: Record<number, number> = {};
  for (let start = 0; start < sales; start += ROUND_PER_ROUTER * living.length) {
    const round = turns.slice(start, start + ROUND_PER_ROUTER * living.length);
    fleet.clock.advance(WINDOW_MS);
    // Whoever buys has seen the catalogue, which has probed the router.
    await sideBySide(20, [...new Set(round)], (outlet) => fleet.probe(outlet));
    let isOver = false;
    const over = Promise.withResolvers<void>();
    const insisting = dead.map(async (outlet) => {
      while (!isOver) {
        const status = await fleet.buy(outlet);
        deadAnswers[status] = (deadAnswers[status] ?? 0) + 1;
        await Promise.race([pause(TRY_AGAIN_MS), over.promise]);
      }
    });
    await sideBySide(buyersOn(living.length), round, async (outlet) => {
      const startedAt = performance.now();
      if ((await fleet.buy(outlet)) === 200) times.push(performance.now() - startedAt);
      else failed += 1;
    });
    isOver = true;
    over.resolve();
    await Promise.all(insisting);
  }
  for (const { router } of dead) await router.clearFaults();
  return { p50: median(times), p95: percentile(times, 0.95), failed, dead: deadAnswers };
}
