import { connect, type Socket } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { TLS_PORT } from '#shared/routers/client.ts';

export interface TlsDoor {
  /** What was said inside the encryption. */
  readonly heard: Buffer[];
  readonly protocols: (string | null)[];
  /** The router gets another certificate, or somebody plays it. */
  show(options: TlsOptions): void;
  close(): Promise<void>;
}

/** The `api-ssl` service of a simulated router. @param host of loopback, one of its own for each test file */
export async function openTlsDoor(host: string, routerPort: number, options: TlsOptions): Promise<TlsDoor> {
  const heard: Buffer[] = [];
  const protocols: (string | null)[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(options, (socket) => {
    const inner = connect(routerPort, '127.0.0.1');
    for (const end of [socket, inner]) {
      sockets.add(end);
      end.on('error', () => undefined);
    }
    protocols.push(socket.getProtocol());
    socket.on('data', (chunk) => heard.push(chunk));
    socket.pipe(inner).pipe(socket);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(TLS_PORT, host, resolve));
  return {
    heard,
    protocols,
    show: (other) => server.setSecureContext(other),
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
