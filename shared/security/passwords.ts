import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Secret } from './secret.ts';

/** Argon2id as OWASP recommends it: about 85 ms of one core, off the event loop. */
const COST = { memory: 19 * 1024, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PREFIX = `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$`;

const derive = promisify(argon2);

/** @returns `$argon2id$v=19$m=...,t=...,p=...$salt$hash`: the form other programs store too */
export async function hashPassword(password: Secret): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return `${PREFIX}${unpadded(salt)}$${unpadded(await hash(password, salt, COST))}`;
}

/**
 * An imported bcrypt hash takes longer than one of ours, a quarter of a second at the reference's cost: who measures may
 * learn that an e-mail was imported and not logged in since. Everything else takes the same time.
 *
 * @returns false also for a stored text in a form we do not know, after the same time as for one we do
 */
export async function verifyPassword(password: Secret, stored: string): Promise<boolean> {
  const known = parse(stored);
  if (known) return timingSafeEqual(await hash(password, known.salt, known.cost), known.hash);
  if (!isImportedHash(stored)) return verifyNothing(password);
  // Loaded when the first imported user logs in. It yields to other requests several times a second.
  const { compare } = await import('bcryptjs');
  return compare(password.reveal(), stored);
}

/** For an e-mail nobody has: answers no, as late as a wrong password is answered. */
export async function verifyNothing(password: Secret): Promise<false> {
  await hash(password, Buffer.alloc(SALT_BYTES), COST);
  return false;
}

/** The reference service's hashes (contract 4.1), of a cost that a login can wait for: 14 takes two seconds. */
const IMPORTED = /^\$2[aby]\$(?:0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}$/;

export const isImportedHash = (stored: string): boolean => IMPORTED.test(stored);

/** bcrypt reads no more of a password. */
const BCRYPT_BYTES = 72;

/**
 * Whether a password that was right should be hashed anew. One that fills all that bcrypt reads stays with bcrypt: what
 * comes after it was never compared, so it may not be what the user will type tomorrow.
 */
export const shouldRehash = (password: Secret, stored: string): boolean =>
  isImportedHash(stored) && Buffer.byteLength(password.reveal()) < BCRYPT_BYTES;

type Cost = { readonly memory: number; readonly passes: number; readonly parallelism: number };

function hash(password: Secret, nonce: Buffer, cost: Cost): Promise<Buffer> {
  // One spelling of accented letters: keyboards differ in which of two they send.
  const message = password.reveal().normalize('NFC');
  return derive('argon2id', { message, nonce, ...cost, tagLength: HASH_BYTES });
}

const STORED = /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/** The cost is read from the stored text, so that raising it does not lock anybody out. */
function parse(stored: string): { cost: Cost; salt: Buffer; hash: Buffer } | undefined {
  const [, memory, passes, parallelism, salt = '', digest = ''] = STORED.exec(stored) ?? [];
  if (memory === undefined) return undefined;
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(digest, 'base64'),
  };
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
