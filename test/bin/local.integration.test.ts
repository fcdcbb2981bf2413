import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { scratchFolder } from '../stage/scratch-folder.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/local.ts');
const FREE_PORTS = {
  PORT: '0',
  SIM_ROUTER_PORT: '0',
  SIM_CONEKTA_PORT: '0',
  SIM_MERCADO_PAGO_PORT: '0',
  SIM_TELEGRAM_PORT: '0',
  CONTROL_PORT: '0',
};

const login = z.strictObject({ email: z.string(), password: z.string() });
const stackShape = z.strictObject({
  api: z.url(),
  control: z.url(),
  superAdmin: login,
  router: z.strictObject({ host: z.string(), port: z.number(), user: z.string(), password: z.string() }),
  demo: z
    .strictObject({
      empresaId: z.string(),
      routerId: z.string(),
      apiKey: z.string(),
      productoId: z.number(),
      clienteAdmin: login,
    })
    .nullable(),
  aws: z.strictObject({ dynamodb: z.url(), kms: z.url(), table: z.string(), s3: z.url(), logos: z.string() }),
});

interface Run {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly said: { out: string; err: string };
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

interface Start {
  readonly folder?: string;
  readonly flags?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

/** Runs `bin/local.ts` in a folder of its own, as the leader of a process group, as a shell would. */
function run({ folder = scratchFolder(), flags = [], variables = {} }: Start): Run {
  const { npm_lifecycle_event: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...flags], {
    cwd: folder,
    env: { ...inherited, ...FREE_PORTS, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const ended = once(child, 'close').then(([code, signal]: (number | string)[]) => code ?? signal ?? '');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, folder, said, ended };
}

/** Waits until it is ready. */
async function started(start: Start = {}): Promise<Run & { readonly stack: z.infer<typeof stackShape> }> {
  const running = run(start);
  const { folder, said, child } = running;
  await Promise.race([running.ended, expect.poll(() => said.out, { timeout: 10_000 }).toContain('Try:')]);
  expect(child.exitCode, said.err).toBeNull();
  return { ...running, stack: stackShape.parse(JSON.parse(readFileSync(stackFile(folder), 'utf8'))) };
}

const stackFile = (folder: string) => join(folder, '.local', 'stack.json');

/** Processes that work in this folder: the sandbox itself, its engine, and the shell between. */
function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`\0PWD_OF_TEST=${folder}\0`);
    } catch {
      return false;
    }
  });
}
/** The same, with a mark in the environment that children inherit. */
const marked = (folder: string): Start => ({ folder, variables: { PWD_OF_TEST: folder } });

describe('npm start', () => {
  it('is ready within 5 s, tells a person what there is, and what it tells works', async () => {
    const { folder, said, stack } = await started();
    const [, seconds] = /^Ready in (\d+\.\d) s\./.exec(said.out) ?? [];
    expect(Number(seconds)).toBeLessThanOrEqual(5);
    for (const text of [stack.api, stack.superAdmin.email, stack.superAdmin.password, stack.demo?.apiKey])
      expect(said.out).toContain(text);
    expect(said.err).toBe('');
    expect(statSync(stackFile(folder)).mode & 0o777).toBe(0o600);

    const commands = said.out.split('\n').filter((line) => line.startsWith('  curl '));
    expect(commands).toHaveLength(3);
    const answers: string[] = [];
    for (const command of commands) answers.push(await shell(command));
    expect(answers[2]).toContain('"success":true');
    const users = await (await fetch(`${stack.control}/router/users`)).text();
    expect(users).toContain('"comment":"px:');
    const ledger = await (await fetch(`${stack.control}/conekta/ledger`)).json();
    expect(ledger).toMatchObject({ charges: [{ status: 'paid', amount: 1500 }] });
    expect(readFileSync(join(folder, '.local', 'sandbox.log'), 'utf8')).toContain('"row":"payments/pay-with-conekta"');
  });

  it('stops everything within 2 s of Ctrl-C and takes its stack file with it', async () => {
    const folder = scratchFolder();
    const { child, ended, said } = await started({ ...marked(folder), flags: ['--no-demo'] });
    expect(processesIn(folder).length).toBeGreaterThan(1);
    const before = performance.now();
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(said.err).toBe('');
    expect(processesIn(folder)).toEqual([]);
    expect(existsSync(stackFile(folder))).toBe(false);
  });

  it('leaves no process after kill -9, of itself or of its group, and what was written is there again', async () => {
    const folder = scratchFolder();
    const first = await started(marked(folder));
    first.child.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    await expect.poll(() => processesIn(folder), { timeout: 3_000 }).toEqual([]);

    const second = await started(marked(folder));
    expect(second.stack.demo?.empresaId).toBe(first.stack.demo?.empresaId);
    expect(second.stack.demo?.apiKey).not.toBe(first.stack.demo?.apiKey);
    process.kill(-(second.child.pid ?? NaN), 'SIGKILL');
    expect(await second.ended).toBe('SIGKILL');
    await expect.poll(() => processesIn(folder), { timeout: 3_000 }).toEqual([]);
  });

  it('ends with one sentence when its database engine dies', async () => {
    const folder = scratchFolder();
    const { ended, said } = await started({ ...marked(folder), flags: ['--no-demo'] });
    const engine = processesIn(folder).find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'dynoxide\n');
    process.kill(Number(engine), 'SIGKILL');
    expect(await ended).toBe(1);
    expect(said.err).toBe('The DynamoDB engine ended by itself; what was written is on disk.\n');
    expect(processesIn(folder)).toEqual([]);
  });

  it('refuses in one sentence, with exit code 1 and no stack trace', async () => {
    const running = await started({ flags: ['--no-demo'] });
    const port = new URL(running.stack.api).port;
    const locked = scratchFolder();
    mkdirSync(join(locked, '.local'));
    writeFileSync(join(locked, '.local', 'data'), 'a file where the folder should be');
    const refusals: [Start, RegExp][] = [
      [{ folder: running.folder }, /^Another sandbox uses the folder \.local\/data/],
      [{ variables: { PORT: port } }, new RegExp(`^Port ${port} for the API is already taken`)],
      [{ folder: locked }, /^The folder \.local\/data cannot be written to/],
      [{ flags: ['--frehs'] }, /^Unknown option --frehs/],
    ];
    const runs = refusals.map(([start]) => run(start));
    for (const [index, [, sentence]] of refusals.entries()) {
      const { ended, said } = runs[index] ?? running;
      expect([await ended, said.err]).toEqual([1, expect.stringMatching(sentence)]);
      expect(said.err.trimEnd()).not.toContain('\n');
    }
    expect(existsSync(stackFile(running.folder))).toBe(true);
  });
});

async function shell(command: string): Promise<string> {
  const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await once(child, 'close');
  return said;
}
