import type { Server } from 'node:http';
import { createServer } from 'node:net';
import { StartError, systemCode } from './start-error.ts';

const LOOPBACK = '127.0.0.1';

/**
 * Opens an HTTP server on this machine only.
 *
 * @param port 0 picks a free one
 * @returns its address, such as `http://127.0.0.1:4566`
 * @throws StartError when the port is taken
 */
export async function listenOnLoopback(server: Server, port: number, name: string): Promise<string> {
  const bound = await new Promise<number>((resolve, reject) => {
    server.once('error', (error) => reject(portError(error, port, name)));
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
  return `http://${LOOPBACK}:${bound}`;
}

/** A port that was free a moment ago, for a program that cannot choose one itself. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, LOOPBACK, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** The sentence for a listen that failed; anything but a taken or reserved port is passed through. */
export function portError(error: unknown, port: number, name: string): unknown {
  switch (systemCode(error)) {
    case 'EADDRINUSE':
      return new StartError(
        `Port ${port} for ${name} is already taken: stop the other program or choose another port.`,
      );
    case 'EACCES':
      return new StartError(`Port ${port} for ${name} needs rights this user does not have: choose one above 1023.`);
    default:
      return error;
  }
}
