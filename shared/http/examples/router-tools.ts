import type { routerToolRows } from '../contracts/router-tools.ts';
import type { ExamplesFor } from '../example.ts';

const params = { router_id: 'RTR_A1B2C3D4' };
const tally = { vivos: 31, repuestos: 1, retirados: 2, ajustados: 0, ajenos: 0, fallidos: 0 };

export const routerToolExamples = {
  'router-tools/list-profiles': {
    params,
    reply: [
      {
        id: '*3',
        name: '1hora',
        session_timeout: '1h',
        idle_timeout: 'none',
        keepalive_timeout: '2m',
        status_autorefresh: '1m',
        shared_users: '1',
        rate_limit: '10M/10M',
        address_list: '',
        mac_cookie_timeout: '3d',
      },
    ],
  },
  'router-tools/test-connection': {
    params,
    reply: {
      success: true,
      message: 'Conexión exitosa',
      router: {
        id: 'RTR_A1B2C3D4',
        nombre: 'Café Central',
        host: 'cafe-central.example.mx',
        puerto: 8729,
        activo: true,
      },
      perfiles_encontrados: 4,
      router_name: 'cafe-central',
      error: null,
      timestamp: '2026-05-03T18:22:10.123456',
    },
  },
  'router-tools/show-health': {
    params,
    reply: {
      router_id: 'RTR_A1B2C3D4',
      nombre: 'Café Central',
      activo: true,
      estado: 'en_linea',
      visto_en: '2026-05-03T18:22:10.123456',
      version: '7.16.1 (stable)',
      modelo: 'hAP ax2',
      usuarios: 31,
      latencia_ms: 42,
      error_reloj_segundos: 0,
      bloqueado_device_mode: false,
      advertencias: [],
      identidad: 'cafe-central',
      tiempo_encendido_segundos: 864000,
      revisado_en: '2026-05-03T18:22:10.123456',
      ultima_falla_en: null,
      caido_desde: null,
      fallas_seguidas: 0,
      motivo_falla: null,
      huella_certificado: null,
      perfiles: [{ nombre: '1hora', rate_limit: '10M/10M', shared_users: '1', session_timeout: '1h' }],
      latido_minutos: 5,
      conciliacion: { terminada_en: '2026-05-03T03:10:00', ...tally },
    },
  },
  'router-tools/reconcile': {
    params,
    reply: { router_id: 'RTR_A1B2C3D4', estado: 'terminada', mensaje: 'El router quedó como debe estar', ...tally },
  },
  'router-tools/set-heartbeat': {
    params,
    body: { latido_minutos: 5 },
    reply: { router_id: 'RTR_A1B2C3D4', latido_minutos: 5 },
  },
} satisfies ExamplesFor<typeof routerToolRows>;
