import { randomUUID } from 'node:crypto';
import type { Auth } from '#shared/http/contract.ts';
import { keys } from '#shared/store/table.ts';
import { startMarket, type Market } from '../stage/market.ts';
import type { Headers } from '../stage/stage.ts';
import { addRouter } from '../stage/tenants.ts';
import { type Answered, refused } from './cells.ts';
import { adminOf, asBearer, asPortal, openTenant, PASSWORD, type Tenant } from './tenant.ts';

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

export interface Caller {
  readonly name: string;
  readonly headers: () => Headers;
  /** What rows of a kind answer to such a caller, whatever it asks (contract 4.1, 4.2); where there is none, they serve it. */
  readonly refused: Readonly<Partial<Record<Auth, Answered>>>;
}

const notAuthenticated = refused(403, 'Not authenticated');
const tokenInvalid = refused(401, 'Token inválido');
const keyMalformed = refused(401, 'Formato de API Key inválido');
const superAdminOnly = refused(403, 'Se requiere rol SUPER_ADMIN');
const companyAdminOnly = refused(403, 'Se requiere rol CLIENTE_ADMIN');

const staffRows = (answered: Answered) => ({ session: answered, 'company-admin': answered, 'super-admin': answered });
const everyRow = (answered: Answered) => ({ ...staffRows(answered), 'api-key': answered });
/** In a header of its own a key is nothing to a staff row: nobody called. */
const badKey = (detail: string) => ({ ...staffRows(notAuthenticated), 'api-key': refused(401, detail) });
/** To a portal row a session is a key of the wrong form, good or bad. */
const badSession = (detail: string) => ({ ...staffRows(refused(401, detail)), 'api-key': keyMalformed });

const YEAR_MS = 366 * 24 * 60 * 60_000;

/** Two companies on one deployment, and everybody who may come to its door. */
export async function startWorld(): Promise<World> {
  const market = await startMarket();
  // What the first shop was given is out of date from here on.
  const { apiKey: expiredKey, admin: expiredSession } = market.shop;
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

  const always = (headers: Headers) => () => headers;
  const callers: Caller[] = [
    { name: 'nobody', headers: always({}), refused: everyRow(notAuthenticated) },
    {
      name: 'somebody with another scheme',
      headers: always({ authorization: 'Basic cm9vdDpyb290' }),
      refused: everyRow(refused(403, 'Invalid authentication credentials')),
    },
    {
      name: 'a portal of the victim',
      headers: always(victim.portal),
      refused: staffRows(notAuthenticated),
    },
    {
      name: 'a portal that sends its key as a bearer',
      headers: always(asBearer(victim.router.apiKey)),
      refused: staffRows(tokenInvalid),
    },
    {
      name: 'a portal with two keys',
      headers: () => ({ ...asPortal(stranger.router.apiKey), ...asBearer(victim.router.apiKey) }),
      refused: { ...staffRows(tokenInvalid), 'api-key': refused(401, 'API Key inválida') },
    },
    {
      name: 'a portal of a switched-off router',
      headers: always(asPortal(ofInactiveRouter.apiKey)),
      refused: badKey('Router inactivo'),
    },
    {
      name: 'a portal of a switched-off company',
      headers: always(asPortal(ofInactiveCompany.apiKey)),
      refused: badKey('Empresa no activa'),
    },
    {
      name: 'a portal with a revoked key',
      headers: always(asPortal(revoked.apiKey)),
      refused: badKey('API Key no válida o revocada'),
    },
    {
      name: 'a portal with an expired key',
      headers: always(asPortal(expiredKey)),
      refused: badKey('API Key expirada'),
    },
    {
      name: 'a portal that wrote the victim`s ids into its key',
      headers: () =>
        asPortal(
          forged(stranger.router.apiKey, {
            empresa: victim.companyId,
            sub: victim.router.routerId,
            jti: victim.router.keyId,
          }),
        ),
      refused: badKey('API Key inválida'),
    },
    {
      name: 'the victim`s admin',
      headers: always(victim.admin),
      refused: { 'api-key': keyMalformed, 'super-admin': superAdminOnly },
    },
    {
      name: 'the stranger`s admin',
      headers: () => stranger.admin,
      refused: { 'api-key': keyMalformed, 'super-admin': superAdminOnly },
    },
    {
      name: 'the super admin',
      headers: always(superAdmin),
      refused: { 'api-key': keyMalformed, 'company-admin': companyAdminOnly },
    },
    { name: 'a switched-off user', headers: always(switchedOff.session), refused: badSession('Usuario no activo') },
    { name: 'a user who logged out', headers: always(loggedOut.session), refused: badSession('Token inválido') },
    { name: 'a session of yesterday', headers: always(expiredSession), refused: badSession('Token expirado') },
    {
      name: 'a user who wrote the victim into its session',
      headers: () => ({
        authorization: forged(stranger.admin['authorization'] ?? '', {
          sub: String(victim.userId),
          empresa_id: victim.companyId,
        }),
      }),
      refused: badSession('Token inválido'),
    },
  ];
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

/** A token, with its prefix, whose claims are others and whose signature is as it was. */
function forged(token: string, claims: Readonly<Record<string, string>>): string {
  const [head = '', payload = '', signature = ''] = token.split('.');
  const said: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  const other = Buffer.from(JSON.stringify(Object.assign({}, said, claims))).toString('base64url');
  return [head, other, signature].join('.');
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
