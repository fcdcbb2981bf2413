import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { SentenceReader } from '#shared/local/router/sentences.ts';
import { type RouterSimulator, startRouterSimulator } from '#shared/local/router/simulator.ts';
import type { Clock } from '#shared/platform/clock.ts';
import { RouterFault, type RouterSession, type RouterTarget } from '#shared/routers/client.ts';
import { routerOsTransport } from '#shared/routers/routeros/client.ts';
import { ApiSession } from '#shared/routers/routeros/session.ts';
import { Secret } from '#shared/security/secret.ts';

/** Whatever is started here ends with the test that started it. */
export const LOGIN = { user: 'api', password: 'Clave-Ñandú-1' };

export async function simulator(clock: Clock = { now: () => Date.UTC(2026, 7, 1) }): Promise<RouterSimulator> {
  const dataDir = await mkdtemp(join(tmpdir(), 'router-'));
  const router = await startRouterSimulator({ ...LOGIN, port: 0, dataDir, clock });
  onTestFinished(async () => {
    await router.stop();
    await rm(dataDir, { recursive: true });
  });
  return router;
}

export const targetAt = (port: number, host = '127.0.0.1'): RouterTarget => ({
  host,
  port,
  username: LOGIN.user,
  password: new Secret(LOGIN.password),
  pinned: null,
});

export interface Deadlines {
  readonly connectMs?: number;
  readonly commandMs?: number;
}

export async function connectTo(
  target: RouterTarget,
  { connectMs = 2_000, commandMs = 2_000 }: Deadlines = {},
): Promise<RouterSession> {
  const session = await routerOsTransport({ commandDeadlineMs: commandMs }).connect(target, connectMs);
  onTestFinished(() => session.close());
  return session;
}

/** The layer below, which takes any words. */
export async function openApi(port: number, { connectMs = 2_000, commandMs = 2_000 }: Deadlines = {}) {
  const api = await ApiSession.open(targetAt(port), connectMs, commandMs);
  onTestFinished(() => api.close());
  return api;
}

export async function faultOf(work: Promise<unknown>): Promise<RouterFault> {
  const error = await work.then(
    () => expect.fail('it succeeded'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof RouterFault) return error;
  throw error;
}

export interface ScriptedRouter {
  readonly port: number;
  /** Every sentence that came, over all connections. */
  readonly heard: readonly (readonly string[])[];
  /** How many connections are open. */
  readonly open: number;
}

/** What to do about a sentence. @param turn 0 for the first of a connection, which is its login */
export type Script = (socket: Socket, words: readonly string[], turn: number) => unknown;

/** A router played by hand, for what no simulator of a decent router does. */
export async function scriptedRouter(script: Script, accept?: (socket: Socket) => void): Promise<ScriptedRouter> {
  const heard: (readonly string[])[] = [];
  const sockets = new Set<Socket>();
  // Half open: what a router says after our end of the connection is closed is part of the play.
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    accept?.(socket);
    const reader = new SentenceReader();
    let turn = 0;
    socket.on('data', (chunk) => {
      for (const words of reader.read(chunk)) {
        heard.push(words);
        script(socket, words, turn++);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    heard,
    get open() {
      return sockets.size;
    },
  };
}

export const tagOf = (words: readonly string[]): string => words.find((word) => word.startsWith('.tag=')) ?? '';
