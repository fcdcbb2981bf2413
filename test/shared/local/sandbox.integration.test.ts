import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import * as z from 'zod';
import { startDynamo } from '#shared/local/dynamodb.ts';
import { startKms } from '#shared/local/kms.ts';
import { startQueue } from '#shared/local/queue.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '#shared/local/sandbox.ts';
import { scratchFolder } from '../../stage/scratch-folder.ts';

async function start(options: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.stop());
  return sandbox;
}

const catalogue = ({ stack }: Sandbox, apiKey = stack.demo?.apiKey ?? '') =>
  fetch(`${stack.api}/api/v1/catalogo_perfiles_venta`, { headers: { 'x-api-key': apiKey } });

const json = { 'content-type': 'application/json' };

async function asDemoAdmin({ stack: { api, demo } }: Sandbox) {
  const login = { method: 'POST', headers: json, body: JSON.stringify(demo?.clienteAdmin) };
  const { access_token } = z
    .object({ access_token: z.string() })
    .parse(await (await fetch(`${api}/api/v1/auth/login`, login)).json());
  return { authorization: `Bearer ${access_token}` };
}

/** As the demo's own admin may do at any time. */
async function renameCompany(sandbox: Sandbox): Promise<void> {
  const changed = await fetch(`${sandbox.stack.api}/api/v1/admin/mi-empresa`, {
    method: 'PUT',
    headers: { ...json, ...(await asDemoAdmin(sandbox)) },
    body: JSON.stringify({ nombre: 'Otro nombre', contacto_email: 'otro@cafe.example' }),
  });
  expect(changed.status).toBe(200);
}

describe('the sandbox', () => {
  it('finds its data, its demo and its router again after a restart; only the portal key is new', async () => {
    const dataDir = join(scratchFolder(), 'new', 'data');
    const first = await start({ dataDir });
    const { stack: before } = first;
    first.router.addHost({ mac: 'AA:BB:CC:00:00:01', ip: '10.5.50.21' });
    expect(await (await catalogue(first)).json()).toMatchObject([{ id: before.demo?.productoId }]);
    await renameCompany(first);
    await first.stop();

    const second = await start({ dataDir });
    const { stack: after } = second;
    expect(after.demo).toEqual({ ...before.demo, apiKey: expect.stringMatching(/^jwt_/) });
    expect(after.router).toEqual(before.router);
    expect(second.router.books.hosts()).toMatchObject([{ 'mac-address': 'AA:BB:CC:00:00:01' }]);
    expect((await catalogue(second)).status).toBe(200);
    expect((await catalogue(second, before.demo?.apiKey)).status).toBe(401);
    await second.stop();

    writeFileSync(join(dataDir, 'mine.txt'), 'not the sandbox`s');
    const fresh = await start({ dataDir, fresh: true, demo: false });
    expect(fresh.stack.demo).toBeNull();
    expect(fresh.router.books.hosts()).toEqual([]);
    expect((await catalogue(fresh, after.demo?.apiKey)).status).toBe(401);
    expect(existsSync(join(dataDir, 'mine.txt'))).toBe(true);
  });

  it('is told by Conekta of every change within moments of its start', async () => {
    const sandbox = await start({ dataDir: scratchFolder(), sweepSeconds: 3600 });
    const headers = await asDemoAdmin(sandbox);
    const shown = z.object({ configuracion_actual: z.object({ webhook: z.object({ estado: z.string() }) }) });
    await vi.waitFor(
      async () => {
        const answer = await fetch(`${sandbox.stack.api}/api/v1/admin/mi-empresa/conekta`, { headers });
        expect(shown.parse(await answer.json()).configuracion_actual.webhook.estado).toBe('activo');
      },
      { timeout: 5_000 },
    );
  });

  it('onboards its demo on another router when the simulator had to move', async () => {
    const dataDir = scratchFolder();
    const first = await start({ dataDir });
    await first.stop();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(first.stack.router.port, '127.0.0.1', resolve));
    onTestFinished(() => void squatter.close());
    const moved = await start({ dataDir });
    expect(moved.stack.router.port).not.toBe(first.stack.router.port);
    expect(moved.stack.demo).toMatchObject({ empresaId: first.stack.demo?.empresaId });
    expect(moved.stack.demo?.routerId).not.toBe(first.stack.demo?.routerId);
    expect((await catalogue(moved)).status).toBe(200);
  });

  it('lets one sandbox at a time use a data folder', async () => {
    const dataDir = scratchFolder();
    const first = await start({ dataDir, demo: false });
    await expect(startSandbox({ dataDir, demo: false })).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringContaining('Another sandbox uses the folder'),
    });
    await first.stop();
    await start({ dataDir, demo: false });
  });

  it('leaves nothing behind when a part cannot start', async () => {
    const dataDir = scratchFolder();
    const first = await start({ dataDir: scratchFolder(), demo: false });
    const taken = {
      api: ['the API', first.stack.api],
      control: ['the control server', first.stack.control],
      router: ['the simulated router', `tcp://127.0.0.1:${first.stack.router.port}`],
      conekta: ['the Conekta simulator', first.config.CONEKTA_BASE_URL],
      mercadoPago: ['the Mercado Pago simulator', first.config.MERCADO_PAGO_BASE_URL],
    } as const;
    for (const [part, [name, url]] of Object.entries(taken)) {
      const port = Number(new URL(url).port);
      await expect(startSandbox({ dataDir, demo: false, ports: { [part]: port } })).rejects.toMatchObject({
        name: 'StartError',
        message: `Port ${port} for ${name} is already taken: stop the other program or choose another port.`,
      });
    }
    await start({ dataDir, demo: false });
  });

  it('says what is wrong with its demo, and works without it', async () => {
    const dataDir = scratchFolder();
    const first = await start({ dataDir, demo: false });
    const { api, superAdmin } = first.stack;
    const post = async (path: string, body: object, token = '') => {
      const headers = { authorization: `Bearer ${token}` };
      const reply = await fetch(`${api}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return z.object({ access_token: z.string().default('') }).parse(await reply.json()).access_token;
    };
    const token = await post('/api/v1/auth/login', superAdmin);
    const passwords = { current_password: superAdmin.password, new_password: 'mine from now on' };
    await post('/api/v1/auth/change-password', passwords, token);
    await first.stop();

    const second = await start({ dataDir });
    expect(second.stack.demo).toBeNull();
    expect(second.demoProblem).toBe('The demo could not be made: POST /api/v1/auth/login answered 401.');
    expect((await fetch(`${second.stack.api}/health`)).status).toBe(200);
  });

  it('uses the endpoints a person names instead of its own, and makes table and queue there', async () => {
    const kmsFolder = scratchFolder();
    const [dynamo, kms, queue] = await Promise.all([
      startDynamo(),
      startKms({ port: 0, dataDir: kmsFolder }),
      startQueue({ port: 0 }),
    ]);
    onTestFinished(async () => void (await Promise.all([dynamo.stop(), kms.stop(), queue.stop()])));
    const dataDir = scratchFolder();
    const environment = {
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
      AWS_ENDPOINT_URL_KMS: kms.url,
      AWS_ENDPOINT_URL_SQS: queue.url,
      CONEKTA_BASE_URL: 'http://127.0.0.1:1',
      MERCADO_PAGO_BASE_URL: 'http://127.0.0.1:2',
    };
    const sandbox = await start({ dataDir, environment });
    expect(sandbox.config).toMatchObject(environment);
    expect([sandbox.kms, sandbox.conekta, sandbox.mercadoPago]).toEqual([undefined, undefined, undefined]);
    expect((await catalogue(sandbox)).status).toBe(200);
    expect(kms.calls()).toMatchObject({ Sign: expect.any(Number) });
    expect(existsSync(join(dataDir, 'dynamodb.sqlite'))).toBe(false);
    await expect(
      startSandbox({ dataDir: scratchFolder(), environment: { AWS_ENDPOINT_URL_KMS: dynamo.url } }),
    ).rejects.toThrow('The endpoint in AWS_ENDPOINT_URL_KMS cannot be used');
  });

  it('writes what its functions log where it is told to, and no secret', async () => {
    const lines: string[] = [];
    const sandbox = await start({ dataDir: scratchFolder(), logSink: (line) => lines.push(line) });
    await sandbox.sweep();
    const log = lines.join('');
    expect(log).toContain('"row":"products/create"');
    const { superAdmin, router, demo } = sandbox.stack;
    for (const secret of [superAdmin.password, router.password, demo?.clienteAdmin.password, demo?.apiKey])
      expect(log).not.toContain(secret);
  });
});

it('the data folder is closed to other users', async () => {
  const dataDir = join(scratchFolder(), 'data');
  await start({ dataDir, demo: false });
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
});
