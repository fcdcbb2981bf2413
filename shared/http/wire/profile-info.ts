import * as z from 'zod';
import type { Inspection } from '../../access/inspect-user.ts';
import { isOver } from '../../access/time-sold.ts';
import { durationText } from '../../routers/durations.ts';
import type { InspectedUser } from '../../store/jobs.ts';
import { accessKinds } from '../../store/purchases.ts';
import { timeLeftBody, toTimeLeft } from './time-left.ts';
import { zonelessTime } from './timestamp.ts';

const textOrNull = z.string().nullable();

/** Contract 6.4, #17: every field always there. Of the router's user all but its password, as the RULE has it. */
export const profileInfoBody = z.object({
  success: z.boolean(),
  estado: z.enum(['ok', 'credenciales_invalidas', 'error']),
  username: z.string(),
  tipo_usuario: z.enum(accessKinds).nullable(),
  profile: textOrNull,
  mac_cookie_timeout: textOrNull,
  mac_authentication: z.boolean().nullable(),
  disabled: z.boolean().nullable(),
  comment: textOrNull,
  limit_uptime: textOrNull,
  datos_completos: z
    .object({
      '.id': z.string().optional(),
      name: z.string(),
      profile: z.string(),
      comment: z.string().optional(),
      disabled: z.boolean(),
      'limit-uptime': z.string().optional(),
    })
    .nullable(),
  mensaje: textOrNull,
  error_detalle: textOrNull,
  timestamp: z.string(),
  /** Additive. Absent where the router's profile alone rules. */
  tiempo: timeLeftBody.optional(),
});
type ProfileInfo = z.input<typeof profileInfoBody>;

const NOTHING = {
  tipo_usuario: null,
  profile: null,
  mac_cookie_timeout: null,
  mac_authentication: null,
  disabled: null,
  comment: null,
  limit_uptime: null,
  datos_completos: null,
} as const satisfies Partial<ProfileInfo>;

/**
 * A portal forgets a code that it is told is wrong, so that is said of wrong ones only. Time that is over is `ok`, since the
 * code is right, and `disabled`, since it lets nobody in. A router that does not answer, or does not have the user (yet), is
 * an error that passes; what our books know is told all the same.
 *
 * @param username as sent
 * @param inspection undefined for a wrong code
 * @param now milliseconds
 */
export function toProfileInfo(username: string, inspection: Inspection | undefined, now: number): ProfileInfo {
  const timestamp = zonelessTime(now);
  if (!inspection)
    return {
      ...NOTHING,
      success: false,
      estado: 'credenciales_invalidas',
      username,
      mensaje: 'Credenciales incorrectas o no autorizado',
      error_detalle: 'credenciales_invalidas',
      timestamp,
    };
  return inspection.kind === 'stranger'
    ? strangerInfo(username, inspection, timestamp)
    : soldInfo(username, inspection, now, timestamp);
}

const NO_ANSWER = {
  success: false,
  estado: 'error',
  mensaje: 'Error interno del servidor',
  error_detalle: 'router_no_responde',
} as const;

const RIGHT = {
  success: true,
  estado: 'ok',
  // Neither a user nor its profile has such a property in RouterOS: a code is never taken for a MAC.
  mac_authentication: false,
  mensaje: null,
  error_detalle: null,
} as const;

function strangerInfo(username: string, { name, userKind, user }: Stranger, timestamp: string): ProfileInfo {
  if (!user) return { ...NOTHING, ...NO_ANSWER, username, timestamp };
  return { ...RIGHT, ...ofRouter(name, user, false), username, tipo_usuario: userKind, timestamp };
}

function soldInfo(username: string, { access, userKind, shown }: Sold, now: number, timestamp: string): ProfileInfo {
  const tiempo = toTimeLeft(access, now);
  const known = { username, tipo_usuario: userKind, timestamp, ...(tiempo && { tiempo }) };
  const isEnded = isOver(access, now);
  const { username: name, profileName: profile } = access;
  if (shown.kind !== 'user' && !isEnded)
    return {
      ...NOTHING,
      ...NO_ANSWER,
      ...known,
      profile,
      ...(shown.kind === 'none' && { error_detalle: 'usuario_pendiente' }),
    };
  return {
    ...RIGHT,
    ...known,
    ...(shown.kind === 'user' ? ofRouter(name, shown.user, isEnded) : ofBooks(name, profile)),
    ...(isEnded && { mensaje: 'Tu tiempo terminó.' }),
  };
}

type Sold = Extract<Inspection, { kind: 'sold' }>;
type Stranger = Extract<Inspection, { kind: 'stranger' }>;

function ofRouter(name: string, user: InspectedUser, isEnded: boolean) {
  const { id, profile, comment, macCookieTimeout, limitUptimeSeconds } = user;
  const disabled = user.disabled || isEnded;
  const limit = limitUptimeSeconds === null ? null : durationText(limitUptimeSeconds);
  return {
    profile,
    mac_cookie_timeout: macCookieTimeout,
    disabled,
    comment,
    limit_uptime: limit,
    datos_completos: {
      '.id': id,
      name,
      profile,
      comment,
      disabled,
      ...(limit !== null && { 'limit-uptime': limit }),
    },
  };
}

/** Over: its user is gone from the router, or about to go. */
const ofBooks = (name: string, profile: string) => ({
  profile,
  mac_cookie_timeout: null,
  disabled: true,
  comment: '',
  limit_uptime: null,
  datos_completos: { name, profile, disabled: true },
});
