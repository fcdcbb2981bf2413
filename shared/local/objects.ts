import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { listenOnLoopback } from './loopback-port.ts';

/** The one bucket there is. */
export const LOGOS_BUCKET = 'logos';

export interface LocalObjects {
  readonly url: string;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: Buffer | string;
}

/** No object of ours comes near it. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/**
 * S3 for one machine: puts, gets and deletes objects by the path of bucket and key, each a file that survives a `kill -9`.
 * (fauxqs, which the tests use, keeps objects on disk only where it listens on every interface.) Signatures are not
 * checked, so it listens on loopback only.
 *
 * @param port 0 picks a free one
 * @param dataDir folder of the objects
 * @throws StartError when the port is taken
 */
export async function startObjects({ port, dataDir }: { port: number; dataDir: string }): Promise<LocalObjects> {
  mkdirSync(dataDir, { recursive: true });
  const server = createServer((request, response) => {
    void answer(dataDir, request)
      .catch((): Answer => refusal(500, 'InternalError'))
      .then(({ status, type = 'application/xml', body = '' }) =>
        response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body),
      );
  });
  const url = await listenOnLoopback(server, port, 'the S3 endpoint');
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(folder: string, request: IncomingMessage): Promise<Answer> {
  // Not by `URL`, which takes dots of a key for steps.
  const [, bucket = '', key = ''] = /^\/([^/?]*)\/([^?]+)/.exec(request.url ?? '') ?? [];
  if (bucket !== LOGOS_BUCKET) return refusal(404, 'NoSuchBucket');
  // A key is no path here: whatever is in it, its file is in this folder.
  const file = join(folder, createHash('sha256').update(decodeURIComponent(key)).digest('hex'));
  switch (request.method) {
    case 'PUT':
      return put(file, request);
    case 'GET':
      return get(file);
    case 'DELETE':
      rmSync(file, { force: true });
      return { status: 204 };
    default:
      return refusal(405, 'MethodNotAllowed');
  }
}

async function put(file: string, request: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    length += part.length;
    if (length > MAX_BODY_BYTES) return refusal(400, 'EntityTooLarge');
    chunks.push(part);
  }
  const draft = `${file}.${process.pid}`;
  const type = request.headers['content-type'] ?? 'application/octet-stream';
  writeFileSync(draft, Buffer.concat([Buffer.from(`${type}\n`), ...chunks]));
  renameSync(draft, file);
  return { status: 200 };
}

function get(file: string): Answer {
  try {
    const stored = readFileSync(file);
    const end = stored.indexOf('\n');
    return { status: 200, type: stored.toString('latin1', 0, end), body: stored.subarray(end + 1) };
  } catch {
    return refusal(404, 'NoSuchKey');
  }
}

const refusal = (status: number, code: string): Answer => ({
  status,
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
});
