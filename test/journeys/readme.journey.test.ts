import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '#shared/local/sandbox.ts';
import { bundleUnderTest } from '../stage/bundle-under-test.ts';
import { makeFolder } from '../stage/scratch-folder.ts';

const folder = makeFolder();
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ dataDir: folder.path, demo: false, bundle: bundleUnderTest });
});
afterAll(async () => {
  await sandbox.stop();
  folder.remove();
});

/** The commands a stranger copies, with only the addresses changed. */
function onboardingCommands(): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, block = ''] = /## Onboarding, as curl[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme) ?? [];
  const { api, control, router } = sandbox.stack;
  return block
    .replace('http://localhost:3000', api)
    .replace('http://localhost:4000', control)
    .replace('ROUTER_PORT=8728', `ROUTER_PORT=${router.port}`);
}

it('the commands of the README take an operator from nothing to a paying customer who is online', async () => {
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', onboardingCommands()]);
  expect(stdout).toContain('"message":"Conexión exitosa"');
  expect(stdout).toContain('"estado_entrega":"entregado"');
  expect(stdout).toContain('"estado":"conectado"');
  const ours = sandbox.router.books.users().filter((user) => user['comment']?.startsWith('px:'));
  expect(ours).toHaveLength(1);
  expect(sandbox.router.books.active()).toMatchObject([{ user: ours[0]?.['name'], address: '10.5.50.23' }]);
  expect(sandbox.conekta?.ledger().charges).toMatchObject([{ amount: 1500, status: 'paid' }]);
});
