import type { webhookSettingsRows } from '../contracts/webhook-settings.ts';
import type { ExamplesFor } from '../example.ts';

const params = { empresa_id: 'EMP_3A9F1C0B2D' };
const company = { id: 'EMP_3A9F1C0B2D', nombre: 'WiFi Café Central' };
const address = 'https://api.example.mx/api/v1/webhook/mercado-pago';
const url = `${address}?empresa=EMP_3A9F1C0B2D&source_news=webhooks`;
const timestamp = '2026-05-03T18:22:10.123456';

export const webhookSettingsExamples = {
  'webhook-settings/configure': {
    params,
    body: { webhook_secret: 'clave-de-ejemplo' },
    reply: {
      success: true,
      message: 'Clave secreta configurada correctamente',
      empresa: company,
      webhook_url: url,
      instrucciones: [
        '1. Ir al panel de Mercado Pago: Tus integraciones > su aplicación > Webhooks > Configurar notificaciones',
        `2. Escribir esta URL en los modos de prueba y de producción: ${url}`,
        '3. Seleccionar los eventos "Pagos" y "Contracargos"',
        '4. Comprobar que la clave secreta del panel es la que acaba de guardar (por seguridad no se muestra aquí)',
        '5. Guardar la configuración y enviar una notificación con "Simular notificación"',
      ],
    },
  },
  'webhook-settings/show-status': {
    params,
    reply: {
      empresa: {
        ...company,
        modo_mercado_pago: 'test',
        access_token_configurado: true,
        webhook_secret_configurado: true,
      },
      estadisticas: { total_transacciones: 214 },
      configuracion_webhook: {
        url,
        metodo: 'POST',
        header_firma: 'X-Signature',
        tipo_contenido: 'application/json',
      },
      estado: 'configurado',
      timestamp,
    },
  },
  'webhook-settings/show-test': {
    reply: {
      status: 'active',
      service: 'Mercado Pago Webhook',
      endpoint: '/api/v1/webhook/mercado-pago',
      method: 'POST',
      description: 'Recibe las notificaciones de pagos de Mercado Pago',
      url_produccion: address,
      url_pruebas: address,
      health_check: 'ok',
      timestamp,
    },
  },
  'webhook-settings/show-transaction': {
    params: { external_reference: 'HS344556677889900' },
    reply: {
      transaction: {
        id: 344556677889900,
        transaccion_id: '123456789',
        external_reference: 'HS344556677889900',
        empresa_id: 'EMP_3A9F1C0B2D',
        estado_pago: 'approved',
        monto: 15,
        usuario_hotspot: 'PT-7K2QXM4H',
        creada_en: timestamp,
        pagada_en: timestamp,
        webhook_processed: false,
        notification_id: null,
        metadata_json: {
          gateway: 'mercado_pago',
          payment_method: 'visa',
          status_detail: 'accredited',
          installments: 1,
        },
      },
      empresa: { ...company, tiene_webhook_secret: true },
    },
  },
} satisfies ExamplesFor<typeof webhookSettingsRows>;
