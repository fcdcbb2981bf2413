import { randomUUID } from 'node:crypto';
import { keys } from '#shared/store/table.ts';
import { startMarket, type Market } from '../stage/market.ts';
import type { Headers } from '../stage/stage.ts';
import { addRouter } from '../stage/tenants.ts';
import { sampleTunnel } from '../shared/onboarding/sample-kit.ts';
import { type Caller, callersAmong } from './callers.ts';
import { adminOf, openTenant, PASSWORD, type Tenant } from './tenant.ts';

/** In every text that a person entered for the victim. Nobody else's answer may contain it. */
const MARK = 'zq-planted';

export interface World {
  readonly market: Market;
  /** Whose items must stay as they are, and whose names nobody may hear. */
  readonly victim: Tenant;
  /** A company like any other, which knows all ids of the victim's. */
  readonly stranger: Tenant;
  readonly superAdmin: Headers;
  readonly callers: readonly Caller[];
  /** The stranger was spoilt: another one takes its place. */
  renewStranger(): Promise<void>;
  stop(): Promise<void>;
}

/** What a router's kit is printed with. */
const reach = {
  WORKER_ADDRESSES: '203.0.113.7',
  TUNNEL_RANGE: '10.66.0.0/16',
  TUNNEL_ENDPOINT: 'hub.wifi.mx:51820',
  TUNNEL_PUBLIC_KEY: sampleTunnel.hubKey,
};

const YEAR_MS = 366 * 24 * 60 * 60_000;

/** Two companies on one deployment, and everybody who may come to its door. */
export async function startWorld(): Promise<World> {
  const market = await startMarket({ config: reach });
  // What the first shop was given is out of date from here on.
  const old = market.shop;
  market.clock.advance(YEAR_MS);
  const superAdmin = await market.asSuperAdmin();
  const victim = await openTenant(market, MARK);
  let stranger = await openTenant(market, 'vecino');
  const root = (method: string, path: string) => market.call(method, path, { headers: superAdmin });
  const addKey = () => addRouter(market, victim.companyId, { nombre: MARK });
  const [revoked, ofInactiveRouter] = [await addKey(), await addKey()];
  const routers = `/admin/empresas/${victim.companyId}/routers`;
  await root('POST', `${routers}/${revoked.routerId}/regenerate-api-key`);
  await root('PUT', `${routers}/${ofInactiveRouter.routerId}/toggle-activo`);
  const [switchedOff, loggedOut] = [await addUser(market, victim), await addUser(market, victim)];
  await root('PUT', `/admin/usuarios/${switchedOff.id}/toggle-activo`);
  await market.call('POST', '/api/v1/auth/logout', { headers: loggedOut.session });
  const ofInactiveCompany = await market.openShop();
  await market.services.table.update(keys.company(ofInactiveCompany.companyId), 'SET #active = :off', {
    ':off': false,
  });

  // A delivery notes the router's health after its buyer was answered.
  await market.settled();

  const callers = callersAmong({
    victim,
    stranger: () => stranger,
    superAdmin,
    keys: {
      revoked: revoked.apiKey,
      expired: old.apiKey,
      ofInactiveRouter: ofInactiveRouter.apiKey,
      ofInactiveCompany: ofInactiveCompany.apiKey,
    },
    sessions: { switchedOff: switchedOff.session, loggedOut: loggedOut.session, expired: old.admin },
  });
  return {
    market,
    victim,
    get stranger() {
      return stranger;
    },
    superAdmin,
    callers,
    renewStranger: async () => {
      stranger = await openTenant(market, 'vecino');
    },
    stop: () => market.stop(),
  };
}

/** Another admin of this company, and a session of theirs. */
async function addUser(market: Market, { companyId }: Tenant): Promise<{ id: number; session: Headers }> {
  const answer = await market.call('POST', '/admin/usuarios', {
    headers: await market.asSuperAdmin(),
    body: {
      email: `${randomUUID()}@wifi.mx`,
      password: PASSWORD,
      nombre: MARK,
      rol: 'cliente_admin',
      empresa_id: companyId,
    },
  });
  const { id } = answer.body.usuario;
  return { id, session: await adminOf(market, id) };
}
