import * as z from 'zod';
import { purchaseStates } from '../../store/purchases.ts';
import { defineRow, plainRow } from '../contract.ts';
import { integer, optionalChoice, optionalDay, optionalInteger, optionalText } from '../wire/fields.ts';
import { transactionBody, transactionDetailBody } from '../wire/transaction-bodies.ts';

const base = { ...plainRow, auth: 'company-admin', needs: ['table', 'sessions:verify'] } as const;
const params = z.object({ id: integer({ min: 0 }) });

const acting = {
  ...base,
  method: 'POST',
  params,
  replies: { 200: z.object({ message: z.string(), transaccion: transactionBody }) },
  needs: [...base.needs, 'jobs:send', 'gateway-credentials:open'],
  timeoutSeconds: 29,
} as const;

const listed = {
  id: z.number(),
  transaccion_id: z.string().nullable(),
  monto: z.number(),
  estado_pago: z.string(),
  cliente_nombre: z.string(),
  creada_en: z.string(),
  monto_reembolsado: z.number(),
  estado: z.string(),
};

/** Contract 6.5, #30, and our own ways to give money back (additive). */
export const transactionRows = {
  list: defineRow({
    ...base,
    id: 'transactions/list',
    reads: ['company', 'figures'],
    summary: 'Lista las transacciones de la empresa propia, las más nuevas primero.',
    method: 'GET',
    path: '/api/v1/admin/mi-empresa/transacciones',
    query: z.object({
      // Higher ones have an answer of their own: `Use cursor`.
      limit: optionalInteger(50, { min: 1 }),
      offset: optionalInteger(0, { min: 0 }),
      cursor: optionalInteger(undefined, { min: 0 }),
      estado: optionalChoice(purchaseStates),
      router_id: optionalText({ max: 50 }),
      producto_id: optionalInteger(undefined),
      pasarela: optionalChoice(['conekta', 'mercado_pago'] as const),
      desde: optionalDay(),
      hasta: optionalDay(),
    }),
    replies: {
      200: z.object({
        empresa_id: z.string(),
        /** Of all transactions; null where only some of them were asked for. */
        total: z.number().nullable(),
        limit: z.number(),
        offset: z.number(),
        transacciones: z.array(z.object(listed)),
        /** Beyond the contract: to be sent as `cursor` for those that follow; null when there are none. */
        siguiente: z.string().nullable(),
      }),
    },
  }),
  /** Beyond the contract: everything that is known of one, without its code. */
  show: defineRow({
    ...base,
    id: 'transactions/show',
    summary: 'Muestra una transacción y su línea de tiempo.',
    reads: ['purchase'],
    method: 'GET',
    path: '/api/v1/admin/mi-empresa/transacciones/{id}',
    params,
    replies: { 200: transactionDetailBody },
  }),
  refund: defineRow({
    ...acting,
    id: 'transactions/refund',
    reads: ['purchase'],
    summary: 'Reembolsa una transacción, toda o en parte.',
    path: '/api/v1/admin/mi-empresa/transacciones/{id}/reembolsar',
    // Without a body: all that is left.
    body: z
      .object({
        monto: z
          .unknown()
          .optional()
          .meta({ type: ['number', 'null'], exclusiveMinimum: 0 }),
      })
      .prefault({}),
  }),
  retryRefund: defineRow({
    ...acting,
    id: 'transactions/retry-refund',
    reads: ['purchase'],
    summary: 'Reintenta un reembolso que falló.',
    path: '/api/v1/admin/mi-empresa/transacciones/{id}/reintentar-reembolso',
  }),
  deliver: defineRow({
    ...acting,
    id: 'transactions/deliver',
    reads: ['purchase'],
    summary: 'Entrega el acceso de una transacción cuyo reembolso falló.',
    path: '/api/v1/admin/mi-empresa/transacciones/{id}/entregar',
  }),
};
