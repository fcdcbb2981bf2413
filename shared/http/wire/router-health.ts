import * as z from 'zod';
import { type RouterState, stateOf } from '../../routers/watch.ts';
import type { Reconcile } from '../../store/reconciles.ts';
import type { Health } from '../../store/router-health.ts';
import { lastReconcileBody, toLastReconcile } from './reconcile.ts';
import type { Router } from '../../store/routers.ts';
import { hasLogin } from '../../tenants/router.ts';
import { toWarnings, warningsBody } from './router.ts';
import { zonelessTimeOrNull } from './timestamp.ts';

const textOrNull = z.string().nullable();
const numberOrNull = z.number().nullable();

export const routerStateBody = z.enum(['en_linea', 'caido', 'desconocido']);

const states: Readonly<Record<RouterState, z.output<typeof routerStateBody>>> = {
  online: 'en_linea',
  down: 'caido',
  unknown: 'desconocido',
};

/** What an operator wants to know at a glance; null where nothing is known. */
export const healthSummaryBody = z.object({
  estado: routerStateBody,
  visto_en: textOrNull,
  version: textOrNull,
  modelo: textOrNull,
  usuarios: numberOrNull,
  latencia_ms: numberOrNull,
  /** Seconds by which its clock is ahead of ours. */
  error_reloj_segundos: numberOrNull,
  bloqueado_device_mode: z.boolean().nullable(),
  advertencias: warningsBody,
});

export const toHealthSummary = (
  router: Router,
  health: Health,
  everyMinutes: number | undefined,
  now: number,
): z.input<typeof healthSummaryBody> => ({
  estado: states[stateOf(health, everyMinutes, now)],
  visto_en: zonelessTimeOrNull(health.contactAt),
  version: health.version,
  modelo: health.boardName,
  usuarios: health.userCount,
  latencia_ms: health.latencyMs,
  error_reloj_segundos: health.clockErrorS,
  bloqueado_device_mode: health.deviceModeBlocked,
  advertencias: toWarnings(router),
});

export const healthBody = healthSummaryBody.extend({
  router_id: z.string(),
  nombre: z.string(),
  activo: z.boolean(),
  identidad: textOrNull,
  tiempo_encendido_segundos: numberOrNull,
  revisado_en: textOrNull,
  ultima_falla_en: textOrNull,
  caido_desde: textOrNull,
  fallas_seguidas: z.number(),
  motivo_falla: textOrNull,
  /** SHA-256, as RouterOS prints it: for whoever compares it with the router's own. */
  huella_certificado: textOrNull,
  perfiles: z.array(
    z.object({
      nombre: z.string(),
      rate_limit: textOrNull,
      shared_users: textOrNull,
      session_timeout: textOrNull,
    }),
  ),
  /** Minutes; 0 = none, null = not watched yet. */
  latido_minutos: numberOrNull,
  /** The last time it was compared with what should be on it. */
  conciliacion: lastReconcileBody,
});

export const toHealthBody = (
  router: Router,
  health: Health,
  { everyMinutes, reconcile }: { readonly everyMinutes: number | undefined; readonly reconcile: Reconcile | undefined },
  now: number,
): z.input<typeof healthBody> => ({
  ...toHealthSummary(router, health, everyMinutes, now),
  conciliacion: toLastReconcile(reconcile),
  router_id: router.id,
  nombre: router.name,
  activo: router.active,
  identidad: health.identity,
  tiempo_encendido_segundos: health.uptimeS,
  revisado_en: zonelessTimeOrNull(health.probedAt),
  ultima_falla_en: zonelessTimeOrNull(health.failedAt),
  caido_desde: zonelessTimeOrNull(health.downSince),
  fallas_seguidas: health.failures ?? 0,
  motivo_falla: health.failedWhy === null ? null : reasonOf(health.failedWhy, router),
  huella_certificado: router.certFingerprint,
  perfiles: (health.profileLimits ?? []).map(({ name, rateLimit, sharedUsers, sessionTimeout }) => ({
    nombre: name,
    rate_limit: rateLimit,
    shared_users: sharedUsers,
    session_timeout: sessionTimeout,
  })),
  latido_minutos: everyMinutes ?? null,
});

/** No more than a test of the connection tells (W17). */
function reasonOf(why: string, router: Router): string {
  if (!hasLogin(router)) return 'el router no tiene credenciales configuradas';
  if (why === 'login-refused') return 'el router rechazó el usuario o la contraseña';
  return why === 'certificate-changed' ? 'el certificado del router cambió' : 'el router no responde';
}
