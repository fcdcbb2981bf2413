import { randomBytes, randomInt } from 'node:crypto';

/** Wire shapes of ids: contract section 5. All ids are made here, never taken from a caller. */
const upperHex = (bytes: number): string => randomBytes(bytes).toString('hex').toUpperCase();
const lowerHex = (bytes: number): string => randomBytes(bytes).toString('hex');

export const newCompanyId = (): string => `EMP_${upperHex(5)}`;
export const newRouterId = (): string => `RTR_${upperHex(4)}`;
export const newKeyId = (): string => `key_${lowerHex(8)}`;
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
