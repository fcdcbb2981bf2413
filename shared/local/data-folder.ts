import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { makeFolder } from './make-folder.ts';
import { StartError, systemCode } from './start-error.ts';

/** The sandbox's data on disk, used by one sandbox at a time. */
export interface DataFolder {
  readonly dynamoFile: string;
  readonly path: string;
  readonly router: string;
  readonly conekta: string;
  readonly mercadoPago: string;
  readonly telegram: string;
  readonly objects: string;
  /** The port the simulated router had last time, 0 at first. */
  readonly lastRouterPort: number;
  rememberRouterPort(port: number): void;
  /** Lets another sandbox use the folder. */
  release(): Promise<void>;
}

/** What a sandbox keeps here, and all that `--fresh` removes: the folder may be one a person keeps other things in. */
const ours = [
  'dynamodb.sqlite',
  'dynamodb.sqlite-wal',
  'dynamodb.sqlite-shm',
  'kms-keys.json',
  'router',
  'conekta',
  'mercado-pago',
  'telegram',
  'objects',
  'router-port',
];

/**
 * @param fresh begin empty
 * @throws StartError when the folder cannot be written to or another sandbox uses it
 */
export async function openDataFolder(path: string, fresh: boolean): Promise<DataFolder> {
  try {
    makeFolder(path, 0o700);
    accessSync(path, constants.W_OK);
  } catch {
    throw new StartError(`The folder ${path} cannot be written to: make it writable or set DATA_DIR to another.`);
  }
  const release = await lock(path);
  if (fresh) for (const name of ours) rmSync(join(path, name), { recursive: true, force: true });
  const portFile = join(path, 'router-port');
  return {
    dynamoFile: join(path, 'dynamodb.sqlite'),
    path,
    router: join(path, 'router'),
    conekta: join(path, 'conekta'),
    mercadoPago: join(path, 'mercado-pago'),
    telegram: join(path, 'telegram'),
    objects: join(path, 'objects'),
    lastRouterPort: readPort(portFile),
    rememberRouterPort: (port) => writeFileSync(portFile, String(port)),
    release,
  };
}

function readPort(file: string): number {
  try {
    const port = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : 0;
  } catch {
    return 0;
  }
}

/**
 * A socket of Linux's abstract namespace, named after the folder: unlike a lock file it is gone at the moment its process
 * is, also after kill -9. Elsewhere there is no such thing, and no lock.
 */
async function lock(path: string): Promise<() => Promise<void>> {
  if (process.platform !== 'linux') return () => Promise.resolve();
  const name = createHash('sha256').update(realpathSync(path)).digest('hex');
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(lockError(error, path)));
    server.listen(`\0pagos-sandbox-${name}`, resolve);
  });
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}

function lockError(error: unknown, path: string): unknown {
  return systemCode(error) === 'EADDRINUSE'
    ? new StartError(`Another sandbox uses the folder ${path}: stop it or set DATA_DIR to another.`)
    : error;
}
