import type { Clock } from '../platform/clock.ts';
import { newRouterId } from '../platform/ids.ts';
import { Refusal } from '../platform/refusal.ts';
import { TLS_PORT } from '../routers/client.ts';
import { type AddressPolicy, judgeHost } from '../security/address-policy.ts';
import type { Secret } from '../security/secret.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Tokens } from '../security/tokens.ts';
import type { CompanyStore } from '../store/companies.ts';
import { noKitYet, type Router, type RouterStore } from '../store/routers.ts';
import type { User } from '../store/users.ts';
import { issueApiKey, type IssuedKey } from './api-key.ts';
import { mayTouch, requireCompany } from './company.ts';

export interface NewRouter {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: Secret;
  readonly location: string | null;
}

/** Writes a router and its first key in one transaction; the router itself is not contacted (contract 6.8, row 43). */
export async function createRouter(
  services: {
    readonly companies: CompanyStore;
    readonly routers: RouterStore;
    readonly tokens: Tokens;
    readonly clock: Clock;
    readonly addressPolicy: AddressPolicy;
    box(purpose: 'router-credentials'): SecretBox;
  },
  companyId: string,
  { password, ...draft }: NewRouter,
): Promise<IssuedKey & { readonly router: Router }> {
  const company = await requireCompany(services.companies, companyId);
  if (!company.active) throw new Refusal('company-not-active');
  requireAllowedHost(draft.host, services.addressPolicy);
  const id = newRouterId();
  const [sealedPassword, issued] = await Promise.all([
    services.box('router-credentials').seal(companyId, password),
    issueApiKey(services, { companyId, id }),
  ]);
  const { apiKey } = issued;
  const router: Router = {
    ...draft,
    id,
    companyId,
    sealedPassword,
    tunnelAddress: null,
    certFingerprint: null,
    certChangedAt: null,
    active: true,
    removedAt: null,
    createdAt: apiKey.issuedAt,
    activeKey: { id: apiKey.id, hash: apiKey.hash },
    ...noKitYet,
  };
  await services.routers.create(router, apiKey);
  return { ...issued, router };
}

/**
 * The check when a host is saved; it is judged again when it is dialled.
 *
 * @param tunnelAddress the router's own, where it has one
 * @throws Refusal `router-host-private` where no way leads to private addresses, `router-host-refused` for any other reason
 */
export function requireAllowedHost(host: string, policy: AddressPolicy, tunnelAddress: string | null = null): void {
  const verdict = judgeHost(host, policy, tunnelAddress);
  if (verdict === 'private') throw new Refusal('router-host-private');
  if (verdict !== 'ok') throw new Refusal('router-host-refused');
}

/** @param otherwise in which of the contract's words it is not there: they differ from row to row */
export async function requireRouter(
  routers: RouterStore,
  companyId: string,
  routerId: string,
  otherwise: 'router-not-of-company' | 'router-not-of-your-company' = 'router-not-of-company',
): Promise<Router> {
  const router = await routers.find(companyId, routerId);
  if (!router) throw new Refusal(otherwise);
  return router;
}

/** As its company's own admin, or a super admin, may touch it: another's is as one that is not there. */
export async function requireRouterFor(
  user: User,
  routers: RouterStore,
  companyId: string,
  routerId: string,
): Promise<Router> {
  if (!mayTouch(user, companyId)) throw new Refusal('router-not-of-company');
  return requireRouter(routers, companyId, routerId);
}

export async function listRouters(
  services: { readonly companies: CompanyStore; readonly routers: RouterStore },
  companyId: string,
): Promise<Router[]> {
  const routers = await services.routers.listOfCompany(companyId);
  if (routers.length === 0) await requireCompany(services.companies, companyId);
  return routers;
}

/** @returns whether the router is active now */
export async function toggleRouter(routers: RouterStore, companyId: string, routerId: string): Promise<boolean> {
  const { active } = await requireRouter(routers, companyId, routerId);
  // When it was switched meanwhile, that is what this caller wanted too: switching it back would undo both.
  await routers.setActive(companyId, routerId, !active);
  return !active;
}

/** Whether there is anything to log in with: what is in force, or what the last kit printed. */
export const hasLogin = ({ sealedPassword, pendingSealedPassword }: Router): boolean =>
  sealedPassword !== null || pendingSealedPassword !== null;

/** What an operator should know of how a router is talked to. */
export type RouterWarning = 'no-tls' | 'no-credentials';

/** Inside its tunnel a router is spoken to in clear, which is right: the tunnel encrypts (routeros.md 1.4). */
export const warningsOf = ({ host, port, tunnelAddress, sealedPassword }: Router): RouterWarning[] => [
  ...(port !== TLS_PORT && host !== tunnelAddress ? ['no-tls' as const] : []),
  ...(sealedPassword === null ? ['no-credentials' as const] : []),
];
