import * as z from 'zod';
import { accessKinds } from '../../store/purchases.ts';
import { defineRow, plainRow, WHOLE_CPU_MB } from '../contract.ts';
import {
  aliased,
  amount,
  email,
  integer,
  integerDigits,
  oneOfOr,
  optionalFlag,
  optionalInteger,
  optionalIpv4,
  optionalMac,
  optionalPhone,
  optionalText,
  optionalTextOrNumber,
  text,
} from '../wire/fields.ts';
import { paymentStatusBody } from '../wire/payment-status.ts';
import { nextActionBody } from '../wire/next-action.ts';

/** What both purchases ask for (contract 6.3). Each field has an English name too. */
const orderFields = {
  producto_id: integer(),
  nombre_cliente: text({ min: 1, max: 100 }),
  email_cliente: email(),
  telefono_cliente: optionalPhone(),
  tipo_usuario: oneOfOr(accessKinds, 'usuario_contrasena'),
  mac_cliente: optionalMac(),
  ip_cliente: optionalIpv4(),
  // Nobody reads it (contract 6.3), so a browser that has much to say of itself loses no sale.
  info_dispositivo: optionalText({ max: 100_000, multiline: true }),
  conexion_automatica: optionalFlag(false),
  /** Ours: a code that is there, and the `t` of its link, to add the time to it instead of getting another. */
  codigo: optionalText({ max: 40 }),
  t: optionalText({ max: 64 }),
};

const orderFieldsInEnglish = {
  producto_id: 'product_id',
  nombre_cliente: 'customer_name',
  email_cliente: 'customer_email',
  telefono_cliente: 'customer_phone',
  tipo_usuario: 'user_type',
  mac_cliente: 'mac_address',
  ip_cliente: 'ip_address',
  info_dispositivo: 'device_info',
  conexion_automatica: 'auto_connect',
  codigo: 'code',
} as const;

export const buyBody = aliased(z.object({ ...orderFields, token_tarjeta: text({ max: 255 }) }), {
  ...orderFieldsInEnglish,
  token_tarjeta: 'card_token',
});

/** What Mercado Pago's form collects of the buyer; of anything else it says nothing is wanted, and nothing refused. */
const payer = z
  .object({
    identification: z.object({ type: z.string().min(1).max(20), number: z.string().min(1).max(40) }).nullish(),
  })
  .nullish()
  .catch(null);

export const mercadoPagoBuyBody = aliased(
  z.object({
    ...orderFields,
    token: text({ max: 255 }),
    payment_method_id: text({ min: 1, max: 50 }),
    issuer_id: optionalTextOrNumber({ max: 50 }),
    monto: amount(),
    cuotas: optionalInteger(1, { min: 1, max: 99 }),
    device_id: optionalText({ max: 255 }),
    payer,
  }),
  { ...orderFieldsInEnglish, monto: 'transaction_amount', cuotas: 'installments' },
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

/** Contract 7.3, "Success answer". */
const soldByMercadoPago = sold.extend({
  mercado_pago: z.object({
    payment_id: z.number(),
    status: z.string(),
    status_detail: z.string(),
    installments: z.number(),
    payment_method: z.object({
      id: z.string().nullable(),
      type: z.string().nullable(),
      issuer: z.string().nullable(),
      last_four_digits: z.string().nullable(),
      installments: z.number(),
    }),
    raw_response: z.object({}),
  }),
});

/** Not sold, or not known yet. The link lets the portal follow what is still open. */
const unsold = z.object({
  detail: z.string(),
  id_compra: z.number(),
  consulta_url: z.string().optional(),
  next_action: nextActionBody.optional(),
});

const unsoldReplies = {
  400: unsold,
  401: unsold,
  402: unsold,
  404: unsold,
  409: unsold,
  422: unsold,
  429: unsold,
  500: unsold,
  504: unsold,
} as const;

const buying = [
  'table',
  'jobs:send',
  'api-keys:verify',
  'gateway-credentials:open',
  'access-codes:seal',
  'access-codes:open',
] as const;

export const paymentRows = {
  payWithConekta: defineRow({
    ...plainRow,
    id: 'payments/pay-with-conekta',
    summary: 'Cobra un plan con Conekta y crea el acceso en el router.',
    method: 'POST',
    path: '/api/v1/payments/pagar-conekta',
    auth: 'api-key',
    body: buyBody,
    replies: { 200: sold, ...unsoldReplies },
    needs: buying,
    timeoutSeconds: 29,
    memoryMb: WHOLE_CPU_MB,
  }),
  payWithMercadoPago: defineRow({
    ...plainRow,
    id: 'payments/pay-with-mercado-pago',
    summary: 'Cobra un plan con Mercado Pago y crea el acceso en el router.',
    method: 'POST',
    path: '/api/v1/payments/pagar-mercado-pago',
    auth: 'api-key',
    body: mercadoPagoBuyBody,
    replies: { 200: soldByMercadoPago, ...unsoldReplies },
    needs: [...buying, 'own-url'],
    timeoutSeconds: 29,
    memoryMb: WHOLE_CPU_MB,
  }),
  showPaymentStatus: defineRow({
    ...plainRow,
    id: 'payments/show-payment-status',
    summary: 'Consulta en Mercado Pago el estado de un pago.',
    method: 'GET',
    path: '/api/v1/payments/estado-pago/{payment_id}',
    auth: 'api-key',
    params: z.object({ payment_id: integerDigits() }),
    replies: { 200: paymentStatusBody },
    needs: ['table', 'api-keys:verify', 'gateway-credentials:open'],
    timeoutSeconds: 12,
  }),
};
