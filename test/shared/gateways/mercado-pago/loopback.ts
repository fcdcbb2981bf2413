import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { text } from 'node:stream/consumers';
import { systemClock } from '#shared/platform/clock.ts';
import { Secret } from '#shared/security/secret.ts';
import { CARD_TOKEN } from './purchase.ts';

export const KEY = 'APP_USR-planted-access-token';
export const UNHURRIED_MS = 15_000;

/** A request as it arrived. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}
/** What Mercado Pago does with one request. */
export type Act = (response: ServerResponse, request: Seen) => void;

const servers: Server[] = [];

export function closeServers(): void {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
}

export async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return `http://127.0.0.1:${address.port}`;
}

/** A server that does these things, one per request, and the last one from then on. */
export async function play(...acts: readonly Act[]) {
  const seen: Seen[] = [];
  const baseUrl = await listen((request, response) => {
    void text(request).then((sent) => {
      const body: unknown = sent === '' ? undefined : JSON.parse(sent);
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body };
      seen.push(one);
      acts[Math.min(seen.length, acts.length) - 1]?.(response, one);
    });
  });
  return { baseUrl, seen };
}

export const json =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Act =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
export const error = (status: number, headers: Readonly<Record<string, string>> = {}): Act =>
  json(status, { message: `says ${CARD_TOKEN}`, error: 'planted', status, cause: [] }, headers);
export const page =
  (status: number): Act =>
  (response) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html>planted</html>');
  };
export const reset: Act = (response) => response.socket?.resetAndDestroy();
export const cutBody: Act = (response) => {
  response.writeHead(201, { 'content-type': 'application/json', 'content-length': '500' });
  response.write('{"id":133000000001,"status":"appr', () => response.destroy());
};
export const bodyThatNeverEnds: Act = (response) => {
  response.writeHead(201, { 'content-type': 'application/json' });
  response.write('{"id":133000000001,');
};
export const noContent: Act = (response) => {
  response.writeHead(204).end();
};
export const silence: Act = () => undefined;

export const within = (ms = UNHURRIED_MS, key = KEY) => ({
  privateKey: new Secret(key),
  deadlineAt: systemClock.now() + ms,
});
