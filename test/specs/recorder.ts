import { once } from 'node:events';
import { createServer, request as ask, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Exchange } from './openapi.ts';

export interface Recorder {
  readonly url: string;
  /** What was sent since the last time, each with its answer, oldest first. */
  take(): Exchange[];
  stop(): Promise<void>;
}

/** Stands before a server, hands every request on as it came, and keeps both it and what came back. */
export async function startRecorder(target: string): Promise<Recorder> {
  let exchanges: Exchange[] = [];
  const server = createServer((request, response) => {
    handOn(request).then(
      ({ answer, body }) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        response.end(body);
      },
      () => response.destroy(),
    );
  });

  async function handOn(request: IncomingMessage): Promise<{ answer: IncomingMessage; body: string }> {
    const sent = await text(request);
    const { method = 'GET', url: path = '/', headers } = request;
    const onward = ask(new URL(path, target), { method, headers });
    onward.end(sent);
    const [answer]: IncomingMessage[] = await once(onward, 'response');
    if (!answer) throw new Error('no answer');
    const body = await text(answer);
    exchanges.push({
      request: { method, path, headers: oneEach(headers), body: sent },
      answer: { status: answer.statusCode ?? 0, headers: oneEach(answer.headers), body },
    });
    return { answer, body };
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    take() {
      const taken = exchanges;
      exchanges = [];
      return taken;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function oneEach(headers: IncomingHttpHeaders): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString()]));
}
