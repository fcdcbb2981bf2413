import type { Auth } from '#shared/http/contract.ts';
import type { Headers } from '../stage/stage.ts';
import { type Answered, refused } from './cell.ts';
import { asBearer, asPortal, type Tenant } from './tenant.ts';

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

interface People {
  readonly victim: Tenant;
  /** At this moment. */
  readonly stranger: () => Tenant;
  readonly superAdmin: Headers;
  /** Each good once, and good no more. */
  readonly keys: Readonly<Record<'revoked' | 'expired' | 'ofInactiveRouter' | 'ofInactiveCompany', string>>;
  readonly sessions: Readonly<Record<'switchedOff' | 'loggedOut' | 'expired', Headers>>;
}

/** Everybody who may come to the door, with what each kind of row says to them. */
export function callersAmong({ victim, stranger, superAdmin, keys, sessions }: People): readonly Caller[] {
  const always = (headers: Headers) => () => headers;
  return [
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
      headers: () => ({ ...asPortal(stranger().router.apiKey), ...asBearer(victim.router.apiKey) }),
      refused: { ...staffRows(tokenInvalid), 'api-key': refused(401, 'API Key inválida') },
    },
    {
      name: 'a portal of a switched-off router',
      headers: always(asPortal(keys.ofInactiveRouter)),
      refused: badKey('Router inactivo'),
    },
    {
      name: 'a portal of a switched-off company',
      headers: always(asPortal(keys.ofInactiveCompany)),
      refused: badKey('Empresa no activa'),
    },
    {
      name: 'a portal with a revoked key',
      headers: always(asPortal(keys.revoked)),
      refused: badKey('API Key no válida o revocada'),
    },
    {
      name: 'a portal with an expired key',
      headers: always(asPortal(keys.expired)),
      refused: badKey('API Key expirada'),
    },
    {
      name: 'a portal that wrote the victim`s ids into its key',
      headers: () =>
        asPortal(
          forged(stranger().router.apiKey, {
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
      headers: () => stranger().admin,
      refused: { 'api-key': keyMalformed, 'super-admin': superAdminOnly },
    },
    {
      name: 'the super admin',
      headers: always(superAdmin),
      refused: { 'api-key': keyMalformed, 'company-admin': companyAdminOnly },
    },
    { name: 'a switched-off user', headers: always(sessions.switchedOff), refused: badSession('Usuario no activo') },
    { name: 'a user who logged out', headers: always(sessions.loggedOut), refused: badSession('Token inválido') },
    { name: 'a session of yesterday', headers: always(sessions.expired), refused: badSession('Token expirado') },
    {
      name: 'a user who wrote the victim into its session',
      headers: () => ({
        authorization: forged(stranger().admin['authorization'] ?? '', {
          sub: String(victim.userId),
          empresa_id: victim.companyId,
        }),
      }),
      refused: badSession('Token inválido'),
    },
  ];
}

/** A token, with its prefix, whose claims are others and whose signature is as it was. */
function forged(token: string, claims: Readonly<Record<string, string>>): string {
  const [head = '', payload = '', signature = ''] = token.split('.');
  const said: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  const other = Buffer.from(JSON.stringify(Object.assign({}, said, claims))).toString('base64url');
  return [head, other, signature].join('.');
}
