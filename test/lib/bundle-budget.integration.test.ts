import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle } from '#lib/bundle.ts';
import { bundledFile, type Entry, listEntries } from '#lib/entries.ts';
import { type Sandbox, startSandbox } from '#shared/local/sandbox.ts';
import { table } from '../bench/figures.ts';
import { purchaseTask, runFresh } from '../stage/fresh-function.ts';
import { BundleReader } from './bundle-reader.ts';

/** What Node has to read before a function's first line, in kB of code. */
const AT_START_KB = 500;
/** The same for a payment, with everything that it reads until the buyer is online. */
const WHILE_PAYING_KB = 700;

const entries = listEntries();
let folder: string;
let reader: BundleReader;
let sandbox: Sandbox;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pagos-budget-'));
  reader = new BundleReader(await bundle(folder, entries), folder);
  sandbox = await startSandbox({ dataDir: join(folder, 'data'), sweepSeconds: 3600 });
});
afterAll(async () => {
  await sandbox.stop();
  rmSync(folder, { recursive: true });
});

const atStartKb = (entry: Entry) => Math.round(reader.kilobytes(reader.atStart(bundledFile(entry))));

it(`no function reads more than ${AT_START_KB} kB at its start`, () => {
  const rows = entries.map((entry) => [entry.file, atStartKb(entry)] as const).toSorted(([, a], [, b]) => b - a);
  const lines = rows.map(([file, kb]) => [file, `${kb} kB`]);
  process.stdout.write(`\n${table(['function', `read at start (budget ${AT_START_KB} kB)`], lines)}\n`);
  expect(rows.filter(([, kb]) => kb > AT_START_KB)).toEqual([]);
});

it.each([
  ['conekta', 'node_modules/conekta/', 'node_modules/mercadopago/'],
  ['mercado-pago', 'node_modules/mercadopago/', 'node_modules/conekta/'],
] as const)(
  'a sale with %s reads its own gateway’s SDK, no other one, and no router client',
  async (gateway, own, other) => {
    const { answer, files } = await runFresh({ ...purchaseTask(folder, sandbox, gateway), tellsFiles: true });
    expect(answer?.statusCode).toBe(200);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ estado_entrega: 'entregado' });
    const read = files.filter((url) => url.startsWith('file:')).map((url) => relative(folder, fileURLToPath(url)));
    expect(reader.with(own).some((file) => read.includes(file))).toBe(true);
    for (const stranger of [...reader.with(other), ...reader.with('node_modules/node-routeros/')])
      expect(read).not.toContain(stranger);
    const kb = Math.round(reader.kilobytes(read));
    process.stdout.write(`A sale with ${gateway} reads ${kb} kB in all (budget ${WHILE_PAYING_KB} kB)\n`);
    expect(kb).toBeLessThanOrEqual(WHILE_PAYING_KB);
  },
);
