import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';

/** A request as it arrived. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly key: string | undefined;
  readonly body: unknown;
}
export type Answer = readonly [status: number, body: unknown] | 'reset';

/** A server that answers what it is told and remembers what it was asked. */
export async function startLoopback(answer: (request: Seen) => Answer) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const text = Buffer.concat(chunks).toString('utf8');
      const asked: Seen = {
        method: request.method ?? '',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        key: request.headers.authorization,
        body: text === '' ? null : JSON.parse(text),
      };
      seen.push(asked);
      send(answer(asked), response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
export type Loopback = Awaited<ReturnType<typeof startLoopback>>;

function send(answer: Answer, response: ServerResponse): void {
  if (answer === 'reset') {
    response.destroy();
    return;
  }
  const [status, body] = answer;
  const isText = typeof body === 'string';
  response.writeHead(status, { 'Content-Type': isText ? 'text/html' : 'application/json' });
  response.end(isText ? body : JSON.stringify(body));
}
