import * as z from 'zod';
import { BATCH_KEYS, keys, NOT_THERE, prefixes, THERE, type Table, type Write } from './table.ts';

/** A router's API key. The key itself is shown once and never stored: the hash is its identity and its proof. */
export const apiKeySchema = z.object({
  id: z.string(),
  hash: z.string(),
  companyId: z.string(),
  routerId: z.string(),
  issuedAt: z.number(),
  expiresAt: z.number(),
  revokedAt: z.number().nullable(),
  lastUsedAt: z.number().nullable(),
  useCount: z.number(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

/** A router, as far as its keys are concerned. */
interface KeyHolder {
  readonly companyId: string;
  readonly id: string;
  readonly activeKey: { readonly id: string; readonly hash: string } | null;
}

/** What a router's list of keys is made of: the way from a key's id to its hash. */
export const apiKeyPointerSchema = z.object({ hash: z.string() });

/** A new key is found in two ways: by its hash on each portal call, by its router in the administration. */
export function newKeyWrites(apiKey: ApiKey): Write[] {
  const { id, hash, companyId, routerId } = apiKey;
  return [
    { kind: 'put', key: keys.apiKey(hash), item: { ...apiKey }, condition: NOT_THERE },
    { kind: 'put', key: keys.apiKeyOfRouter(companyId, routerId, id), item: { hash }, condition: NOT_THERE },
  ];
}

export class ApiKeyStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Writes a key that is not the one in force. @returns false when its hash or its id is there */
  async add(apiKey: ApiKey): Promise<boolean> {
    return (await this.#table.transact(newKeyWrites(apiKey))).kind === 'written';
  }

  async findByHash(hash: string): Promise<ApiKey | undefined> {
    return this.#table.get(keys.apiKey(hash), apiKeySchema);
  }

  /** Those of some hashes that there are. */
  async findAll(hashes: readonly string[]): Promise<ApiKey[]> {
    const found: ApiKey[] = [];
    for (let start = 0; start < hashes.length; start += BATCH_KEYS) {
      const items = await this.#table.batchGet(
        hashes.slice(start, start + BATCH_KEYS).map((hash) => keys.apiKey(hash)),
      );
      found.push(...items.flatMap((item) => (item ? [apiKeySchema.parse(item)] : [])));
    }
    return found;
  }

  async find(companyId: string, routerId: string, keyId: string): Promise<ApiKey | undefined> {
    const pointer = await this.#table.get(keys.apiKeyOfRouter(companyId, routerId, keyId), apiKeyPointerSchema);
    return pointer && this.findByHash(pointer.hash);
  }

  /** Every key the router ever had, in no order. */
  async listOfRouter(companyId: string, routerId: string): Promise<ApiKey[]> {
    const partition = keys.company(companyId).pk;
    const pointers = await this.#table.queryPrefix(partition, prefixes.apiKeysOfRouter(routerId), apiKeyPointerSchema);
    return this.findAll(pointers.map(({ hash }) => hash));
  }

  /**
   * Puts `next` in force and revokes the key that was, in one transaction: there is never a moment with none or with two.
   *
   * @param router as just read; its key may be null, when the last one was revoked
   * @returns false when the router was switched off or its key replaced meanwhile
   */
  async replace(router: KeyHolder, next: ApiKey): Promise<boolean> {
    const { companyId, id, activeKey } = router;
    const unchanged = activeKey
      ? { expression: '#activeKey.#id = :before', values: { ':before': activeKey.id } }
      : { expression: '#activeKey = :none', values: { ':none': null } };
    const writes: Write[] = [
      ...newKeyWrites(next),
      {
        kind: 'update',
        key: keys.router(companyId, id),
        update: 'SET #activeKey = :next',
        values: { ':next': { id: next.id, hash: next.hash } },
        condition: {
          expression: `#active = :on AND ${unchanged.expression}`,
          values: { ':on': true, ...unchanged.values },
        },
      },
    ];
    if (activeKey) writes.push(revokeWrite(activeKey.hash, next.issuedAt));
    return (await this.#table.transact(writes)).kind === 'written';
  }

  /**
   * @param router as just read; left without a key when this was the one in force
   * @returns false when the key was revoked or replaced meanwhile
   */
  async revoke(router: KeyHolder, apiKey: ApiKey, at: number): Promise<boolean> {
    const writes: Write[] = [revokeWrite(apiKey.hash, at)];
    if (router.activeKey?.id === apiKey.id)
      writes.push({
        kind: 'update',
        key: keys.router(router.companyId, router.id),
        update: 'SET #activeKey = :none',
        values: { ':none': null },
        condition: { expression: '#activeKey.#id = :revoked', values: { ':revoked': apiKey.id } },
      });
    return (await this.#table.transact(writes)).kind === 'written';
  }

  /** Adds `uses` to the counter. Approximate by design: a warm function reports its uses in batches. */
  async recordUse(hash: string, uses: number, at: number): Promise<void> {
    await this.#table.update(
      keys.apiKey(hash),
      'SET #lastUsedAt = :at ADD #useCount :uses',
      { ':at': at, ':uses': uses },
      THERE,
    );
  }
}

/** Refused when it was revoked before. */
export const revokeWrite = (hash: string, at: number): Write => ({
  kind: 'update',
  key: keys.apiKey(hash),
  update: 'SET #revokedAt = :at',
  values: { ':at': at },
  condition: { expression: '#revokedAt = :never', values: { ':never': null } },
});
