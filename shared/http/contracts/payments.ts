import * as z from 'zod';
import { accessKinds } from '../../store/purchases.ts';
import { defineRow, plainRow } from '../contract.ts';
import {
  aliased,
  email,
  integer,
  oneOfOr,
  optionalFlag,
  optionalIpv4,
  optionalMac,
  optionalPhone,
  optionalText,
  text,
} from '../wire/fields.ts';

/** Contract 6.3. Each field has an English name too. */
export const buyBody = aliased(
  z.object({
    producto_id: integer(),
    token_tarjeta: text({ max: 255 }),
    nombre_cliente: text({ min: 1, max: 100 }),
    email_cliente: email(),
    telefono_cliente: optionalPhone(),
    tipo_usuario: oneOfOr(accessKinds, 'usuario_contrasena'),
    mac_cliente: optionalMac(),
    ip_cliente: optionalIpv4(),
    // Nobody reads it (contract 6.3), so a browser that has much to say of itself loses no sale.
    info_dispositivo: optionalText({ max: 100_000, multiline: true }),
    conexion_automatica: optionalFlag(false),
  }),
  {
    producto_id: 'product_id',
    token_tarjeta: 'card_token',
    nombre_cliente: 'customer_name',
    email_cliente: 'customer_email',
    telefono_cliente: 'customer_phone',
    tipo_usuario: 'user_type',
    mac_cliente: 'mac_address',
    ip_cliente: 'ip_address',
    info_dispositivo: 'device_info',
    conexion_automatica: 'auto_connect',
  },
);

const autoConnection = z.object({
  estado: z.enum(['conectado', 'no_conectado']),
  mac: z.string(),
  ip: z.string(),
  mensaje: z.string(),
  verificado: z.boolean(),
  session_id: z.null().optional(),
});

/** Contract 7.2, "Success answer", and our additive fields (design 3, step 6). */
const sold = z.object({
  success: z.literal(true),
  id_transaccion: z.string(),
  estado_pago: z.string(),
  tipo_usuario: z.enum(accessKinds),
  usuario_hotspot: z.object({ usuario: z.string(), contrasena: z.string() }),
  producto: z.object({ nombre: z.string(), precio: z.number(), moneda: z.string(), perfil_mikrotik: z.string() }),
  cliente: z.object({ nombre: z.string(), email: z.string() }),
  timestamp: z.string(),
  auto_conexion: autoConnection,
  id_compra: z.number(),
  estado_entrega: z.enum(['entregado', 'pendiente']),
  consulta_url: z.string(),
});

/** Not sold, or not known yet. The link lets the portal follow what is still open. */
const unsold = z.object({
  detail: z.string(),
  id_compra: z.number(),
  consulta_url: z.string().optional(),
  next_action: z
    .object({ type: z.literal('redirect_to_url'), redirect_to_url: z.object({ url: z.string() }) })
    .optional(),
});

export const paymentRows = {
  payWithConekta: defineRow({
    ...plainRow,
    id: 'payments/pay-with-conekta',
    method: 'POST',
    path: '/api/v1/payments/pagar-conekta',
    auth: 'api-key',
    body: buyBody,
    replies: {
      200: sold,
      400: unsold,
      401: unsold,
      402: unsold,
      404: unsold,
      409: unsold,
      422: unsold,
      429: unsold,
      500: unsold,
      504: unsold,
    },
    needs: [
      'table',
      'jobs:send',
      'api-keys:verify',
      'gateway-credentials:open',
      'access-codes:seal',
      'access-codes:open',
    ],
    timeoutSeconds: 29,
  }),
};
