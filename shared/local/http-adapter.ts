import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import findMyWay from 'find-my-way';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Method, Row } from '#shared/http/contract.ts';
import { cors } from '#shared/http/cors.ts';
import type { HttpHandler } from '#shared/http/endpoint.ts';
import { type Clock, pause } from '#shared/platform/clock.ts';
import type { Logger } from '#shared/platform/logger.ts';
import { toEvent } from './http-event.ts';
import { listenOnLoopback } from './loopback-port.ts';

export interface HttpAdapter {
  readonly url: string;
  /** Takes no more requests, gives those under way `graceMs`, then closes. */
  stop(graceMs?: number): Promise<void>;
}

export interface HttpAdapterOptions {
  /** 0 picks a free one. */
  readonly port: number;
  readonly rows: readonly Row[];
  /** The function of a row; asked at each request, so it should remember. */
  readonly handlerOf: (row: Row) => Promise<HttpHandler>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** API Gateway's. Lambda itself takes 6 MB of event, a logo of 2 MB in base64 is half of it. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** A body that is too large is read to its end, so that the client hears the answer; but not without end. */
const CUT_BODY_BYTES = 16 * 1024 * 1024;
const GRACE_MS = 1_000;

/**
 * API Gateway's HTTP API for one machine: routes by the rows, turns requests into events and results into replies, answers
 * preflights, gives up on slow functions. What no row takes goes to the row `$default`.
 *
 * @throws StartError when the port is taken
 */
export async function startHttpAdapter(options: HttpAdapterOptions): Promise<HttpAdapter> {
  const { port, rows, logger } = options;
  const route = router(rows);
  const underWay = new Set<Promise<void>>();

  const server = createServer((request, response) => {
    const serving = serve(request, response, route, options)
      .catch((error: unknown) => {
        // The client went away, or a reply that HTTP cannot carry.
        logger.error('reply failed', error);
        if (response.headersSent) response.destroy();
        else send(response, gatewayAnswer(500, 'Internal Server Error'), {});
      })
      .finally(() => underWay.delete(serving));
    underWay.add(serving);
  });
  server.on('clientError', (_, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    else socket.destroy();
  });
  const url = await listenOnLoopback(server, port, 'the API');

  return {
    url,
    async stop(graceMs = GRACE_MS) {
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.race([Promise.allSettled(underWay), pause(graceMs)]);
      server.closeAllConnections();
      await closed;
    },
  };
}

type Reply = Pick<APIGatewayProxyStructuredResultV2, 'statusCode' | 'headers' | 'body' | 'cookies' | 'isBase64Encoded'>;

/** What API Gateway says in its own words. */
function gatewayAnswer(statusCode: number, message: string): Reply {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  route: Router,
  { handlerOf, clock, logger }: HttpAdapterOptions,
): Promise<void> {
  const { method = 'GET', headersDistinct: headers } = request;
  // Only browsers name an origin, and only then does API Gateway add CORS headers.
  const fromOtherOrigin = headers['origin'] !== undefined;
  const corsHeaders = fromOtherOrigin ? REPLY_HEADERS : {};
  if (method === 'OPTIONS' && fromOtherOrigin && headers['access-control-request-method'])
    return send(response, { statusCode: 204 }, PREFLIGHT_HEADERS);

  const target = readTarget(request.url ?? '');
  if (!target) return send(response, gatewayAnswer(400, 'Bad Request'), corsHeaders);
  const body = await readBody(request);
  if (!body) {
    response.setHeader('connection', 'close');
    return send(response, gatewayAnswer(413, 'Request Entity Too Large'), corsHeaders);
  }

  const { row, pathParameters } = route(method, target.path);
  const requestId = randomUUID();
  const event = toEvent({
    method,
    ...target,
    headers,
    body,
    pathParameters,
    routeKey: row.path === DEFAULT_ROUTE ? DEFAULT_ROUTE : `${row.method} ${row.path}`,
    requestId,
    sourceIp: request.socket.remoteAddress ?? '',
    receivedAt: clock.now(),
  });
  const run = async (): Promise<Reply> => {
    try {
      const handler = await handlerOf(row);
      return await handler(event);
    } catch (error) {
      logger.error('function failed', error, { row: row.id, correlationId: requestId });
      return gatewayAnswer(500, 'Internal Server Error');
    }
  };
  const reply = await within(row.timeoutSeconds * 1000, run());
  if (!reply) logger.warn('function timed out', { row: row.id, correlationId: requestId });
  send(response, reply ?? gatewayAnswer(503, 'Service Unavailable'), corsHeaders);
}

const DEFAULT_ROUTE = '$default';

type Router = (
  method: string,
  path: string,
) => { readonly row: Row; readonly pathParameters: Readonly<Record<string, string | undefined>> };

function router(rows: readonly Row[]): Router {
  const fallback = rows.find((row) => row.path === DEFAULT_ROUTE);
  if (!fallback) throw new Error('No row takes what no other row does');
  const rowOf = new Map<unknown, Row>();
  // A parameter may be as long as a request line can be: a limit of the router's own would make it an unknown path.
  const paths = findMyWay({ maxParamLength: MAX_BODY_BYTES });
  for (const row of rows) {
    if (row.method === 'ANY') continue;
    const mark = () => undefined;
    rowOf.set(mark, row);
    paths.on(row.method, row.path.replace(/\{(\w+)\}/g, ':$1'), mark);
  }
  return (method, path) => {
    // API Gateway routes the decoded path; find-my-way decodes what it is given.
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    const found = isRouted(method) ? paths.find(method, encoded) : null;
    const row = rowOf.get(found?.handler);
    const pathParameters = { ...found?.params };
    // An empty segment is no parameter to API Gateway.
    const isWhole = Object.values(pathParameters).every((value) => value !== '');
    return row && isWhole ? { row, pathParameters } : { row: fallback, pathParameters: {} };
  };
}

type RoutedMethod = Exclude<Method, 'ANY'>;
const routedMethods: ReadonlySet<string> = new Set<RoutedMethod>(['GET', 'POST', 'PUT', 'DELETE']);
const isRouted = (method: string): method is RoutedMethod => routedMethods.has(method);

/** @returns undefined for what is no path, such as `*`, or cannot be decoded */
function readTarget(target: string): { path: string; query: string } | undefined {
  if (!target.startsWith('/')) return undefined;
  const mark = target.indexOf('?');
  try {
    const path = decodeURIComponent(mark < 0 ? target : target.slice(0, mark));
    return { path, query: mark < 0 ? '' : target.slice(mark + 1) };
  } catch {
    return undefined;
  }
}

/** @returns undefined when it is too large */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Without destroying, the connection stays open for the answer when the loop is left early.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const part = Buffer.from(chunk);
    length += part.length;
    if (length > CUT_BODY_BYTES) return undefined;
    if (length <= MAX_BODY_BYTES) chunks.push(part);
  }
  return length <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

/** @returns undefined when the time was over first; what was started goes on, as nobody can stop it here */
async function within<T>(ms: number, started: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
  try {
    return await Promise.race([started, late]);
  } finally {
    clearTimeout(timer);
  }
}

const REPLY_HEADERS = {
  'access-control-allow-origin': cors.origins.join(','),
  'access-control-expose-headers': cors.exposedHeaders.join(','),
};
const PREFLIGHT_HEADERS = {
  'access-control-allow-origin': cors.origins.join(','),
  'access-control-allow-methods': cors.methods.join(','),
  'access-control-allow-headers': cors.headers.join(','),
  'access-control-max-age': String(cors.maxAgeSeconds),
};

function send(response: ServerResponse, reply: Reply, corsHeaders: Readonly<Record<string, string>>): void {
  const { statusCode = 200, headers = {}, body = '', cookies, isBase64Encoded } = reply;
  // A function's own CORS headers are dropped: the API's count.
  const kept = Object.entries(headers).filter(([name]) => !/^access-control-/i.test(name));
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  response
    .writeHead(statusCode, {
      ...Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
      ...(cookies && { 'set-cookie': cookies }),
      ...corsHeaders,
      ...(statusCode !== 204 && { 'content-length': String(bytes.length) }),
    })
    .end(bytes);
}
