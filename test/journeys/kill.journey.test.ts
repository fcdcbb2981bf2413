import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { bundleUnderTest } from '../stage/bundle-under-test.ts';
import { makeFolder } from '../stage/scratch-folder.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/local.ts');
const FREE_PORTS = {
  PORT: '0',
  SIM_ROUTER_PORT: '0',
  SIM_CONEKTA_PORT: '0',
  SIM_MERCADO_PAGO_PORT: '0',
  SIM_TELEGRAM_PORT: '0',
  CONTROL_PORT: '0',
};

/** The sandbox's own waits are the production ones: leases of 25 s, back-offs, doubt looked at after 20 s. */
const PATIENCE = { timeout: 55_000, interval: 250 };

/** As they are deployed, functions start one by one, each when it is first asked. */
const START_WITHIN_MS = bundleUnderTest ? 40_000 : 15_000;
const TEST_WITHIN_MS = bundleUnderTest ? 120_000 : 60_000;

interface Stack {
  readonly api: string;
  readonly control: string;
  readonly demo: { readonly apiKey: string; readonly productoId: number };
}

/** Tests run side by side, so each cleans up through its own context. */
async function start(
  folder: string,
  { onTestFinished }: TestContext,
): Promise<{ stack: Stack; killGroup: () => void }> {
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, ...(bundleUnderTest ? ['--bundle'] : [])], {
    cwd: folder,
    env: { ...process.env, npm_lifecycle_event: '', ...FREE_PORTS },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const killGroup = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
  };
  onTestFinished(killGroup);
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
  await expect.poll(() => said, { timeout: START_WITHIN_MS }).toContain('Try:');
  const stack = JSON.parse(readFileSync(join(folder, '.local', 'stack.json'), 'utf8')) as Stack;
  return { stack, killGroup };
}

const getJson = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T;

const keptCharges = async ({ control }: Stack) =>
  (await getJson<{ charges: { status: string }[] }>(`${control}/conekta/ledger`)).charges.filter(
    (charge) => charge.status === 'paid',
  ).length;

const customers = async ({ control }: Stack) =>
  (await getJson<{ comment?: string }[]>(`${control}/router/users`)).filter((user) => user.comment?.startsWith('px:'))
    .length;

const fault = (url: string, body: unknown) => fetch(url, { method: 'POST', body: JSON.stringify(body) });

/** Sends a purchase whose answer will never come. */
function buyAndBeCut({ api, demo }: Stack): void {
  void fetch(`${api}/api/v1/payments/pagar-conekta`, {
    method: 'POST',
    headers: { 'x-api-key': demo.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({
      producto_id: demo.productoId,
      token_tarjeta: 'tok_test_visa_4242_cut',
      nombre_cliente: 'Luis Mora',
      email_cliente: 'luis@correo.example',
    }),
  }).catch(() => undefined);
}

function emptyFolder({ onTestFinished }: TestContext): string {
  const folder = makeFolder();
  onTestFinished(folder.remove);
  return folder.path;
}

describe.concurrent('a kill -9 of everything', { timeout: TEST_WITHIN_MS }, () => {
  it('between the charge and its record: charged once, delivered once after the restart', async (context) => {
    const folder = emptyFolder(context);
    const first = await start(folder, context);
    await fault(`${first.stack.control}/conekta/faults`, {
      route: 'create-charge',
      kind: 'delay',
      when: 'after',
      ms: 60_000,
    });
    buyAndBeCut(first.stack);
    await expect.poll(() => keptCharges(first.stack), { timeout: 10_000, interval: 10 }).toBe(1);
    first.killGroup();

    const { stack } = await start(folder, context);
    await expect.poll(() => customers(stack), PATIENCE).toBe(1);
    expect(await keptCharges(stack)).toBe(1);
  });

  it('between the record and the delivery: delivered once after the restart', async (context) => {
    const folder = emptyFolder(context);
    const first = await start(folder, context);
    await fault(`${first.stack.control}/router/faults`, {
      name: 'silence',
      when: 'before',
      command: '/ip/hotspot/user/add',
    });
    buyAndBeCut(first.stack);
    const asked = async () =>
      (await getJson<{ byPath: Record<string, number> }>(`${first.stack.control}/router/commands`)).byPath;
    await expect.poll(asked, { timeout: 10_000, interval: 10 }).toHaveProperty(['/ip/hotspot/user/add']);
    first.killGroup();

    const { stack } = await start(folder, context);
    await expect.poll(() => customers(stack), PATIENCE).toBe(1);
    expect(await keptCharges(stack)).toBe(1);
  });
});
