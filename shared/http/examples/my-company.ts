import type { myCompanyRows } from '../contracts/my-company.ts';
import type { ExamplesFor } from '../example.ts';

const contact = {
  nombre: 'WiFi Café Central',
  contacto_email: 'ana@wifi.mx',
  contacto_telefono: '5512345678',
  telegram_bot_token: null,
  telegram_chat_id: null,
  notificaciones_telegram: false,
};
const conektaForm = {
  conekta_private_key: 'key_privada_de_ejemplo',
  conekta_public_key: 'key_publica_de_ejemplo',
  conekta_mode: 'test',
};
const configured = {
  access_token: true,
  webhook_secret: true,
  public_key: true,
  mode: 'test',
  telegram_configurado: false,
  telegram_activo: false,
};

export const myCompanyExamples = {
  'my-company/show': {
    reply: {
      ...contact,
      id: 'EMP_3A9F1C0B2D',
      logo_url: '/static/logos/logo_EMP_3A9F1C0B2D_a1b2c3.png',
      conekta_mode: 'test',
      conekta_public_key: 'key_publica_de_ejemplo',
      mercado_pago_mode: 'test',
      mercado_pago_public_key: 'TEST-publica-de-ejemplo',
      activa: true,
      creada_en: '2026-05-03T18:22:10.123456',
    },
  },
  'my-company/update': {
    body: { nombre: 'WiFi Café Central', contacto_email: 'ana@wifi.mx', contacto_telefono: '5512345678' },
    reply: { message: 'Información de la empresa actualizada correctamente', empresa: contact },
  },
  'my-company/replace-conekta': {
    body: conektaForm,
    reply: { message: 'Configuración de Conekta actualizada' },
  },
  'my-company/configure-conekta': {
    body: conektaForm,
    reply: { message: 'Credenciales de Conekta actualizadas correctamente' },
  },
  'my-company/show-conekta': {
    reply: {
      message: 'Configuración cargada',
      configuracion_actual: {
        conekta_public_key: 'key_publica_de_ejemplo',
        conekta_mode: 'test',
        conekta_private_key: '********',
        webhook: { estado: 'activo', mensaje: 'Conekta avisa de cada cambio de un pago.' },
        advertencias: [],
      },
    },
  },
  'my-company/show-mercado-pago': {
    reply: {
      message: 'Configuración cargada',
      configuracion_actual: {
        access_token: '********',
        public_key: 'TEST-publica-de-ejemplo',
        mode: 'test',
        webhook_secret: '********',
        advertencias: [],
      },
    },
  },
  'my-company/configure-mercado-pago': {
    body: {
      access_token: 'TEST-token-de-ejemplo',
      public_key: 'TEST-publica-de-ejemplo',
      webhook_secret: 'clave-de-ejemplo',
      mode: 'test',
    },
    reply: { message: 'Credenciales de Mercado Pago actualizadas correctamente' },
  },
  'my-company/configure-credentials': {
    body: {
      access_token: 'TEST-token-de-ejemplo',
      public_key: 'TEST-publica-de-ejemplo',
      webhook_secret: 'clave-de-ejemplo',
      mode: 'test',
    },
    reply: {
      success: true,
      message: 'Credenciales actualizadas correctamente',
      empresa: { id: 'EMP_3A9F1C0B2D', nombre: 'WiFi Café Central' },
      campos_modificados: ['access_token', 'webhook_secret', 'public_key', 'mode'],
      configuracion_actual: configured,
    },
  },
  'my-company/check-conekta': {
    body: { conekta_private_key: 'key_privada_de_ejemplo' },
    reply: {
      ok: true,
      resultado: 'Conekta acepta la llave.',
      modo_configurado: 'test',
      modo_detectado: 'test',
      advertencias: [],
    },
  },
  'my-company/check-mercado-pago': {
    body: { access_token: 'TEST-token-de-ejemplo' },
    reply: {
      ok: true,
      resultado: 'Mercado Pago acepta la llave.',
      modo_configurado: 'test',
      modo_detectado: 'test',
      advertencias: [],
    },
  },
  'my-company/list-routers': {
    reply: {
      empresa_id: 'EMP_3A9F1C0B2D',
      total: 1,
      routers: [
        {
          id: 'RTR_A1B2C3D4',
          nombre: 'Café Central',
          host: 'cafe-central.example.mx',
          ubicacion: 'Planta baja',
          activo: true,
          creado_en: '2026-05-03T18:22:10.123456',
          salud: {
            estado: 'en_linea',
            visto_en: '2026-05-03T19:02:44.5',
            version: '7.16.1 (stable)',
            modelo: 'hAP ax2',
            usuarios: 31,
            latencia_ms: 42,
            error_reloj_segundos: 0,
            bloqueado_device_mode: false,
            advertencias: [],
          },
        },
      ],
    },
  },
  'my-company/update-router': {
    params: { router_id: 'RTR_A1B2C3D4' },
    body: { nombre: 'Café Central', ubicacion: 'Planta baja' },
    reply: {
      message: 'Router actualizado correctamente',
      router: {
        id: 'RTR_A1B2C3D4',
        nombre: 'Café Central',
        host: 'cafe-central.example.mx',
        puerto: 8729,
        usuario: 'api-pagos',
        ubicacion: 'Planta baja',
        activo: true,
        advertencias: [],
      },
    },
  },
  'my-company/test-telegram': {
    body: { token: '7012345678:de-ejemplo', chat_id: '-100555' },
    reply: { message: 'Mensaje de prueba enviado con éxito' },
  },
} satisfies ExamplesFor<typeof myCompanyRows>;
