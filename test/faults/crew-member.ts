/** Plays what it is told, until nobody tells it anything. */
import type { Report, Task } from './crew.ts';
import { cellsOf, playCell } from './matrix.ts';
import { playSeed } from './schedule.ts';
import { startWorld, type World } from './world.ts';

async function play(world: World, task: Task): Promise<Omit<Report, 'tally'>> {
  switch (task.kind) {
    case 'list':
      return cellsOf(world, task.stage);
    case 'cell':
      return playCell(world, task.cell);
    case 'seed': {
      const { broken, told } = await playSeed(world, task.seed, task.gateway);
      return { broken, ...(task.withLog && { told: [...told, ...world.log()] }) };
    }
  }
}

/** A failure of the harness is a failure: it must never look like a promise that was kept. */
const describe = (error: unknown): string =>
  error instanceof Error
    ? `the harness failed: ${error.message} ${error.stack?.split('\n')[2]?.trim() ?? ''}`
    : 'failed';

let world: Promise<World> | undefined;
process.on('message', (task: Task) => {
  void (async () => {
    world ??= startWorld({
      comparison: process.argv.includes('comparison'),
      reconcile: process.argv.includes('reconcile'),
    });
    const theWorld = await world;
    const result = await play(theWorld, task).catch((error: unknown) => ({ broken: [describe(error)] }));
    process.send?.({ ...result, tally: theWorld.coverage.take() } satisfies Report);
  })();
});
// Ctrl-C reaches the whole group: whoever leads dismisses, after the run that is being played.
process.on('SIGINT', () => undefined);
/** More than a stop takes. A world in the middle of a run may never come to rest when nobody listens any more. */
const STOP_WITHIN_MS = 5_000;
process.once('disconnect', () => {
  setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
  void (async () => {
    const theWorld = await world;
    await theWorld?.stop();
    process.exit(0);
  })();
});
