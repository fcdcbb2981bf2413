import * as z from 'zod';
import type { SecretPurpose } from '../../security/secret-box.ts';
import { prefixes, type StoredItem } from '../../store/table.ts';

/** Where in an item a value stands that was sealed with a key of its deployment, and with which. */
interface Place {
  readonly path: readonly [string, ...string[]];
  readonly purpose: SecretPurpose;
}

const gateway = (...path: Place['path']): Place => ({ path, purpose: 'gateway-credentials' });
const router = (...path: Place['path']): Place => ({ path, purpose: 'router-credentials' });

/** By the beginning of the sort key. A test holds it against everything that a whole deployment stores. */
const places: readonly (readonly [string, readonly Place[]])[] = [
  [
    'COMPANY',
    [
      gateway('conekta', 'sealedPrivateKey'),
      gateway('mercadoPago', 'sealedAccessToken'),
      gateway('mercadoPago', 'sealedWebhookSecret'),
      { path: ['telegram', 'sealedBotToken'], purpose: 'telegram-tokens' },
    ],
  ],
  [prefixes.credentials, [gateway('sealedPrivateKey')]],
  [prefixes.routers, [router('sealedPassword'), router('pendingSealedPassword')]],
  [prefixes.accesses, [{ path: ['sealedCode'], purpose: 'access-codes' }]],
];

const map = z.record(z.string(), z.unknown());

/** The item with every value that is, or is to be, sealed turned into what `turn` makes of it. */
export async function withSealed(
  item: StoredItem,
  turn: (purpose: SecretPurpose, value: string) => Promise<string>,
): Promise<StoredItem> {
  const { pk, sk } = item;
  let attributes: Record<string, unknown> = item;
  for (const { path, purpose } of places.find(([prefix]) => sk.startsWith(prefix))?.[1] ?? [])
    attributes = await turned(attributes, path, (value) => turn(purpose, value));
  return { ...attributes, pk, sk };
}

async function turned(
  attributes: Record<string, unknown>,
  [name, ...rest]: Place['path'],
  turn: (value: string) => Promise<string>,
): Promise<Record<string, unknown>> {
  const value = attributes[name];
  const [next, ...others] = rest;
  if (next !== undefined) {
    const inner = map.safeParse(value);
    return inner.success ? { ...attributes, [name]: await turned(inner.data, [next, ...others], turn) } : attributes;
  }
  return typeof value === 'string' ? { ...attributes, [name]: await turn(value) } : attributes;
}
