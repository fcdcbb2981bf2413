import * as z from 'zod';

/** What an admin sees of one transaction after acting on it. */
export const transactionBody = z.object({
  id: z.number(),
  transaccion_id: z.string().nullable(),
  monto: z.number(),
  moneda: z.string(),
  estado_pago: z.string(),
  monto_reembolsado: z.number(),
  reembolso: z
    .object({
      estado: z.enum(['en_proceso', 'pendiente', 'fallido', 'completo', 'parcial']),
      monto_solicitado: z.number(),
      solicitado_por: z.string().nullable(),
    })
    .nullable(),
});

const timelineEvents = [
  'creada',
  'cargo_enviado',
  'confirmacion_pendiente',
  'pagada',
  'entregada',
  'acceso_terminado',
  'reembolso_solicitado',
  'reembolso_enviado',
  'reembolso_fallido',
  'en_disputa',
  'contracargo',
] as const;

/** Beyond the contract: one transaction with all that happened to it, oldest first. */
export const transactionDetailBody = transactionBody.extend({
  estado: z.string(),
  mensaje: z.string(),
  pasarela: z.enum(['conekta', 'mercado_pago']),
  modo: z.enum(['test', 'live']).nullable(),
  creada_en: z.string(),
  pagada_en: z.string().nullable(),
  entregada_en: z.string().nullable(),
  router_id: z.string(),
  producto: z.object({ id: z.number(), nombre: z.string(), perfil_mikrotik: z.string() }),
  cliente: z.object({
    nombre: z.string(),
    email: z.string(),
    telefono: z.string().nullable(),
    mac: z.string().nullable(),
  }),
  /** The last two characters only: of a PIN the name is the whole credential. */
  usuario_hotspot: z.string().nullable(),
  linea_de_tiempo: z.array(
    z.object({ evento: z.enum(timelineEvents), fecha: z.string(), detalle: z.string().nullable() }),
  ),
});
