import * as z from 'zod';
import { purchaseStates } from '../../store/purchases.ts';
import { defineRow, plainRow } from '../contract.ts';
import { integer, optionalChoice, optionalInteger } from '../wire/fields.ts';

const base = { ...plainRow, auth: 'company-admin', needs: ['table', 'sessions:verify'] } as const;
const params = z.object({ id: integer({ min: 0 }) });

/** What an admin sees of one transaction after acting on it. */
const transaction = z.object({
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

const acting = {
  ...base,
  method: 'POST',
  params,
  replies: { 200: z.object({ message: z.string(), transaccion: transaction }) },
  needs: [...base.needs, 'jobs:send', 'gateway-credentials:open'],
  timeoutSeconds: 29,
} as const;

/** Contract 6.5, #30, and our own ways to give money back (additive). */
export const transactionRows = {
  list: defineRow({
    ...base,
    id: 'transactions/list',
    summary: 'Lista las transacciones de la empresa propia, las más nuevas primero.',
    method: 'GET',
    path: '/api/v1/admin/mi-empresa/transacciones',
    query: z.object({
      limit: optionalInteger(50, { min: 1, max: 200 }),
      offset: optionalInteger(0, { min: 0, max: 1000 }),
      estado: optionalChoice(purchaseStates),
    }),
    replies: {
      200: z.object({
        empresa_id: z.string(),
        total: z.number().nullable(),
        limit: z.number(),
        offset: z.number(),
        transacciones: z.array(
          z.object({
            id: z.number(),
            transaccion_id: z.string().nullable(),
            monto: z.number(),
            estado_pago: z.string(),
            cliente_nombre: z.string(),
            creada_en: z.string(),
            monto_reembolsado: z.number(),
            estado: z.string(),
          }),
        ),
      }),
    },
  }),
  refund: defineRow({
    ...acting,
    id: 'transactions/refund',
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
    summary: 'Reintenta un reembolso que falló.',
    path: '/api/v1/admin/mi-empresa/transacciones/{id}/reintentar-reembolso',
  }),
  deliver: defineRow({
    ...acting,
    id: 'transactions/deliver',
    summary: 'Entrega el acceso de una transacción cuyo reembolso falló.',
    path: '/api/v1/admin/mi-empresa/transacciones/{id}/entregar',
  }),
};
