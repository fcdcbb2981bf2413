import * as z from 'zod';
import { defineRow, plainRow } from '../contract.ts';
import { integer, text } from '../wire/fields.ts';
import { reconcileBody } from '../wire/reconcile.ts';
import { healthBody } from '../wire/router-health.ts';

const routerParams = z.object({ router_id: text({ max: 50 }) });
const textOrNull = z.string().nullable();

/** Contract 6.7: the operator asks a router now, through the worker. */
export const routerToolRows = {
  listProfiles: defineRow({
    ...plainRow,
    id: 'router-tools/list-profiles',
    reads: ['router'],
    summary: 'Lee del router sus perfiles de hotspot.',
    method: 'GET',
    path: '/api/v1/admin/routers/{router_id}/mikrotik-profiles',
    auth: 'company-admin',
    params: routerParams,
    replies: {
      200: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          session_timeout: textOrNull,
          idle_timeout: textOrNull,
          keepalive_timeout: textOrNull,
          status_autorefresh: textOrNull,
          shared_users: textOrNull,
          rate_limit: textOrNull,
          address_list: textOrNull,
          mac_cookie_timeout: textOrNull,
        }),
      ),
    },
    needs: ['table', 'jobs:send', 'sessions:verify'],
    timeoutSeconds: 20,
  }),
  testConnection: defineRow({
    ...plainRow,
    id: 'router-tools/test-connection',
    reads: ['router'],
    summary: 'Prueba la conexión con el router.',
    method: 'GET',
    path: '/api/v1/admin/routers/{router_id}/test-connection',
    auth: 'company-admin',
    params: routerParams,
    replies: {
      200: z.union([
        z.object({
          success: z.boolean(),
          message: z.string(),
          router: z.object({
            id: z.string(),
            nombre: z.string(),
            host: z.string(),
            puerto: z.number(),
            activo: z.boolean(),
          }),
          perfiles_encontrados: z.number(),
          router_name: textOrNull,
          error: textOrNull,
          timestamp: z.string(),
        }),
        z.object({ success: z.literal(false), message: z.string(), error: z.string() }),
      ]),
    },
    needs: ['table', 'jobs:send', 'sessions:verify'],
    timeoutSeconds: 20,
  }),
  /** Beyond the contract: all that is known of a router, without asking it. */
  showHealth: defineRow({
    ...plainRow,
    id: 'router-tools/show-health',
    reads: ['router', 'health', 'watch', 'reconcile'],
    summary: 'Muestra lo que se sabe de un router, sin preguntarle.',
    method: 'GET',
    path: '/api/v1/admin/routers/{router_id}/salud',
    auth: 'company-admin',
    params: routerParams,
    replies: { 200: healthBody },
    needs: ['table', 'sessions:verify'],
  }),
  /** Beyond the contract: makes a router agree with what was sold, now. */
  reconcile: defineRow({
    ...plainRow,
    id: 'router-tools/reconcile',
    reads: ['router'],
    summary: 'Hace que el router coincida con lo vendido.',
    method: 'POST',
    path: '/api/v1/admin/routers/{router_id}/reconcile',
    auth: 'company-admin',
    params: routerParams,
    replies: { 200: reconcileBody },
    needs: ['table', 'jobs:send', 'sessions:verify'],
    timeoutSeconds: 29,
  }),
  /** Beyond the contract: how often a router is asked while nobody is looking; 0 for a site that sleeps. */
  setHeartbeat: defineRow({
    ...plainRow,
    id: 'router-tools/set-heartbeat',
    reads: ['router'],
    summary: 'Fija cada cuántos minutos se pregunta al router si responde.',
    method: 'PUT',
    path: '/api/v1/admin/routers/{router_id}/salud',
    auth: 'company-admin',
    params: routerParams,
    body: z.object({ latido_minutos: integer({ min: 0, max: 1440 }) }),
    replies: { 200: z.object({ router_id: z.string(), latido_minutos: z.number() }) },
    needs: ['table', 'sessions:verify'],
  }),
};
