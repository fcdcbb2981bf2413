import { randomInt } from 'node:crypto';
import { Refusal } from '../platform/refusal.ts';
import { TLS_PORT } from '../routers/client.ts';
import { Secret } from '../security/secret.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { CompanyStore } from '../store/companies.ts';
import type { ProductStore } from '../store/products.ts';
import type { RouterHealthStore } from '../store/router-health.ts';
import type { RouterStore } from '../store/routers.ts';
import type { Table } from '../store/table.ts';
import type { User } from '../store/users.ts';
import { requireCompany } from '../tenants/company.ts';
import { requireRouterFor } from '../tenants/router.ts';
import { type RouterOsVersion, writeKit } from './kit.ts';
import type { KitSentences } from './kit-sentences.ts';
import { API_USER } from './names.ts';
import { asRange, hubOf, type Reach } from './reach.ts';
import { ownTunnelAddress } from './tunnel-address.ts';
import { gatewaysOf } from './walled-garden.ts';

interface IssueParts {
  readonly table: Table;
  readonly companies: CompanyStore;
  readonly routers: RouterStore;
  readonly products: ProductStore;
  readonly health: RouterHealthStore;
  readonly reach: Reach;
  readonly ownUrl: string;
  /** The public half of the hub's key; undefined until the hub is up for the first time. */
  hubKey(): Promise<string | undefined>;
  box(purpose: 'router-credentials'): SecretBox;
}

interface Wanted {
  readonly companyId: string;
  readonly routerId: string;
  /** Undefined: what the router last said it runs, else 7. */
  readonly version: RouterOsVersion | undefined;
  readonly sentences: KitSentences;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** 190 bits, in characters that nothing has to quote. */
const PASSWORD_LENGTH = 32;

/**
 * The kit of a router, with a new password each time: it is sealed here as pending, so that only the paper has it in clear.
 * What the worker logs in with today stays until the router takes the new one. Of two kits the one printed last counts.
 *
 * @throws Refusal `router-not-of-company`, `worker-address-unknown`, `hub-not-up`
 */
export async function issueKit(parts: IssueParts, user: User, wanted: Wanted): Promise<Secret> {
  const { companyId, routerId, sentences } = wanted;
  const router = await requireRouterFor(user, parts.routers, companyId, routerId);
  const [company, products, health] = await Promise.all([
    requireCompany(parts.companies, companyId),
    parts.products.list(companyId),
    parts.health.find(companyId, routerId),
  ]);
  const version = wanted.version ?? (health.version?.startsWith('6') ? 6 : 7);
  const sources = sourcesOf(parts.reach, version);
  // Without them the script would close the API to us, or leave it open to everybody.
  if (sources.length === 0) throw new Refusal('worker-address-unknown');
  const { tunnel } = parts.reach;
  const hubKey = tunnel && (await parts.hubKey());
  if (tunnel && hubKey === undefined) throw new Refusal('hub-not-up');
  const tunnelEnd =
    tunnel && hubKey ? { tunnel, hubKey, address: await ownTunnelAddress(parts, tunnel, router) } : null;
  const password = drawPassword();
  const sealed = await parts.box('router-credentials').seal(companyId, password);
  if (!(await parts.routers.setPending(router, API_USER, sealed))) throw new Refusal('router-not-of-company');
  const ours = products.filter((product) => product.routerId === routerId);
  const script = writeKit(
    {
      version,
      company: company.name,
      router: router.name,
      login: { username: API_USER, password },
      sources,
      gateways: gatewaysOf(company),
      apiHost: new URL(parts.ownUrl).hostname,
      profiles: [...new Set(ours.map(({ profileName }) => profileName))],
      service: router.port === TLS_PORT ? 'api-ssl' : 'api',
      tunnel: tunnelEnd,
    },
    sentences,
  );
  return new Secret(script);
}

/** Through the tunnel we are the hub; RouterOS 6 has no WireGuard, so there we come as without one. */
const sourcesOf = ({ tunnel, workerAddresses }: Reach, version: RouterOsVersion): string[] =>
  (tunnel && version === 7 ? [hubOf(tunnel)] : workerAddresses).map(asRange);

const drawPassword = (): Secret =>
  new Secret(Array.from({ length: PASSWORD_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''));
