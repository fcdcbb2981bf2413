/**
 * `npm run bench:init`: what a function of the bundle takes in a process that was just made for it, as on Lambda after a
 * deployment or in a crowd. Every function: reading its file, which Lambda calls init. Those that a buyer waits for: their
 * first event too. The far ends are a sandbox's, and so is the routers' worker, which is warm; everything is on this machine.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { BUNDLE_FOLDER } from '#lib/entries.ts';
import { catalogueRows } from '#shared/http/contracts/catalogue.ts';
import { systemRows } from '#shared/http/contracts/system.ts';
import { routes } from '#shared/http/routes.ts';
import { startSandbox } from '#shared/local/sandbox.ts';
import { allWorkers } from '#shared/workers.ts';
import {
  type FreshReport,
  type FreshTask,
  nameOf,
  portalEvent,
  purchaseTask,
  runFresh,
} from '../stage/fresh-function.ts';
import { median, table } from './figures.ts';

/** More sales than twenty in a minute would have the router asked about each device. */
const RUNS = 9;
const RUNS_OF_EACH = 3;

const folder = mkdtempSync(`${tmpdir()}/pagos-bench-init-`);
const sandbox = await startSandbox({ dataDir: folder, sweepSeconds: 3600 });
const apiKey = sandbox.stack.demo?.apiKey ?? '';
const [bundle, list] = [BUNDLE_FOLDER, catalogueRows.list];

interface Case {
  readonly name: string;
  readonly goalMs?: number;
  readonly task: () => FreshTask;
}

const cases: readonly Case[] = [
  {
    name: 'banner',
    task: () => ({
      bundle,
      sandbox,
      name: nameOf(systemRows.showBanner),
      event: portalEvent(systemRows.showBanner, ''),
    }),
  },
  {
    name: 'catalogue',
    goalMs: 200,
    task: () => ({ bundle, sandbox, name: nameOf(list), event: portalEvent(list, apiKey) }),
  },
  { name: 'purchase, auto-connect, Conekta', goalMs: 350, task: () => purchaseTask(bundle, sandbox, 'conekta') },
  { name: 'the same with Mercado Pago', goalMs: 350, task: () => purchaseTask(bundle, sandbox, 'mercado-pago') },
];

/** Without the gateway's time, and without Node's own start, which is Lambda's. */
const ownMs = ({ importMs, firstMs, gatewayMs }: FreshReport): number => importMs + firstMs - gatewayMs;

async function measure({ name, goalMs, task }: Case): Promise<string[]> {
  const reports: FreshReport[] = [];
  // The first one finds the files unread by the system.
  await runFresh(task());
  for (let run = 0; run < RUNS; run += 1) {
    const report = await runFresh(task());
    if (report.answer?.statusCode !== 200) throw new Error(`${name} answered ${report.answer?.statusCode}`);
    reports.push(report);
  }
  const ms = (of: (report: FreshReport) => number) => `${Math.round(median(reports.map(of)))} ms`;
  const verdict = goalMs === undefined ? '' : median(reports.map(ownMs)) <= goalMs ? 'ok' : 'SLOW';
  return [
    name,
    ms(({ importMs }) => importMs),
    ms(({ firstMs }) => firstMs),
    ms(({ gatewayMs }) => gatewayMs),
    ms(ownMs),
    ms((report) => ownMs(report) + report.bootMs),
    ms(({ cpuMs }) => cpuMs),
    goalMs === undefined ? '' : `<= ${goalMs} ms`,
    verdict,
  ];
}

const first: string[][] = [];
for (const one of cases) first.push(await measure(one));
const heads = [
  'first event',
  'init',
  'event',
  'of it gateway',
  'init + event - gateway',
  'with Node`s start',
  'goal',
  '',
];
process.stdout.write(`${table(heads, first)}\n`);
process.stdout.write(
  `Medians of ${RUNS} processes each. Gateway: from its request being sent to the end of its answer. The routers' worker is warm.\n\n`,
);

const inits: (readonly [string, number])[] = [];
for (const name of [...routes.map(nameOf), ...allWorkers]) {
  const times: number[] = [];
  for (let run = 0; run < RUNS_OF_EACH; run += 1) times.push((await runFresh({ bundle, sandbox, name })).importMs);
  inits.push([name.id, median(times)]);
}
const slowestFirst = inits.toSorted(([, a], [, b]) => b - a).map(([id, ms]) => [id, `${Math.round(ms)} ms`]);
process.stdout.write(`${table(['function', 'init'], slowestFirst)}\n`);
process.stdout.write(`Medians of ${RUNS_OF_EACH} processes each.\n`);

await sandbox.stop();
rmSync(folder, { recursive: true });
process.exit(0);
