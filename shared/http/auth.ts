import { Refusal } from '../platform/refusal.ts';
import type { Services } from '../services.ts';
import { type ApiKey, apiKeySchema } from '../store/api-keys.ts';
import { type Company, companySchema } from '../store/companies.ts';
import { type Router, routerSchema } from '../store/routers.ts';
import { type Attributes, type Key, keys } from '../store/table.ts';
import type { User } from '../store/users.ts';
import { apiKeyHash, readApiKeyClaims, type SessionClaims } from '../security/tokens.ts';
import type { Auth } from './contract.ts';

/** A portal page of one router: the bearer of its API key. */
export interface Portal {
  readonly company: Company;
  readonly router: Router;
  readonly apiKey: ApiKey;
  /** The items the endpoint asked for alongside, in its order. */
  readonly alongside: readonly (Attributes | undefined)[];
}

export interface Staff {
  readonly user: User;
}

/** An operator, always with the one company it may touch. */
export interface CompanyAdmin extends Staff {
  readonly companyId: string;
}

interface Callers {
  readonly none: undefined;
  readonly 'api-key': Portal;
  readonly session: Staff;
  readonly 'company-admin': CompanyAdmin;
  readonly 'super-admin': Staff;
}

export type Authenticated<A extends Auth> = Callers[A];

export interface PortalScope {
  readonly companyId: string;
  readonly routerId: string;
}

interface Credentials {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly services: Services;
  readonly alongside: (scope: PortalScope) => readonly Key[];
  /** What a staff row will look up, read together with the user. */
  readonly staffReads: (ownCompanyId: string | null) => readonly Key[];
  /** Whether a temporary password is enough. */
  readonly beforePasswordChange: boolean;
}

const authenticators: { readonly [A in Auth]: (credentials: Credentials) => Promise<Authenticated<A>> } = {
  none: () => Promise.resolve(undefined),
  'api-key': authenticatePortal,
  session: authenticateStaff,
  'company-admin': async (credentials) => {
    const { user } = await authenticateStaff(credentials);
    if (user.role !== 'cliente_admin') throw new Refusal('company-admin-only');
    if (user.companyId === null) throw new Refusal('user-without-company');
    return { user, companyId: user.companyId };
  },
  'super-admin': async (credentials) => {
    const { user } = await authenticateStaff(credentials);
    if (user.role !== 'super_admin') throw new Refusal('super-admin-only');
    return { user };
  },
};

/** @throws Refusal with the answers of contract 4.1 and 4.2 */
export function authenticate<A extends Auth>(auth: A, credentials: Credentials): Promise<Authenticated<A>> {
  return authenticators[auth](credentials);
}

async function authenticateStaff({ headers, services, staffReads, beforePasswordChange }: Credentials): Promise<Staff> {
  const token = bearer(headers['authorization']);
  const verdict = await services.tokens.verifySession(token);
  if (verdict.kind === 'expired') throw new Refusal('session-expired');
  if (verdict.kind === 'invalid') throw new Refusal('session-invalid');
  await readWith(verdict.claims, services, staffReads);
  // The database's role counts, not the token's (contract 4.1).
  const user = await services.users.find(verdict.claims.userId);
  if (!user) throw new Refusal('session-invalid');
  // Switching a user off ends the sessions too, but the person is told why (contract 4.1 RULE).
  if (!user.active) throw new Refusal('user-inactive');
  if (user.tokenVersion !== verdict.claims.tokenVersion) throw new Refusal('session-invalid');
  if (user.mustChangePassword && !beforePasswordChange) throw new Refusal('password-change-due');
  return { user };
}

async function readWith(
  { userId, companyId }: SessionClaims,
  { table }: Services,
  reads: Credentials['staffReads'],
): Promise<void> {
  const others = reads(companyId);
  if (others.length === 0) return;
  const user = keys.user(userId);
  await table.readAhead([user, ...others.filter(({ pk, sk }) => pk !== user.pk || sk !== user.sk)]);
}

/**
 * One batched read decides: the key's own claims say which rows to read, the row found under its hash is the proof, and
 * the claims must equal that row (design 5). Forged claims find no row.
 */
async function authenticatePortal({ headers, services, alongside }: Credentials): Promise<Portal> {
  const presented = presentedKey(headers);
  const claims = readApiKeyClaims(presented);
  if (!claims) throw new Refusal('key-invalid');
  const { companyId, routerId, keyId } = claims;
  const hash = apiKeyHash(presented);
  const [keyItem, companyItem, routerItem, ...extra] = await services.table.batchGet([
    keys.apiKey(hash),
    keys.company(companyId),
    keys.router(companyId, routerId),
    ...alongside({ companyId, routerId }),
  ]);
  if (!keyItem) {
    const signature = await services.tokens.judgeApiKeySignature(presented);
    throw new Refusal(signature === 'valid' ? 'key-revoked' : signature === 'expired' ? 'key-expired' : 'key-invalid');
  }
  const apiKey = apiKeySchema.parse(keyItem);
  if (apiKey.id !== keyId || apiKey.companyId !== companyId || apiKey.routerId !== routerId)
    throw new Refusal('key-invalid');
  const now = services.clock.now();
  // Imported keys carry an end of their own, which the reference looked at instead of the row's (contract 4.2).
  if (Math.min(apiKey.expiresAt, claims.expiresAt) <= now) throw new Refusal('key-expired');
  if (apiKey.revokedAt !== null) throw new Refusal('key-revoked');
  const company = companyItem && companySchema.parse(companyItem);
  if (!company?.active) throw new Refusal('company-inactive');
  const router = routerItem && routerSchema.parse(routerItem);
  if (!router) throw new Refusal('key-revoked');
  if (!router.active) throw new Refusal('router-inactive');
  await services.keyUses.record(apiKey, now);
  return { company, router, apiKey, alongside: extra };
}

const KEY_PREFIX = 'jwt_';

/** The key from either header (contract 4.2 RULE); both, and different, is a refusal. */
function presentedKey(headers: Credentials['headers']): string {
  const own = headers['x-api-key']?.trim();
  const authorization = headers['authorization'];
  if (!own) return checkPrefix(bearer(authorization));
  if (!isBlank(authorization) && bearer(authorization) !== own) throw new Refusal('keys-differ');
  return checkPrefix(own);
}

/** A page whose variable was not set sends an empty header, or the word `Bearer` alone: no key was sent there. */
const isBlank = (authorization = ''): boolean => /^\s*(?:bearer\s*)?$/i.test(authorization);

function checkPrefix(presented: string): string {
  if (!presented.startsWith(KEY_PREFIX)) throw new Refusal('key-malformed');
  return presented;
}

function bearer(authorization: string | undefined): string {
  const [scheme = '', ...rest] = authorization?.trim().split(/\s+/) ?? [];
  const token = rest.join(' ');
  if (scheme === '' || token === '') throw new Refusal('not-authenticated');
  if (scheme.toLowerCase() !== 'bearer') throw new Refusal('unsupported-scheme');
  return token;
}
