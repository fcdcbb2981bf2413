import { createHash, randomBytes, randomInt } from 'node:crypto';

/** Wire shapes of ids: contract section 5. All ids are made here, never taken from a caller. */
const upperHex = (bytes: number): string => randomBytes(bytes).toString('hex').toUpperCase();
const lowerHex = (bytes: number): string => randomBytes(bytes).toString('hex');

export const newCompanyId = (): string => `EMP_${upperHex(5)}`;
export const newRouterId = (): string => `RTR_${upperHex(4)}`;
export const newKeyId = (): string => `key_${lowerHex(8)}`;
/** Of a buyer's request to be forgotten. */
export const newErasureId = (): string => lowerHex(12);
/** Ends the name of a logo (contract 13), which is never used again. */
export const newLogoSuffix = (): string => lowerHex(3);
export const newJobId = (): string => lowerHex(12);

/** Stands in the comment of a router user (`px:<id>`): short, ASCII, unguessable enough to be nobody else's. */
export const newAccessId = (): string => lowerHex(8);

/** 128 random bits, URL-safe: the secret `t` of a purchase's `consulta_url`. */
export const newConsultToken = (): string => randomBytes(16).toString('base64url');

const PURCHASE_EPOCH_MS = Date.UTC(2025, 0, 1);
const PURCHASE_SLOTS_PER_MS = 8192;

/**
 * A purchase's id: time-ordered, below 2^53 until 2059, and without a counter to contend on. Two purchases of the same
 * millisecond collide once in 8,192; the write is conditional, so a collision is seen and a new number drawn.
 */
export function newPurchaseId(nowMs: number): number {
  return (nowMs - PURCHASE_EPOCH_MS) * PURCHASE_SLOTS_PER_MS + randomInt(PURCHASE_SLOTS_PER_MS);
}

/** The lowest number that a purchase of this time, or a later one, can have. */
export const firstPurchaseId = (atMs: number): number => Math.max(0, atMs - PURCHASE_EPOCH_MS) * PURCHASE_SLOTS_PER_MS;

/**
 * The idempotency key of one request: the same UUID (version 5 by its form) for the same name for ever, for gateways that
 * know a repeated one again (payments B.3).
 *
 * @param name what is done to what, and the attempt where there may be several: `refund 7000000001 2`
 */
export function uuidOf(name: string): string {
  const hash = createHash('sha1').update(`pagos-hotspot ${name}`).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
