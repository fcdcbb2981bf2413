/**
 * ECDSA over P-256 of a digest that was made elsewhere. Node signs messages only and hashes them itself, and KMS's
 * `MessageType: DIGEST` must not hash again. For the sandbox's KMS only: BigInt arithmetic is not constant-time.
 */
import { createECDH } from 'node:crypto';

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const modulo = (value: bigint): bigint => ((value % ORDER) + ORDER) % ORDER;

/**
 * @param digest 32 bytes
 * @param privateScalar the key's `d`, 32 bytes
 * @returns the signature as KMS gives it: a DER sequence of two integers
 */
export function signDigest(digest: Uint8Array, privateScalar: Uint8Array): Buffer {
  for (;;) {
    const once = createECDH('prime256v1');
    once.generateKeys();
    const k = toNumber(once.getPrivateKey());
    // An uncompressed point is 0x04, x, y.
    const r = modulo(toNumber(once.getPublicKey().subarray(1, 33)));
    const s = modulo(inverse(k) * (toNumber(digest) + r * toNumber(privateScalar)));
    if (r !== 0n && s !== 0n) return derSequence(derInteger(r), derInteger(s));
  }
}

/** Extended Euclid. */
function inverse(value: bigint): bigint {
  let [previous, current] = [ORDER, value];
  let [previousFactor, factor] = [0n, 1n];
  while (current !== 0n) {
    const quotient = previous / current;
    [previous, current] = [current, previous - quotient * current];
    [previousFactor, factor] = [factor, previousFactor - quotient * factor];
  }
  return modulo(previousFactor);
}

function derInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  // A leading bit of one would read as a negative number.
  const positive = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits;
  return Buffer.concat([Buffer.of(0x02, positive.length), positive]);
}

function derSequence(...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}
