import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { defineRow, type Method, plainRow } from '#shared/http/contract.ts';
import type { HttpEvent, HttpHandler } from '#shared/http/endpoint.ts';
import { type HttpAdapter, startHttpAdapter } from '#shared/local/http-adapter.ts';
import { systemClock } from '#shared/platform/clock.ts';
import { Logger } from '#shared/platform/logger.ts';

const row = (id: string, method: Method, path: string, timeoutSeconds = 5) =>
  defineRow({
    ...plainRow,
    id,
    summary: 'Una ruta.',
    method,
    path,
    timeoutSeconds,
    auth: 'none',
    replies: { 200: z.unknown() },
    needs: [],
  });

const rows = [
  row('echo', 'GET', '/echo'),
  row('echo', 'POST', '/echo'),
  row('echo', 'GET', '/users/{user_id}/keys/{key_id}'),
  row('special', 'GET', '/users/me/keys/{key_id}'),
  row('throws', 'GET', '/throws'),
  row('missing', 'GET', '/missing'),
  row('hangs', 'GET', '/hangs', 0.05),
  row('waits', 'GET', '/waits'),
  row('odd-headers', 'GET', '/odd-headers'),
  row('bytes', 'GET', '/bytes'),
  row('unknown', 'ANY', '$default'),
];

const echo: HttpHandler = (event) =>
  Promise.resolve({
    statusCode: 200,
    headers: { 'content-type': 'application/json', 'Access-Control-Allow-Origin': 'https://not.this', 'x-own': 'yes' },
    body: JSON.stringify(event),
  });
/** The function `waits` under way: when it was called, and its end. */
let waiting = Promise.withResolvers<void>();
let called = Promise.withResolvers<void>();
const functions: Record<string, HttpHandler> = {
  echo,
  special: () => Promise.resolve({ statusCode: 200, body: 'special' }),
  throws: () => Promise.reject(new Error('secret inside')),
  hangs: () => new Promise(() => {}),
  waits: async () => {
    called.resolve();
    await waiting.promise;
    return { statusCode: 200, body: 'waited' };
  },
  'odd-headers': () => Promise.resolve({ statusCode: 200, headers: { location: 'a\r\nb: c' } }),
  bytes: () => Promise.resolve({ statusCode: 201, isBase64Encoded: true, body: '/wA=', cookies: ['a=1', 'b=2'] }),
  unknown: (event) =>
    Promise.resolve({ statusCode: 404, body: `${event.requestContext.http.method} ${event.rawPath}` }),
};

const log: string[] = [];
const start = () =>
  startHttpAdapter({
    port: 0,
    rows,
    handlerOf: ({ id }) => {
      const handler = functions[id];
      return handler ? Promise.resolve(handler) : Promise.reject(new Error('no such file'));
    },
    clock: systemClock,
    logger: new Logger(systemClock, 'INFO', (line) => log.push(line)),
  });

let adapter: HttpAdapter;
beforeAll(async () => {
  adapter = await start();
});
afterAll(() => adapter.stop(0));

const call = (path: string, init?: RequestInit) => fetch(`${adapter.url}${path}`, init);
const eventOf = async (path: string, init?: RequestInit) => (await (await call(path, init)).json()) as HttpEvent;
/** Bytes sent as they are; fetch would correct them. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(adapter.url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(bytes, 'latin1');
  return text(socket);
}

describe('routing', () => {
  it('hands the function of the row the request as an event', async () => {
    const event = await eventOf('/echo?a=1', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-API-Key': 'jwt_x' },
      body: '{"ñ":1}',
    });
    expect(event).toMatchObject({
      routeKey: 'POST /echo',
      rawPath: '/echo',
      rawQueryString: 'a=1',
      queryStringParameters: { a: '1' },
      headers: { 'x-api-key': 'jwt_x' },
      body: '{"ñ":1}',
      requestContext: { http: { method: 'POST', sourceIp: '127.0.0.1' } },
    });
    expect(event.requestContext.requestId).not.toBe((await eventOf('/echo')).requestContext.requestId);
  });

  it('decodes path parameters once, and prefers a row without them', async () => {
    const { pathParameters, rawPath } = await eventOf('/users/a%20%C3%B1/keys/50%2525');
    expect(pathParameters).toEqual({ user_id: 'a ñ', key_id: '50%25' });
    expect(rawPath).toBe('/users/a ñ/keys/50%25');
    expect(await (await call('/users/me/keys/1')).text()).toBe('special');
    const long = 'x'.repeat(3_000);
    expect((await eventOf(`/users/${long}/keys/1`)).pathParameters?.['user_id']).toBe(long);
  });

  it('takes an encoded slash for a slash, as API Gateway does', async () => {
    expect(await (await call('/users/a%2Fb/keys/1')).text()).toBe('GET /users/a/b/keys/1');
  });

  it('leaves what no row takes to $default: other paths, other methods, other cases, a slash too many', async () => {
    for (const path of ['/nothing', '/ECHO', '/echo/', '//echo', '/echo;x', '/users//keys/1'])
      expect(await (await call(path)).text(), path).toBe(`GET ${path}`);
    expect(await (await call('/echo', { method: 'DELETE' })).text()).toBe('DELETE /echo');
    expect((await call('/echo', { method: 'HEAD' })).status).toBe(404);
    expect(await (await call('/echo', { method: 'PROPFIND' })).text()).toBe('PROPFIND /echo');
  });
});

describe('replies', () => {
  it('carry bytes and cookies', async () => {
    const reply = await call('/bytes');
    expect([...new Uint8Array(await reply.arrayBuffer())]).toEqual([0xff, 0]);
    expect([reply.status, reply.headers.getSetCookie()]).toEqual([201, ['a=1', 'b=2']]);
  });

  it('are constant for a function that throws, is not there or answers what HTTP cannot carry', async () => {
    for (const path of ['/throws', '/missing', '/odd-headers']) {
      const reply = await call(path);
      expect([reply.status, await reply.json()], path).toEqual([500, { message: 'Internal Server Error' }]);
    }
    expect(log.join()).toContain('function failed');
    expect(log.join()).not.toContain('secret inside');
  });

  it('give up on a slow function at the time of its row', async () => {
    const reply = await call('/hangs');
    expect([reply.status, await reply.json()]).toEqual([503, { message: 'Service Unavailable' }]);
  });
});

describe('CORS', () => {
  const origin = { origin: 'http://10.5.50.1' };

  it('answers a preflight for any path without asking a function', async () => {
    for (const path of ['/echo', '/nothing', '/hangs']) {
      const headers = { ...origin, 'access-control-request-method': 'POST' };
      const reply = await call(path, { method: 'OPTIONS', headers });
      expect(reply.status).toBe(204);
      expect(Object.fromEntries(reply.headers)).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET,POST,PUT,DELETE,OPTIONS',
        'access-control-allow-headers': 'authorization,x-api-key,content-type,idempotency-key',
        'access-control-max-age': '86400',
      });
      expect(reply.headers.has('access-control-allow-credentials')).toBe(false);
    }
  });

  it('puts its own headers in place of the function`s, on errors too, and only for another origin', async () => {
    const reply = await call('/echo', { headers: origin });
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'retry-after,x-correlation-id,x-siguiente',
      'x-own': 'yes',
    });
    for (const path of ['/throws', '/hangs', '/nothing'])
      expect((await call(path, { headers: origin })).headers.get('access-control-allow-origin'), path).toBe('*');
    expect((await call('/echo')).headers.has('access-control-allow-origin')).toBe(false);
    expect(await (await call('/echo', { method: 'OPTIONS', headers: origin })).text()).toBe('OPTIONS /echo');
  });
});

describe('garbage', () => {
  it('is refused and the next request is served', async () => {
    expect(await raw('\x16\x03\x01\x02\x00garbage\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw('GET /echo HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw('GET http://evil/echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 /,
    );
    expect((await call('/%E0%A4%A')).status).toBe(400);
    expect((await call('/%')).status).toBe(400);
    expect((await call('/echo?%E0%A4%A=%&=&&&=%00')).status).toBe(200);
    const socket = connect(Number(new URL(adapter.url).port), '127.0.0.1');
    socket.write('POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"half', () => socket.resetAndDestroy());
    await once(socket, 'close');
    expect((await call('/echo')).status).toBe(200);
  });

  it('of more than 10 MiB is answered 413, sent at once or in chunks', async () => {
    const limit = 10 * 1024 * 1024;
    const post = (body: RequestInit['body']) => call('/echo', { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect((await post('x'.repeat(limit))).status).toBe(200);
    const reply = await post('x'.repeat(limit + 1));
    expect([reply.status, await reply.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
    const chunk = new TextEncoder().encode('x'.repeat(limit / 2));
    expect((await post(ReadableStream.from([chunk, chunk, chunk]) as RequestInit['body'])).status).toBe(413);
  });
});

describe('stopping', () => {
  beforeEach(() => {
    waiting = Promise.withResolvers();
    called = Promise.withResolvers();
  });

  it('lets a request under way finish', async () => {
    const other = await start();
    const reply = fetch(`${other.url}/waits`);
    await called.promise;
    const stopped = other.stop();
    waiting.resolve();
    expect(await (await reply).text()).toBe('waited');
    await stopped;
    await expect(fetch(`${other.url}/echo`)).rejects.toThrow();
  });

  it('does not wait for one that hangs', async () => {
    const other = await start();
    const reply = fetch(`${other.url}/waits`).catch(() => 'cut');
    await called.promise;
    await other.stop(1);
    expect(await reply).toBe('cut');
  });
});

it('a taken port is one sentence', async () => {
  const port = Number(new URL(adapter.url).port);
  const starting = startHttpAdapter({
    port,
    rows,
    handlerOf: () => Promise.reject(new Error()),
    clock: systemClock,
    logger: new Logger(systemClock, 'SILENT'),
  });
  await expect(starting).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringContaining(`Port ${port} for the API is already taken`),
  });
});
