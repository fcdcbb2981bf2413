import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blindSpots, PROJECT, readImports, violations } from './imports.ts';

/** A project in which every file breaks the rule that it is named for. */
const planted: Readonly<Record<string, string>> = {
  'shared/platform/looks-up.ts': `import type { Row } from '#shared/http/contract.ts'; export type Up = Row;`,
  'shared/http/contract.ts': `import '#shared/services.ts'; export interface Row { readonly id: string }`,
  'shared/services.ts': `export const services = 1;`,
  'shared/store/knows-domain.ts': `import { rule } from '../tenants/rule.ts'; export const stored = rule;`,
  'shared/tenants/rule.ts': `import { handler } from '#functions/http/deep.ts'; export const rule = handler;`,
  'shared/tenants/charges.ts': `import { OrdersApi } from 'conekta'; export const orders = OrdersApi;`,
  'shared/tenants/one.ts': `import { two } from './two.ts'; export const one = two;`,
  'shared/tenants/two.ts': `import { one } from './one.ts'; export const two = one;`,
  'shared/tenants/alone.ts': `export const alone = 1;`,
  'shared/tenants/mocked.ts': `import { expect } from 'vitest'; export const mocked = expect;`,
  'shared/tenants/tested.ts': `import { helper } from '../../test/helper.ts'; export const tested = helper;`,
  'shared/tenants/lost.ts': `import { nowhere } from './nowhere.ts'; export const lost = nowhere;`,
  'shared/local/conekta/simulator.ts': `import { wire } from '#shared/routers/routeros/wire.ts'; export const simulator = wire;`,
  'shared/routers/routeros/wire.ts': `import 'node-routeros'; export const wire = 1;`,
  'shared/routers/routeros/fast.ts': `import 'node-routeros'; export const fast = 1;`,
  'shared/utils/misc.ts': `import type { Row } from '../http/contract.ts'; export type Misc = Row;`,
  'functions/http/deep.ts': `import { simulator } from '#shared/local/conekta/simulator.ts';
    import type { Misc } from '#shared/utils/misc.ts';
    import { stack } from '#lib/stack.ts'; export const handler = [simulator, stack]; export type M = Misc;`,
  'lib/stack.ts': `import { App } from 'aws-cdk-lib'; export const stack = App;`,
  'test/helper.ts': `import { App } from 'aws-cdk-lib'; export const helper = App;`,
  ...Object.fromEntries(
    ['aws-cdk-lib', 'conekta', 'node-routeros', 'vitest'].flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' })],
      [`node_modules/${name}/index.js`, 'module.exports = {};'],
    ]),
  ),
};

let folder: string;
let found: readonly string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pagos-layers-'));
  for (const name of ['package.json', 'tsconfig.json']) copyFileSync(join(PROJECT, name), join(folder, name));
  for (const [path, text] of Object.entries(planted)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  found = violations(await readImports(folder));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('npm run layers reports', () => {
  it.each([
    ['an import upwards, even of a type', 'layer-platform: shared/platform/looks-up.ts -> shared/http/contract.ts'],
    ['a store that knows the domain', 'layer-store: shared/store/knows-domain.ts -> shared/tenants/rule.ts'],
    [
      'a part of shared that has no place in the layers',
      'part-without-layer: functions/http/deep.ts -> shared/utils/misc.ts',
    ],
    ['an import of a function', 'functions-are-entries: shared/tenants/rule.ts -> functions/http/deep.ts'],
    [
      'the sandbox in what is deployed',
      'local-is-not-bundled: functions/http/deep.ts -> shared/local/conekta/simulator.ts',
    ],
    [
      'a simulator that shares code with what it tests',
      'simulators-are-independent: shared/local/conekta/simulator.ts',
    ],
    ['a stack in what is deployed', 'infrastructure-on-top: functions/http/deep.ts -> lib/stack.ts'],
    ['an import of a test', 'tests-are-leaves: shared/tenants/tested.ts -> test/helper.ts'],
    ['rows that load what serves them', 'rows-are-data: shared/http/contract.ts -> shared/services.ts'],
    ['a cycle', 'no-cycles: shared/tenants/one.ts -> shared/tenants/two.ts'],
    ['a file that nothing reaches', 'no-dead-files: shared/tenants/charges.ts'],
    ['a file that stands alone', 'no-orphans: shared/tenants/alone.ts'],
    ['an import that leads nowhere', 'resolvable: shared/tenants/lost.ts -> ./nowhere.ts'],
    ["a gateway's SDK outside its folder", 'fence-conekta: shared/tenants/charges.ts'],
    ['node-routeros outside the one file that fences it', 'fence-node-routeros: shared/routers/routeros/fast.ts'],
    ['a development package in what is deployed', 'no-development-packages: shared/tenants/mocked.ts'],
  ])('%s', (_what, expected) => {
    expect(found.filter((violation) => violation.startsWith(expected))).not.toEqual([]);
  });

  it('no package where it belongs', () => {
    expect(
      found.filter((violation) => /wire\.ts -> .*node-routeros|stack\.ts -> .*aws-cdk-lib/.test(violation)),
    ).toEqual([]);
  });

  it('files that the checker did not see', async () => {
    const seen = await readImports(folder);
    expect(blindSpots(folder, seen)).toEqual([]);
    expect(blindSpots(folder, { ...seen, modules: [] })).toContain('not seen: shared/services.ts');
  });
});
