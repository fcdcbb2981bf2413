import { createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { Secret } from './secret.ts';

/** How the reference service encrypts Mercado Pago's credentials (contract 2): AES-128-CBC, then HMAC-SHA256. */
const KEY_BYTES = 32;
const MAC_BYTES = 32;
/** A version, 8 bytes of time, and the initial vector. */
const HEAD_BYTES = 25;
const IV_AT = 9;
const VERSION = 0x80;

/** The version and the first bytes of any time of ours, in Base64. */
export const isFernet = (text: string): boolean => text.startsWith('gAAAA');

/** @returns whether it has the form of a key: 32 bytes in URL-safe Base64 */
export const isFernetKey = (key: Secret): boolean => bytesOf(key.reveal()).length === KEY_BYTES;

/** @returns undefined when the text was not made with this key, or is damaged */
export function openFernet(key: Secret, text: string): Secret | undefined {
  const keyBytes = bytesOf(key.reveal());
  const token = bytesOf(text);
  const body = token.subarray(0, -MAC_BYTES);
  if (keyBytes.length !== KEY_BYTES || body.length <= HEAD_BYTES || body[0] !== VERSION) return undefined;
  const mac = createHmac('sha256', keyBytes.subarray(0, 16)).update(body).digest();
  if (!timingSafeEqual(mac, token.subarray(-MAC_BYTES))) return undefined;
  const decipher = createDecipheriv('aes-128-cbc', keyBytes.subarray(16), body.subarray(IV_AT, HEAD_BYTES));
  return new Secret(Buffer.concat([decipher.update(body.subarray(HEAD_BYTES)), decipher.final()]).toString('utf8'));
}

const bytesOf = (text: string): Buffer => Buffer.from(text.trim(), 'base64url');
