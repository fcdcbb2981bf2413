import * as z from 'zod';
import type { Presence } from '../../routers/health.ts';
import { zonelessTime } from './timestamp.ts';

/**
 * Contract 6.4, #18. Its `empresa_inactiva` and `sin_routers` are never said: the key of such a company, and one without a
 * router, is refused before.
 */
export const routerCheckBody = z.object({
  success: z.boolean(),
  estado: z.enum(['activo', 'router_inactivo', 'internal_error']),
  mensaje: z.string(),
  error_detalle: z.string().nullable(),
  conexion_ok: z.boolean(),
  timestamp: z.string(),
});
type RouterCheck = z.input<typeof routerCheckBody>;

const said: Readonly<Record<Presence, Omit<RouterCheck, 'timestamp'>>> = {
  up: {
    success: true,
    estado: 'activo',
    mensaje: 'Router en línea y responde correctamente',
    error_detalle: null,
    conexion_ok: true,
  },
  down: {
    success: false,
    estado: 'router_inactivo',
    mensaje: 'El router no está en línea (conexión fallida)',
    error_detalle: 'router_inactivo',
    conexion_ok: false,
  },
  /** Nobody went there in time: that says nothing of the router. */
  unknown: {
    success: false,
    estado: 'internal_error',
    mensaje: 'Error interno al validar conexión',
    error_detalle: 'internal_error',
    conexion_ok: false,
  },
};

/** @param now milliseconds */
export const toRouterCheck = (presence: Presence, now: number): RouterCheck => ({
  ...said[presence],
  timestamp: zonelessTime(now),
});
