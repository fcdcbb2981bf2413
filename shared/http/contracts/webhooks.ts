import * as z from 'zod';
import { webhookPaths } from '../../gateways/webhook-paths.ts';
import { defineRow, plainRow } from '../contract.ts';

/** Says nothing about the company: anybody may ask (contract 8.1 RULE). */
const received = z.object({ status: z.literal('received'), message: z.string(), received_at: z.string() });

/** What is read of a notification; of the payment itself nothing that it says is believed. */
const mercadoPagoNotification = z.looseObject({
  type: z.string(),
  action: z.string().optional(),
  data: z.looseObject({ id: z.string() }),
});
const conektaEvent = z.looseObject({ type: z.string(), data: z.looseObject({ object: z.looseObject({}) }) });

/** Query and body are read by the gateway's own reader, which refuses nothing: what makes no sense is acknowledged. */
const base = { ...plainRow, method: 'POST', auth: 'none', replies: { 200: received }, refusals: [401] } as const;

/** Contract 8.1, and our own for Conekta (8.3). */
export const webhookRows = {
  mercadoPago: defineRow({
    ...base,
    id: 'webhooks/receive-mercado-pago',
    summary: 'Recibe las notificaciones de Mercado Pago.',
    path: webhookPaths.mercadoPago,
    rawBody: mercadoPagoNotification,
    needs: ['table', 'gateway-credentials:open', 'hints:send'],
  }),
  conekta: defineRow({
    ...base,
    id: 'webhooks/receive-conekta',
    summary: 'Recibe los eventos de Conekta.',
    path: webhookPaths.conekta('{empresa_id}'),
    params: z.object({ empresa_id: z.string() }),
    rawBody: conektaEvent,
    needs: ['table', 'hints:send'],
  }),
};
