import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { SentRequest } from './openapi.ts';

export interface Recorder {
  readonly url: string;
  /** What was sent since the last time, oldest first. */
  take(): SentRequest[];
  stop(): Promise<void>;
}

/** Stands before a server, hands every request on as it came, and keeps it. */
export async function startRecorder(target: string): Promise<Recorder> {
  let sent: SentRequest[] = [];
  const server = createServer((request, response) => {
    handOn(request).then(
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
      () => response.destroy(),
    );
  });

  async function handOn(request: IncomingMessage): Promise<IncomingMessage> {
    const body = await text(request);
    const { method = 'GET', url: path = '/', headers } = request;
    sent.push({
      method,
      path,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString()])),
      body,
    });
    const onward = ask(new URL(path, target), { method, headers });
    onward.end(body);
    const [answer]: IncomingMessage[] = await once(onward, 'response');
    if (!answer) throw new Error('no answer');
    return answer;
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    take() {
      const taken = sent;
      sent = [];
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
