import type { Clock } from '../platform/clock.ts';
import { Refusal } from '../platform/refusal.ts';
import type { ApiKey, ApiKeyStore } from '../store/api-keys.ts';
import type { RouterStore } from '../store/routers.ts';
import { issueApiKey, type IssuedKey, type KeySigner } from './api-key.ts';
import { requireRouter } from './router.ts';

interface Keys {
  readonly apiKeys: ApiKeyStore;
  readonly routers: RouterStore;
}

/** Contract 4.3: the key in force is revoked and a new one takes its place; one that was revoked before needs no revoking. */
export async function regenerateApiKey(
  services: KeySigner & Keys,
  companyId: string,
  routerId: string,
): Promise<IssuedKey & { readonly revokedPrevious: boolean }> {
  for (;;) {
    const router = await requireRouter(services.routers, companyId, routerId);
    if (!router.active) throw new Refusal('key-of-inactive-router');
    const issued = await issueApiKey(services, router);
    if (await services.apiKeys.replace(router, issued.apiKey))
      return { ...issued, revokedPrevious: router.activeKey !== null };
    // The router or its key changed in between: what was decided above is decided again.
  }
}

/** Contract 4.3. @returns when it was revoked, ms since 1970 */
export async function revokeApiKey(
  services: Keys & { readonly clock: Clock },
  { companyId, routerId, keyId }: { readonly companyId: string; readonly routerId: string; readonly keyId: string },
): Promise<number> {
  for (;;) {
    const router = await requireRouter(services.routers, companyId, routerId);
    const apiKey = await services.apiKeys.find(companyId, routerId, keyId);
    if (!apiKey) throw new Refusal('api-key-not-found');
    if (apiKey.revokedAt !== null) throw new Refusal('api-key-already-revoked');
    const now = services.clock.now();
    if (await services.apiKeys.revoke(router, apiKey, now)) return now;
    // The key was revoked or replaced in between: what was decided above is decided again.
  }
}

/** Every key the router ever had, the newest first. */
export async function listApiKeys(services: Keys, companyId: string, routerId: string): Promise<ApiKey[]> {
  const [apiKeys] = await Promise.all([
    services.apiKeys.listOfRouter(companyId, routerId),
    requireRouter(services.routers, companyId, routerId),
  ]);
  return apiKeys.toSorted((one, other) => other.issuedAt - one.issuedAt || other.id.localeCompare(one.id));
}

/** @returns the key in force, undefined when it was revoked without a new one */
export async function findActiveKey(services: Keys, companyId: string, routerId: string): Promise<ApiKey | undefined> {
  const { activeKey } = await requireRouter(services.routers, companyId, routerId);
  return activeKey ? services.apiKeys.findByHash(activeKey.hash) : undefined;
}
