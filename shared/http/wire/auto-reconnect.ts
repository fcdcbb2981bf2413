import * as z from 'zod';
import type { Reconnected } from '../../access/reconnect.ts';
import { durationText } from '../../routers/durations.ts';
import { zonelessTime } from './timestamp.ts';

const textOrNull = z.string().nullable();

/**
 * Contract 6.4, #16: every field always there, and of the router's user nothing but its session. Its `empresa_inactiva` and
 * `router_inactivo` are never said: their keys are refused before.
 */
export const autoReconnectBody = z.object({
  success: z.boolean(),
  estado: z.enum(['activo', 'expirado', 'error']),
  auto_conexion: z.enum(['conectado', 'no_conectado']),
  datos_sesion: z
    .object({
      user: z.string(),
      address: z.string(),
      uptime: z.string(),
      'bytes-in': z.number(),
      'bytes-out': z.number(),
    })
    .nullable(),
  nueva_mac: z.string(),
  tiempo_acumulado: z.null(),
  tiempo_restante: z.null(),
  primera_sesion: z.null(),
  mensaje: z.string(),
  error_detalle: textOrNull,
  timestamp: z.string(),
});
type AutoReconnect = z.input<typeof autoReconnectBody>;
type Said = Pick<AutoReconnect, 'estado' | 'mensaje' | 'error_detalle'>;

/** Contract 10, 6: its texts for a login that led nowhere. */
const notConnected: Readonly<Record<Extract<Reconnected, { kind: 'not-connected' }>['why'], Said>> = {
  'no-host': {
    estado: 'activo',
    mensaje: 'El dispositivo debe estar conectado al hotspot primero',
    error_detalle: 'No se pudo detectar IP del cliente',
  },
  refused: {
    estado: 'activo',
    mensaje: 'Login directo falló después de varios intentos. Revisa logs del router.',
    error_detalle: 'No se pudo autenticar con ninguno de los métodos',
  },
  slow: {
    estado: 'activo',
    mensaje: 'El script se ejecutó correctamente pero RouterOS no confirmó la sesión',
    error_detalle: 'Login ejecutado pero la sesión no apareció a tiempo',
  },
};

/**
 * A portal forgets a code that it is told is `expirado`: so that is said of codes that are wrong or over, never of a router
 * that does not answer.
 *
 * @param mac as sent
 * @param now milliseconds
 */
export function toAutoReconnect(mac: string, reconnected: Reconnected, now: number): AutoReconnect {
  const isConnected = reconnected.kind === 'connected';
  return {
    success: isConnected,
    auto_conexion: isConnected ? 'conectado' : 'no_conectado',
    datos_sesion: isConnected ? sessionShown(reconnected) : null,
    nueva_mac: mac,
    tiempo_acumulado: null,
    tiempo_restante: null,
    primera_sesion: null,
    ...said(reconnected),
    timestamp: zonelessTime(now),
  };
}

function said(reconnected: Reconnected): Said {
  switch (reconnected.kind) {
    case 'connected':
      return { estado: 'activo', mensaje: 'Conexión exitosa (método: ip_mac_user_pass)', error_detalle: null };
    case 'unknown':
      return { estado: 'expirado', mensaje: 'Usuario no encontrado', error_detalle: null };
    case 'not-connected':
      return notConnected[reconnected.why];
    case 'pending':
      return { estado: 'error', mensaje: 'Error interno del servidor', error_detalle: 'usuario_pendiente' };
    case 'no-answer':
      return { estado: 'error', mensaje: 'Error interno del servidor', error_detalle: 'router_no_responde' };
  }
}

const sessionShown = ({ user, session }: Extract<Reconnected, { kind: 'connected' }>) => ({
  user,
  address: session.address,
  uptime: durationText(session.uptimeSeconds),
  'bytes-in': session.bytesIn,
  'bytes-out': session.bytesOut,
});
