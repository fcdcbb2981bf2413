import type { routerRows } from '../contracts/routers.ts';
import type { ExamplesFor } from '../example.ts';

const params = { empresa_id: 'EMP_3A9F1C0B2D', router_id: 'RTR_A1B2C3D4' };
const router = {
  id: 'RTR_A1B2C3D4',
  empresa_id: 'EMP_3A9F1C0B2D',
  nombre: 'Café Central',
  host: 'cafe-central.example.mx',
  puerto: 8729,
  ubicacion: 'Planta baja',
  activo: true,
  creado_en: '2026-05-03T18:22:10.123456',
  advertencias: [],
};

export const routerExamples = {
  'routers/create': {
    params: { empresa_id: 'EMP_3A9F1C0B2D' },
    body: {
      empresa_id: 'EMP_3A9F1C0B2D',
      nombre: 'Café Central',
      host: 'cafe-central.example.mx',
      puerto: 8729,
      usuario: 'api-pagos',
      password: 'contraseña-de-ejemplo',
      ubicacion: 'Planta baja',
    },
    reply: {
      ...router,
      api_key: 'jwt_cabecera.datos.firma',
      api_key_info: {
        key_id: 'key_0f1e2d3c4b5a6978',
        issued_at: '2026-05-03T18:22:10.123456',
        expires_at: '2027-05-03T18:22:10.123456',
        type: 'router_api_key',
      },
    },
  },
  'routers/list': { params: { empresa_id: 'EMP_3A9F1C0B2D' }, reply: [router] },
  'routers/show': { params, reply: router },
  'routers/update': {
    params,
    body: { nombre: 'Café Central', ubicacion: 'Planta alta' },
    reply: { ...router, ubicacion: 'Planta alta' },
  },
  'routers/list-health': {
    query: { limit: 10 },
    reply: {
      routers: [
        {
          id: 'RTR_A1B2C3D4',
          nombre: 'Café Central',
          empresa_id: 'EMP_3A9F1C0B2D',
          empresa_nombre: 'WiFi Café Central',
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
        },
      ],
      siguiente: null,
    },
  },
  'routers/remove': {
    params,
    reply: {
      message: 'Router eliminado exitosamente',
      router_id: 'RTR_A1B2C3D4',
      empresa_id: 'EMP_3A9F1C0B2D',
    },
  },
  'routers/toggle': {
    params,
    reply: { message: 'Router desactivado correctamente', router_id: 'RTR_A1B2C3D4', activo: false },
  },
  'routers/show-kit': {
    params,
    query: { version: '7' },
    reply: '# Pagos Hotspot. Suba este archivo a Files del router.\n',
  },
  'routers/set-tunnel-key': {
    params,
    body: { clave_publica: 'ZWplbXBsbyBkZSBjbGF2ZSBwdWJsaWNhIDMyIGJ5dGU=' },
    reply: {
      router_id: 'RTR_A1B2C3D4',
      clave_publica: 'ZWplbXBsbyBkZSBjbGF2ZSBwdWJsaWNhIDMyIGJ5dGU=',
      direccion_tunel: '10.99.0.7',
    },
  },
} satisfies ExamplesFor<typeof routerRows>;
