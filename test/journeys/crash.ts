/**
 * `npm run crash`: 200 purchases, 20 at a time, `kill -9` of the whole sandbox at a random moment, restart, and then
 * three numbers that have to be equal: charges kept by the gateway, purchases paid, users on the router.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PURCHASES = 200;
const AT_ONCE = 20;
/** Leases, doubts and back-offs are the production ones, so recovery takes as long as it would there. */
const SETTLED_WITHIN_MS = 180_000;
const PROGRAM = resolve(import.meta.dirname, '../../bin/local.ts');

interface Stack {
  readonly api: string;
  readonly control: string;
  readonly demo: { apiKey: string; productoId: number; clienteAdmin: { email: string; password: string } };
}

const folder = mkdtempSync(join(tmpdir(), 'pagos-crash-'));
/** Signals the whole process group, as a machine that loses its power does. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, name);
}

async function start(): Promise<{ stack: Stack; child: ChildProcess }> {
  const child = spawn(process.execPath, ['--max-old-space-size=256', PROGRAM], {
    cwd: folder,
    env: {
      ...process.env,
      npm_lifecycle_event: '',
      PORT: '0',
      CONTROL_PORT: '0',
      SIM_ROUTER_PORT: '0',
      SIM_CONEKTA_PORT: '0',
      SIM_MERCADO_PAGO_PORT: '0',
      SIM_TELEGRAM_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  await new Promise<void>((ready) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('Try:')) ready();
    });
  });
  return { child, stack: JSON.parse(readFileSync(join(folder, '.local', 'stack.json'), 'utf8')) as Stack };
}

async function send<T>(url: string, init: RequestInit = {}): Promise<T> {
  const headers = { 'content-type': 'application/json', ...init.headers };
  return (await (await fetch(url, { ...init, headers })).json()) as T;
}

const buy = ({ api, demo }: Stack, number: number) =>
  send<{ estado_pago?: string }>(`${api}/api/v1/payments/pagar-conekta`, {
    method: 'POST',
    headers: { 'x-api-key': demo.apiKey },
    body: JSON.stringify({
      producto_id: demo.productoId,
      token_tarjeta: `tok_test_visa_4242_crash${number}`,
      nombre_cliente: 'Luis Mora',
      email_cliente: `buyer${number}@correo.example`,
    }),
  });

/** Buys on all lanes until there is no number left, or the line is cut; what was cut off is not sent again. */
async function shop(stack: Stack, numbers: number[]): Promise<void> {
  let cut = false;
  const lane = async () => {
    while (!cut) {
      const number = numbers.shift();
      if (number === undefined) return;
      await buy(stack, number).catch(() => (cut = true));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

async function count({ api, control, demo }: Stack) {
  const { charges } = await send<{ charges: { status: string }[] }>(`${control}/conekta/ledger`);
  const users = await send<{ comment?: string }[]>(`${control}/router/users`);
  const { access_token } = await send<{ access_token: string }>(`${api}/api/v1/auth/login`, {
    method: 'POST',
    body: JSON.stringify(demo.clienteAdmin),
  });
  const list = async (estado: string, offset: number) =>
    (
      await send<{ transacciones: unknown[] }>(
        `${api}/api/v1/admin/mi-empresa/transacciones?estado=${estado}&limit=200&offset=${offset}`,
        { headers: { authorization: `Bearer ${access_token}` } },
      )
    ).transacciones.length;
  const open = await Promise.all(['created', 'charging', 'in_doubt'].map((state) => list(state, 0)));
  return {
    kept: charges.filter(({ status }) => status === 'paid').length,
    paid: await list('paid', 0),
    users: users.filter(({ comment }) => comment?.startsWith('px:')).length,
    open: open.reduce((sum, some) => sum + some, 0),
  };
}

const numbers = Array.from({ length: PURCHASES }, (_, number) => number);
const first = await start();
const shopping = shop(first.stack, numbers);
const killAfterMs = randomInt(300, 2_500);
await new Promise((later) => setTimeout(later, killAfterMs));
signal(first.child, 'SIGKILL');
await shopping;
process.stdout.write(`killed everything after ${killAfterMs} ms of shopping\n`);

const second = await start();
await shop(second.stack, numbers);
const until = Date.now() + SETTLED_WITHIN_MS;
let seen = await count(second.stack);
while ((seen.open > 0 || seen.users !== seen.paid) && Date.now() < until) {
  await new Promise((later) => setTimeout(later, 2_000));
  seen = await count(second.stack);
}
process.stdout.write(`charges kept ${seen.kept}, purchases paid ${seen.paid}, users on the router ${seen.users}\n`);
signal(second.child, 'SIGTERM');
await new Promise((ended) => second.child.once('close', ended));
rmSync(folder, { recursive: true, force: true });
process.exit(seen.kept === seen.paid && seen.paid === seen.users && seen.open === 0 ? 0 : 1);
