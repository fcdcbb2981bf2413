/**
 * `npm run bench:sweep`: a sweep over 10,000 accesses that are due at once, the queue and table real, no router behind:
 * what the sweep itself costs in time and memory.
 */
import { loadHandler } from '#shared/local/load-handler.ts';
import { type Access, accessItem } from '#shared/store/accesses.ts';
import { keys } from '#shared/store/table.ts';
import { sampleAccess, sampleGrant } from '../shared/access/sample-access.ts';
import { ShiftedClock } from '../stage/shifted-clock.ts';
import { startStage } from '../stage/stage.ts';

const DUE = 10_000;
const AT_ONCE = 20;

const clock = new ShiftedClock();
const stage = await startStage({ clock, config: { LOG_LEVEL: 'SILENT' } });
const sweep = await loadHandler<undefined, unknown>('sweep/settle-due');

const dueAccess = (number: number): Access =>
  sampleAccess({
    id: `a${number}`,
    companyId: 'EMP_BENCH',
    routerId: `RTR_${number % 500}`,
    username: `PT-${number}`,
    grants: [sampleGrant(number)],
    desired: 'present',
    observed: 'unknown',
    createdAt: clock.now(),
    dueAt: clock.now(),
  });

for (let number = 0; number < DUE; number += AT_ONCE)
  await Promise.all(
    Array.from({ length: AT_ONCE }, (_, lane) => {
      const access = dueAccess(number + lane);
      return stage.services.table.write({
        kind: 'put',
        key: keys.access(access.companyId, access.id),
        item: accessItem(access),
      });
    }),
  );

let peak = 0;
const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 100);
const startedAt = performance.now();
const until = clock.now();
let sweeps = 0;
while ((await stage.services.table.queryDue(until, 1)).length > 0) {
  await sweep(undefined);
  sweeps += 1;
}
const seconds = (performance.now() - startedAt) / 1000;
clearInterval(watch);
const megabytes = Math.round(peak / 1024 / 1024);
process.stdout.write(
  `${DUE} due items: ${seconds.toFixed(1)} s in ${sweeps} sweep(s) (goal <= 60 s), peak ${megabytes} MB with the embedded queue (goal <= 256 MB)\n`,
);
await stage.stop();
process.exit(0);
