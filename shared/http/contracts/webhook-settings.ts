import * as z from 'zod';
import { webhookPaths } from '../../gateways/webhook-paths.ts';
import { gatewayModes } from '../../store/companies.ts';
import { defineRow, plainRow } from '../contract.ts';
import { text } from '../wire/fields.ts';
import { secretReplacementOnly } from '../wire/replacement.ts';

const path = '/api/v1/webhook';
/** A company's own admin, or a super admin: the reference asks nobody (contract 8.2 RULE). */
const base = { ...plainRow, auth: 'session', needs: ['sessions:verify', 'table'] } as const;
const ofCompany = z.object({ empresa_id: text({ max: 50 }) });
const company = { id: z.string(), nombre: z.string() };

/** Contract 1, rows 57 to 60; contract 8.2. */
export const webhookSettingsRows = {
  configure: defineRow({
    ...base,
    id: 'webhook-settings/configure',
    reads: ['company'],
    summary: 'Guarda la clave secreta del webhook de Mercado Pago de una empresa.',
    method: 'POST',
    path: `${path}/empresa/{empresa_id}/configurar-webhook`,
    params: ofCompany,
    body: z.object({ webhook_secret: secretReplacementOnly(255) }).prefault({}),
    replies: {
      200: z.object({
        success: z.literal(true),
        message: z.string(),
        empresa: z.object(company),
        webhook_url: z.string(),
        instrucciones: z.array(z.string()).length(5),
      }),
    },
    needs: [...base.needs, 'gateway-credentials:seal', 'own-url'],
  }),
  showStatus: defineRow({
    ...base,
    id: 'webhook-settings/show-status',
    reads: ['company', 'figures'],
    summary: 'Muestra cómo está configurado el webhook de una empresa.',
    method: 'GET',
    path: `${path}/empresa/{empresa_id}/estado-webhook`,
    params: ofCompany,
    replies: {
      200: z.object({
        empresa: z.object({
          ...company,
          modo_mercado_pago: z.enum(gatewayModes),
          access_token_configurado: z.boolean(),
          webhook_secret_configurado: z.boolean(),
        }),
        estadisticas: z.object({ total_transacciones: z.number() }),
        configuracion_webhook: z.object({
          url: z.string(),
          metodo: z.literal('POST'),
          header_firma: z.literal('X-Signature'),
          tipo_contenido: z.literal('application/json'),
        }),
        estado: z.enum(['configurado', 'pendiente']),
        timestamp: z.string(),
      }),
    },
    needs: [...base.needs, 'own-url'],
  }),
  showTest: defineRow({
    ...plainRow,
    id: 'webhook-settings/show-test',
    summary: 'Dice que el webhook de Mercado Pago está activo.',
    method: 'GET',
    path: `${path}/test-webhook`,
    auth: 'none',
    replies: {
      200: z.object({
        status: z.literal('active'),
        service: z.string(),
        endpoint: z.literal(webhookPaths.mercadoPago),
        method: z.literal('POST'),
        description: z.string(),
        url_produccion: z.string(),
        url_pruebas: z.string(),
        health_check: z.literal('ok'),
        timestamp: z.string(),
      }),
    },
    needs: ['own-url'],
  }),
  showTransaction: defineRow({
    ...base,
    id: 'webhook-settings/show-transaction',
    reads: ['purchase-owner'],
    summary: 'Busca una transacción por su referencia externa.',
    method: 'GET',
    path: `${path}/transaccion/{external_reference}`,
    params: z.object({ external_reference: text({ max: 100 }) }),
    replies: {
      200: z.object({
        transaction: z.object({
          id: z.number(),
          transaccion_id: z.string().nullable(),
          external_reference: z.string().nullable(),
          empresa_id: z.string(),
          estado_pago: z.string(),
          monto: z.number(),
          usuario_hotspot: z.string().nullable(),
          creada_en: z.string(),
          pagada_en: z.string().nullable(),
          /** Webhooks are hints here, and not kept beside the purchase they were about: no notification decides one. */
          webhook_processed: z.literal(false),
          notification_id: z.null(),
          metadata_json: z.object({
            gateway: z.enum(['conekta', 'mercado_pago']),
            payment_method: z.string().nullable(),
            status_detail: z.string().nullable(),
            installments: z.number().nullable(),
          }),
        }),
        empresa: z.object({ ...company, tiene_webhook_secret: z.boolean() }).nullable(),
      }),
    },
  }),
};
