import type { Metafile } from 'esbuild';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { bundle } from '#lib/bundle.ts';
import { bundledFile, listEntries, METAFILE, PROJECT } from '#lib/entries.ts';
import { workers } from '#shared/workers.ts';
import { BundleReader } from './bundle-reader.ts';

/**
 * Loads a module as Lambda does, in a process of its own that knows nothing of this project's packages, and everything
 * that it loads later as well: SDKs come by `import()` when first used.
 */
const LOAD = `
  const loaded = [];
  for (const file of process.argv.slice(1))
    try { loaded.push([file, Object.keys(await import(file)), '']); }
    catch (error) { loaded.push([file, [], String(error)]); }
  console.log(JSON.stringify(loaded));
  process.exit();`;
const loadedModules = z.array(z.tuple([z.string(), z.array(z.string()), z.string()]));

let folder: string;
let metafile: Metafile;
let reader: BundleReader;
const entries = listEntries();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pagos-bundle-'));
  metafile = await bundle(folder, entries);
  reader = new BundleReader(metafile, folder);
});

afterAll(() => rmSync(folder, { recursive: true }));

async function load(files: readonly string[]) {
  const argv = ['--input-type=module', '--eval', LOAD, ...files.map((file) => join(folder, file))];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: folder, env: {} });
  return loadedModules.parse(JSON.parse(stdout));
}

it('gives Lambda a handler for every row and worker, loadable with nothing but Node', async () => {
  const loaded = await load(entries.map(bundledFile));
  expect(loaded).toHaveLength(entries.length);
  for (const [file, exported, error] of loaded) expect([file, exported, error]).toEqual([file, ['handler'], '']);
});

it.each(['node_modules/conekta/', 'node_modules/node-routeros/', 'sealed:@aws-sdk/client-s3'])(
  'carries %s in a form that Node loads',
  async (name) => {
    const chunks = reader.with(name);
    expect(chunks).not.toEqual([]);
    for (const [file, , error] of await load(chunks)) expect([file, error]).toEqual([file, '']);
  },
);

it('loads no SDK but the table`s, no gateway, no router client and no bcrypt before it is used', () => {
  const lazy = [
    ...['conekta', 'mercadopago', 'node-routeros', '@aws-sdk/client-kms', '@aws-sdk/client-sqs', 'bcryptjs'].map(
      (name) => `node_modules/${name}/`,
    ),
    'sealed:@aws-sdk/client-s3',
  ].flatMap((name) => {
    const files = reader.with(name);
    expect([name, files]).not.toEqual([name, []]);
    return files;
  });
  for (const entry of entries) {
    const atStart = reader.atStart(bundledFile(entry));
    expect([entry.file, lazy.filter((file) => atStart.has(file))]).toEqual([entry.file, []]);
  }
});

it('lets the router client be reached by the worker of router jobs, and by no other function', () => {
  const client = reader.with('node_modules/node-routeros/');
  const reaching = entries.filter((entry) => {
    const ever = reader.ever(bundledFile(entry));
    return client.some((file) => ever.has(file));
  });
  expect(reaching.map(({ file }) => file)).toEqual([`functions/${workers.routerJobs.id}.ts`]);
});

/** Answers one request as Lambda would. */
const ANSWER = `
  const { handler } = await import(process.argv[1]);
  const event = { headers: {}, pathParameters: JSON.parse(process.argv[2]), requestContext: { requestId: 'one' } };
  process.stdout.write(JSON.stringify(await handler(event)));`;
const answerShape = z.object({ statusCode: z.number(), headers: z.record(z.string(), z.string()), body: z.string() });

it('brings the files of the documentation`s page, and serves them', async () => {
  const show = async (file: string, pathParameters: Record<string, string>) => {
    const argv = ['--input-type=module', '--eval', ANSWER, join(folder, file), JSON.stringify(pathParameters)];
    const env = { LOG_LEVEL: 'SILENT' };
    const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: folder, env, maxBuffer: 2 ** 23 });
    return answerShape.parse(JSON.parse(stdout));
  };
  const { body: page } = await show('functions/http/docs/show.mjs', {});
  const named = [...page.matchAll(/"\/docs\/([^"]+)"/g)].map(([, name = '']) => name);
  expect(named).toContain('swagger-ui-bundle.js');
  for (const asset of named) {
    const { statusCode, body } = await show('functions/http/docs/show-asset.mjs', { asset });
    expect([asset, statusCode, body.length > 100]).toEqual([asset, 200, true]);
    // Lambda takes no more in an answer.
    expect(body.length).toBeLessThan(6_000_000);
  }
});

it('contains nothing of the sandbox, of the stacks or of the tests', () => {
  const strangers = Object.keys(metafile.inputs).filter((path) => /^(shared\/local|lib|bin|test)\/|aws-cdk/.test(path));
  // Two belong to the bundle itself: what comes first in it, and what stands in for a package.
  expect(strangers.toSorted()).toEqual(['lib/schemas-once.ts', 'lib/web-form-data.ts']);
});

it('has a source map for each file, and tells what is in it', () => {
  const files = Object.keys(metafile.outputs).filter((path) => path.endsWith('.mjs'));
  for (const path of files) expect([path, existsSync(join(PROJECT, `${path}.map`))]).toEqual([path, true]);
  expect(existsSync(join(folder, METAFILE))).toBe(true);
});
