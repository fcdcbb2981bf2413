/**
 * A file for one reader, line by line: sealed with the reader's public key, opened with the private one. Whoever writes it
 * cannot read it again. X25519 with a key that is made for this file alone gives, through HKDF, the key of AES-256-GCM; the
 * nonce of a line is its number and whether it is the last one (the STREAM construction). So no line can be changed, left
 * out, moved or taken from another file, and a file that was cut has no last line.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { Secret } from './secret.ts';

const CIPHER = 'aes-256-gcm';
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const PURPOSE = 'pagos-hotspot sealed lines 1';

/** Somebody's key for such files: the public half is 43 characters of base64url, the private one PEM. */
export function newReaderKey(): { readonly publicKey: string; readonly privatePem: Secret } {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const privatePem = new Secret(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
  return { publicKey: publicText(publicKey), privatePem };
}

/** @returns undefined when it is no public half of a reader's key */
export function readPublicKey(text: string): KeyObject | undefined {
  if (!/^[\w-]{43}$/.test(text)) return undefined;
  return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: text }, format: 'jwk' });
}

/** @returns undefined when it is no private half of a reader's key */
export function readPrivateKey(pem: Secret): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem.reveal());
    return key.asymmetricKeyType === 'x25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Seals the lines of one file, in their order. */
export class LineSealer {
  /** Of this file alone; goes in clear ahead of the lines. */
  readonly fileKey: string;
  readonly #key: Buffer;
  #number = 0;

  constructor(reader: KeyObject) {
    const { publicKey, privateKey } = generateKeyPairSync('x25519');
    this.fileKey = publicText(publicKey);
    this.#key = lineKey(diffieHellman({ privateKey, publicKey: reader }), publicKey, reader);
  }

  /** @param header what stands in clear ahead: changed, it opens no line */
  seal(text: string, header: string, { isLast }: { readonly isLast: boolean }): string {
    const cipher = createCipheriv(CIPHER, this.#key, nonceOf(this.#number, isLast));
    this.#number += 1;
    cipher.setAAD(Buffer.from(header));
    return Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
  }
}

/** Opens the lines of one file, in their order. */
export class LineOpener {
  readonly #key: Buffer;
  #number = 0;

  /** @param fileKey as it stands ahead of the lines */
  constructor(reader: KeyObject, fileKey: KeyObject) {
    const shared = diffieHellman({ privateKey: reader, publicKey: fileKey });
    this.#key = lineKey(shared, fileKey, createPublicKey(reader));
  }

  /** @returns undefined when this is not the line that was written next for this reader, and last or not as it says */
  open(sealed: string, header: string, { isLast }: { readonly isLast: boolean }): string | undefined {
    const bytes = Buffer.from(sealed, 'base64');
    if (bytes.length < TAG_BYTES) return undefined;
    const decipher = createDecipheriv(CIPHER, this.#key, nonceOf(this.#number, isLast), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(header));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const text = Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
      this.#number += 1;
      return text;
    } catch {
      return undefined;
    }
  }
}

/** Both public halves go in, so that the key is of this file and this reader and no others. */
function lineKey(shared: Buffer, fileKey: KeyObject, reader: KeyObject): Buffer {
  const salt = `${publicText(fileKey)} ${publicText(reader)}`;
  return Buffer.from(hkdfSync('sha256', shared, salt, PURPOSE, KEY_BYTES));
}

function publicText(key: KeyObject): string {
  const { x = '' } = key.export({ format: 'jwk' });
  return x;
}

/** 96 bits: the number, and in the last byte whether it is the last line. */
function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(number), 3);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}
