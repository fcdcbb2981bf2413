import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '#lib/bundle.ts';
import { capabilities } from '#shared/platform/capabilities.ts';
import { secretShapes } from '../architecture/secret-shapes.ts';
import { defineApp, Synthesised } from './synthesised.ts';

let bundleFolder: string;
let files: { readonly path: string; readonly text: string }[];

beforeAll(async () => {
  bundleFolder = mkdtempSync(join(tmpdir(), 'pagos-bundle-'));
  await bundle(bundleFolder);
  const { directory } = defineApp('prod', bundleFolder).app.synth();
  files = readdirSync(directory, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => ({ path: name, text: readFileSync(join(parentPath, name), 'utf8') }));
  rmSync(directory, { recursive: true });
});
afterAll(() => rmSync(bundleFolder, { recursive: true }));

describe('what cdk writes for a deployment', () => {
  it('is all looked at: templates, and the code of every function', () => {
    const names = files.map(({ path }) => path);
    for (const name of ['pagos-prod-api.template.json', 'pay-with-conekta.mjs', 'router-jobs.mjs'])
      expect(names).toContain(name);
  });

  it.each(secretShapes)('shows nothing that looks like %s', (_what, pattern) => {
    expect(files.filter(({ text }) => pattern.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('gives functions names and addresses of things, and no other variable', () => {
    const known = new Set<string>(['LOG_LEVEL', 'STAGE', ...Object.values(capabilities).flat()]);
    const given = new Set(new Synthesised('prod').functions.flatMap(({ environment }) => Object.keys(environment)));
    expect([...given].filter((name) => !known.has(name))).toEqual([]);
    expect([...known].filter((name) => /PASSWORD|SECRET|PRIVATE/.test(name))).toEqual([]);
  });
});
