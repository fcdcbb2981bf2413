import { webhookPaths } from '../../gateways/webhook-paths.ts';
import { decimalFromMinor } from '../../platform/money.ts';
import type { PurchaseByReference } from '../../purchases/look-up.ts';
import type { Company } from '../../store/companies.ts';
import type { ReplyOf } from '../contract.ts';
import type { webhookSettingsRows } from '../contracts/webhook-settings.ts';
import { transactionId } from './buy-answer.ts';
import { maskedName } from './masked-name.ts';
import { paymentStateOnWire } from './purchase-states.ts';
import { zonelessTime, zonelessTimeOrNull } from './timestamp.ts';

type Rows = typeof webhookSettingsRows;
type ConfiguredBody = ReplyOf<Rows['configure']>['body'];
type StatusBody = ReplyOf<Rows['showStatus']>['body'];
type TestBody = ReplyOf<Rows['showTest']>['body'];
type TransactionBody = ReplyOf<Rows['showTransaction']>['body'];

/** The address a company enters in Mercado Pago's panel: the same that each of its payments names. */
export const mercadoPagoWebhookUrl = (ownUrl: string, companyId: string): string =>
  `${ownUrl}${webhookPaths.mercadoPago}?empresa=${encodeURIComponent(companyId)}&source_news=webhooks`;

/** The reference shows the first characters of the secret among the instructions; here nobody sees any of it again. */
export function toConfiguredBody({ id, name }: Company, ownUrl: string): ConfiguredBody {
  const webhook_url = mercadoPagoWebhookUrl(ownUrl, id);
  return {
    success: true,
    message: 'Clave secreta configurada correctamente',
    empresa: { id, nombre: name },
    webhook_url,
    instrucciones: [
      '1. Ir al panel de Mercado Pago: Tus integraciones > su aplicación > Webhooks > Configurar notificaciones',
      `2. Escribir esta URL en los modos de prueba y de producción: ${webhook_url}`,
      '3. Seleccionar los eventos "Pagos" y "Contracargos"',
      '4. Comprobar que la clave secreta del panel es la que acaba de guardar (por seguridad no se muestra aquí)',
      '5. Guardar la configuración y enviar una notificación con "Simular notificación"',
    ],
  };
}

export const toStatusBody = (
  { id, name, mercadoPago }: Company,
  transactions: number,
  ownUrl: string,
  now: number,
): StatusBody => ({
  empresa: {
    id,
    nombre: name,
    modo_mercado_pago: mercadoPago.mode,
    access_token_configurado: mercadoPago.sealedAccessToken !== null,
    webhook_secret_configurado: mercadoPago.sealedWebhookSecret !== null,
  },
  estadisticas: { total_transacciones: transactions },
  configuracion_webhook: {
    url: mercadoPagoWebhookUrl(ownUrl, id),
    metodo: 'POST',
    header_firma: 'X-Signature',
    tipo_contenido: 'application/json',
  },
  estado: mercadoPago.sealedWebhookSecret === null ? 'pendiente' : 'configurado',
  timestamp: zonelessTime(now),
});

/** One address for tests and production: the company's keys decide which of the two a payment is. */
export function toTestBody(ownUrl: string, now: number): TestBody {
  const url = `${ownUrl}${webhookPaths.mercadoPago}`;
  return {
    status: 'active',
    service: 'Mercado Pago Webhook',
    endpoint: webhookPaths.mercadoPago,
    method: 'POST',
    description: 'Recibe las notificaciones de pagos de Mercado Pago',
    url_produccion: url,
    url_pruebas: url,
    health_check: 'ok',
    timestamp: zonelessTime(now),
  };
}

export const toTransactionBody = ({ purchase, username, company }: PurchaseByReference): TransactionBody => ({
  transaction: {
    id: purchase.id,
    transaccion_id: transactionId(purchase),
    external_reference: purchase.orderRef,
    empresa_id: purchase.companyId,
    estado_pago: paymentStateOnWire(purchase),
    monto: decimalFromMinor(purchase.amountMinor),
    usuario_hotspot: username === null ? null : maskedName(username),
    creada_en: zonelessTime(purchase.createdAt),
    pagada_en: zonelessTimeOrNull(purchase.paidAt),
    webhook_processed: false,
    notification_id: null,
    metadata_json: {
      gateway: purchase.gateway === 'conekta' ? 'conekta' : 'mercado_pago',
      payment_method: purchase.paidWith?.methodId ?? null,
      status_detail: purchase.paidWith?.statusDetail ?? null,
      installments: purchase.paidWith?.installments ?? null,
    },
  },
  empresa: company
    ? {
        id: company.id,
        nombre: company.name,
        tiene_webhook_secret: company.mercadoPago.sealedWebhookSecret !== null,
      }
    : null,
});
