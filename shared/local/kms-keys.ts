import { createPublicKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { StartError, systemCode } from './start-error.ts';

/** Aliases of the sandbox's keys, one per purpose (design 5), by the setting that names them. */
export const localKeys = {
  GATEWAY_CREDENTIALS_KEY: 'alias/pagos-gateway-credentials',
  ROUTER_CREDENTIALS_KEY: 'alias/pagos-router-credentials',
  ACCESS_CODES_KEY: 'alias/pagos-access-codes',
  TELEGRAM_TOKENS_KEY: 'alias/pagos-telegram-tokens',
  SESSIONS_KEY: 'alias/pagos-sessions',
  API_KEYS_KEY: 'alias/pagos-api-keys',
} as const;

const usages = {
  [localKeys.GATEWAY_CREDENTIALS_KEY]: 'ENCRYPT_DECRYPT',
  [localKeys.ROUTER_CREDENTIALS_KEY]: 'ENCRYPT_DECRYPT',
  [localKeys.ACCESS_CODES_KEY]: 'ENCRYPT_DECRYPT',
  [localKeys.TELEGRAM_TOKENS_KEY]: 'ENCRYPT_DECRYPT',
  [localKeys.SESSIONS_KEY]: 'SIGN_VERIFY',
  [localKeys.API_KEYS_KEY]: 'SIGN_VERIFY',
} as const;

const common = { id: z.uuid(), alias: z.string() };
const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));

const storedKey = z.discriminatedUnion('usage', [
  z.object({ ...common, usage: z.literal('ENCRYPT_DECRYPT'), secret: bytes.refine((key) => key.length === 32) }),
  z.object({
    ...common,
    usage: z.literal('SIGN_VERIFY'),
    /** The private number `d` of a P-256 key. */
    scalar: bytes.refine((scalar) => scalar.length === 32),
    publicKey: bytes,
  }),
]);
const keyFile = z.object({ keys: z.array(storedKey) });

export type LocalKey = z.infer<typeof storedKey>;

/**
 * Key material of the sandbox: made at the first start, the same ever after, readable by this user only.
 *
 * @throws StartError when the folder cannot be written to or the file is not a key file
 */
export function loadKeys(dataDir: string): LocalKey[] {
  const path = join(dataDir, 'kms-keys.json');
  try {
    mkdirSync(dataDir, { recursive: true });
    createOnce(path);
    chmodSync(path, 0o600);
    const { keys } = keyFile.parse(JSON.parse(readFileSync(path, 'utf8')));
    const missing = newKeys().filter(({ alias }) => !keys.some((key) => key.alias === alias));
    return missing.length === 0 ? keys : addKeys(path, missing);
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError)
      throw new StartError(`The key file ${path} is damaged: restore it, or begin anew with an empty data folder.`);
    if (systemCode(error) === undefined) throw error;
    throw new StartError(`The folder ${dataDir} cannot be written to: make it writable or choose another.`);
  }
}

/** Written aside and linked into place: a crash leaves either no file or a whole one, and two starters agree on one. */
function createOnce(path: string): void {
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, JSON.stringify({ keys: newKeys() }, null, 2), { mode: 0o600, flag: 'wx', flush: true });
    linkSync(draft, path);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** A purpose that came after the file was made. Renamed into place, so that a crash leaves the old file or the new one. */
function addKeys(path: string, missing: readonly unknown[]): LocalKey[] {
  const file = z.object({ keys: z.array(z.unknown()) }).parse(JSON.parse(readFileSync(path, 'utf8')));
  const whole = JSON.stringify({ keys: [...file.keys, ...missing] }, null, 2);
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, whole, { mode: 0o600, flag: 'wx', flush: true });
  renameSync(draft, path);
  return keyFile.parse(JSON.parse(whole)).keys;
}

function newKeys() {
  return Object.entries(usages).map(([alias, usage]) => {
    const id = randomUUID();
    return usage === 'SIGN_VERIFY'
      ? { id, alias, usage, ...newSigningKey() }
      : { id, alias, usage, secret: randomBytes(32).toString('base64') };
  });
}

function newSigningKey(): { scalar: string; publicKey: string } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { d = '' } = privateKey.export({ format: 'jwk' });
  return {
    scalar: Buffer.from(d, 'base64url').toString('base64'),
    publicKey: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).toString('base64'),
  };
}
