import { describe, expect, it } from 'vitest';
import { type ReceivedRequest, toEvent } from '#shared/local/http-event.ts';

const request: ReceivedRequest = {
  method: 'GET',
  path: '/admin/usuarios/7',
  query: '',
  headers: { host: ['127.0.0.1:3000'], 'user-agent': ['curl/8'] },
  body: Buffer.alloc(0),
  pathParameters: {},
  routeKey: 'GET /admin/usuarios/{usuario_id}',
  requestId: 'r-1',
  sourceIp: '127.0.0.1',
  receivedAt: Date.UTC(2026, 4, 3, 18, 22, 10),
};
const withBody = (contentType: string, body: string) =>
  toEvent({ ...request, headers: { 'content-type': [contentType] }, body: Buffer.from(body) });

describe('the event of a request', () => {
  it('carries who asked, what and when, as payload format 2.0 names it', () => {
    expect(toEvent(request)).toEqual({
      version: '2.0',
      routeKey: 'GET /admin/usuarios/{usuario_id}',
      rawPath: '/admin/usuarios/7',
      rawQueryString: '',
      headers: { host: '127.0.0.1:3000', 'user-agent': 'curl/8' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'sandbox',
        domainName: '127.0.0.1:3000',
        domainPrefix: '127',
        http: {
          method: 'GET',
          path: '/admin/usuarios/7',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'curl/8',
        },
        requestId: 'r-1',
        routeKey: 'GET /admin/usuarios/{usuario_id}',
        stage: '$default',
        time: '03/May/2026:18:22:10 +0000',
        timeEpoch: request.receivedAt,
      },
      isBase64Encoded: false,
    });
  });

  it('joins repeated headers and query values by commas, and keeps the raw query as it came', () => {
    const event = toEvent({
      ...request,
      query: 'rol=a%20b&rol=c+d&vacio=&__proto__=x',
      headers: { accept: ['text/html', 'application/json'] },
    });
    expect(event.headers).toEqual({ accept: 'text/html,application/json' });
    expect(event.rawQueryString).toBe('rol=a%20b&rol=c+d&vacio=&__proto__=x');
    expect(Object.entries(event.queryStringParameters ?? {})).toEqual([
      ['rol', 'a b,c d'],
      ['vacio', ''],
      ['__proto__', 'x'],
    ]);
  });

  it('lists cookies apart from the headers', () => {
    const event = toEvent({ ...request, headers: { cookie: ['a=1; b=2'] } });
    expect(event).toMatchObject({ cookies: ['a=1', 'b=2'], headers: {} });
    expect(event.headers).not.toHaveProperty('cookie');
  });

  it('carries text bodies as they are and every other body as base64', () => {
    for (const type of [
      'application/json',
      'application/json; charset=utf-8',
      'text/plain',
      'application/problem+json',
    ])
      expect(withBody(type, '{"ñ":1}'), type).toMatchObject({ body: '{"ñ":1}', isBase64Encoded: false });
    for (const type of ['application/x-www-form-urlencoded', 'application/octet-stream', 'application/jsonp'])
      expect(withBody(type, 'ñ'), type).toMatchObject({ body: 'w7E=', isBase64Encoded: true });
    expect(withBody('application/json', '')).not.toHaveProperty('body');
  });
});
