import type { ServerResponse } from 'node:http';

/** What leaves the socket: ready text, so that faults can spoil any of it. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly type: string;
  readonly body: string;
}

export function send(response: ServerResponse, answer: Answer): void {
  writeHead(response, answer);
  response.end(answer.body);
}

export function sendFirstHalf(response: ServerResponse, answer: Answer, onSent?: () => void): void {
  writeHead(response, answer);
  response.write(Buffer.from(answer.body).subarray(0, halfOf(answer)), onSent);
}

export function secondHalf(answer: Answer): Buffer {
  return Buffer.from(answer.body).subarray(halfOf(answer));
}

function halfOf({ body }: Answer): number {
  return Math.floor(Buffer.byteLength(body) / 2);
}

function writeHead(response: ServerResponse, { status, headers, type, body }: Answer): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), ...headers });
}
