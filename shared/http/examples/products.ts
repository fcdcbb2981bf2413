import type { productRows } from '../contracts/products.ts';
import type { ExamplesFor } from '../example.ts';

const params = { producto_id: 3 };
const sold = { duracion_minutos: 60, limite_mb: null, reloj: 'uso', dispositivos: 1 } as const;
const product = {
  id: 3,
  router_id: 'RTR_A1B2C3D4',
  perfil_mikrotik_id: '*3',
  perfil_mikrotik_nombre: '1hora',
  nombre_venta: '1 hora de WiFi',
  descripcion: null,
  imagen_url: null,
  precio: 15,
  moneda: 'MXN',
  detalles: ['10 Mbps'],
  activo: true,
  orden_visual: 0,
  destacado: false,
  ...sold,
  creado_en: '2026-05-03T18:22:10.123456',
};

export const productExamples = {
  'products/create': {
    body: {
      router_id: 'RTR_A1B2C3D4',
      perfil_mikrotik_id: '*3',
      perfil_mikrotik_nombre: '1hora',
      nombre_venta: '1 hora de WiFi',
      precio: 15,
      moneda: 'MXN',
      detalles: ['10 Mbps'],
      ...sold,
    },
    reply: product,
  },
  'products/list': { query: { router_id: 'RTR_A1B2C3D4' }, reply: [product] },
  'products/show': { params, reply: product },
  'products/update': {
    params,
    body: { precio: 18.5, destacado: true },
    reply: { ...product, precio: 18.5, destacado: true },
  },
  'products/deactivate': { params, reply: { message: 'Producto desactivado', producto_id: 3, activo: false } },
} satisfies ExamplesFor<typeof productRows>;
