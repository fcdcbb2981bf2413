import * as z from 'zod';
import { defineRow, plainRow } from '../contract.ts';
import { apiKeyInfo } from '../wire/api-key.ts';
import {
  optionalChoice,
  optionalInteger,
  optionalText,
  patchInteger,
  patchText,
  secretText,
  text,
  wireguardKey,
} from '../wire/fields.ts';
import { routerBody } from '../wire/router.ts';
import { healthSummaryBody } from '../wire/router-health.ts';

const id = { max: 50 };
/** Routers of all companies at once, and where no other number is asked for. */
const SHOWN = 500;

const base = { ...plainRow, auth: 'super-admin', needs: ['sessions:verify', 'table'] } as const;
const all = { path: '/admin/empresas/{empresa_id}/routers', params: z.object({ empresa_id: text(id) }) } as const;
const one = {
  path: '/admin/empresas/{empresa_id}/routers/{router_id}',
  params: z.object({ empresa_id: text(id), router_id: text(id) }),
} as const;

export const routerFields = {
  nombre: text({ min: 1, max: 100 }),
  // A host name may be longer than the reference's column.
  host: text({ min: 1, max: 253 }).transform((host) => host.trim()),
  usuario: text({ min: 1, max: 50 }),
  password: secretText({ min: 1, max: 255 }),
};
export const routerPort = { min: 1, max: 65_535 };
export const routerLocation = { max: 200 };

/** A company's own admin, or a super admin; the handler tells them apart. */
const staff = { ...base, ...one, auth: 'session' } as const;

/** Contract 1, rows 43 to 46; contract 6.8. */
export const routerRows = {
  create: defineRow({
    ...base,
    ...all,
    id: 'routers/create',
    reads: ['company'],
    summary: 'Crea un router de una empresa y entrega su API Key, que solo se muestra aquí.',
    method: 'POST',
    body: z.object({
      empresa_id: optionalText(id),
      ...routerFields,
      puerto: optionalInteger(8728, routerPort),
      ubicacion: optionalText(routerLocation),
    }),
    replies: { 200: routerBody.extend({ api_key: z.string(), api_key_info: apiKeyInfo }) },
    needs: [...base.needs, 'router-credentials:seal', 'api-keys:sign'],
  }),
  list: defineRow({
    ...base,
    ...all,
    id: 'routers/list',
    reads: ['company'],
    summary: 'Lista los routers de una empresa.',
    method: 'GET',
    replies: { 200: z.array(routerBody) },
  }),
  show: defineRow({
    ...base,
    ...one,
    id: 'routers/show',
    reads: ['router'],
    summary: 'Muestra un router.',
    method: 'GET',
    replies: { 200: routerBody },
  }),
  /** Beyond the contract. Absent fields stay as they are; another host, port or user without its password drops the stored one. */
  update: defineRow({
    ...base,
    ...one,
    id: 'routers/update',
    reads: ['router'],
    summary: 'Edita un router; lo que no se envía queda igual.',
    method: 'PUT',
    body: z.object({
      nombre: routerFields.nombre.optional(),
      host: routerFields.host.optional(),
      puerto: patchInteger(routerPort),
      usuario: routerFields.usuario.optional(),
      password: routerFields.password.optional(),
      ubicacion: patchText(routerLocation),
    }),
    replies: { 200: routerBody },
    needs: [...base.needs, 'router-credentials:seal'],
  }),
  /** Beyond the contract: the routers of all companies, those that are down first. */
  listHealth: defineRow({
    ...base,
    id: 'routers/list-health',
    summary: 'Muestra la salud de los routers de todas las empresas, primero los caídos.',
    method: 'GET',
    path: '/admin/routers/salud',
    query: z.object({
      limit: optionalInteger(SHOWN, { min: 1, max: SHOWN }),
      cursor: optionalText({ max: 200 }),
    }),
    replies: {
      200: z.object({
        routers: z.array(
          healthSummaryBody.extend({
            id: z.string(),
            nombre: z.string(),
            empresa_id: z.string(),
            empresa_nombre: z.string(),
            activo: z.boolean(),
          }),
        ),
        /** To be sent as `cursor` for those that follow; null when there are none. */
        siguiente: z.string().nullable(),
      }),
    },
  }),
  remove: defineRow({
    ...base,
    ...one,
    id: 'routers/remove',
    reads: ['router'],
    summary: 'Elimina un router sin productos, accesos vigentes ni dinero en movimiento.',
    method: 'DELETE',
    replies: {
      200: z.object({
        message: z.literal('Router eliminado exitosamente'),
        router_id: z.string(),
        empresa_id: z.string(),
      }),
    },
    timeoutSeconds: 20,
  }),
  toggle: defineRow({
    ...base,
    id: 'routers/toggle',
    reads: ['router'],
    summary: 'Activa o desactiva un router.',
    method: 'PUT',
    path: `${one.path}/toggle-activo`,
    params: one.params,
    replies: {
      200: z.object({
        message: z.enum(['Router activado correctamente', 'Router desactivado correctamente']),
        router_id: z.string(),
        activo: z.boolean(),
      }),
    },
  }),
  /** Beyond the contract: a script that makes the router ready for us. Each one has a new password in clear. */
  showKit: defineRow({
    ...staff,
    id: 'routers/show-kit',
    reads: ['router', 'company', 'health'],
    // It shows a password, and makes one.
    audited: true,
    summary: 'Descarga el script que deja un router listo para el servicio.',
    method: 'GET',
    path: `${one.path}/kit`,
    query: z.object({ version: optionalChoice(['6', '7']) }),
    contentType: 'text/plain; charset=utf-8',
    replies: { 200: z.string() },
    needs: [...base.needs, 'router-credentials:seal', 'own-url', 'reach', 'hub:read'],
  }),
  /** Beyond the contract: the public half of the key that the router made for its end of the tunnel. */
  setTunnelKey: defineRow({
    ...staff,
    id: 'routers/set-tunnel-key',
    reads: ['router'],
    summary: 'Registra la clave pública del router en el túnel WireGuard.',
    method: 'POST',
    path: `${one.path}/wireguard`,
    body: z.object({ clave_publica: wireguardKey() }),
    replies: { 200: z.object({ router_id: z.string(), clave_publica: z.string(), direccion_tunel: z.string() }) },
    needs: [...base.needs, 'reach'],
  }),
};
