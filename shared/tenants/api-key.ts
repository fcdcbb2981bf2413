import type { Clock } from '../platform/clock.ts';
import { newKeyId } from '../platform/ids.ts';
import type { Secret } from '../security/secret.ts';
import { API_KEY_MS, apiKeyHash, type Tokens } from '../security/tokens.ts';
import type { ApiKey } from '../store/api-keys.ts';

export interface KeySigner {
  readonly tokens: Tokens;
  readonly clock: Clock;
}

/** A new key as it is shown, once, beside its row. */
export interface IssuedKey {
  readonly key: Secret;
  readonly apiKey: ApiKey;
}

/** Signs a key that is good for a year. It opens nothing before its row is written. */
export async function issueApiKey(
  { tokens, clock }: KeySigner,
  router: { readonly companyId: string; readonly id: string },
): Promise<IssuedKey> {
  const issuedAt = clock.now();
  const identity = { companyId: router.companyId, routerId: router.id, issuedAt, expiresAt: issuedAt + API_KEY_MS };
  const id = newKeyId();
  const key = await tokens.signApiKey({ ...identity, keyId: id });
  const hash = apiKeyHash(key.reveal());
  return { key, apiKey: { ...identity, id, hash, revokedAt: null, lastUsedAt: null, useCount: 0 } };
}

/** What the operator should know of a key in force. A key nobody uses matters more than one that ends soon. */
export type ApiKeyAdvice = 'never-used' | 'expires-soon' | 'none';

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

/**
 * Contract 4.3, `api-key-status`.
 *
 * @returns whole days to the expiry: 0 on the last day, negative after it
 */
export function judgeApiKey(
  apiKey: Pick<ApiKey, 'expiresAt' | 'useCount'>,
  now: number,
): { readonly expiresInDays: number; readonly advice: ApiKeyAdvice } {
  const expiresInDays = Math.floor((apiKey.expiresAt - now) / DAY_MS);
  if (apiKey.useCount === 0) return { expiresInDays, advice: 'never-used' };
  return { expiresInDays, advice: expiresInDays < SOON_DAYS ? 'expires-soon' : 'none' };
}
