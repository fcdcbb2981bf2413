import type { catalogueRows } from '../contracts/catalogue.ts';
import type { ExamplesFor } from '../example.ts';

const product = {
  id: 3,
  perfil_mikrotik_id: '*3',
  perfil_mikrotik_nombre: '1hora',
  nombre_venta: '1 hora de WiFi',
  descripcion: null,
  imagen_url: null,
  precio: 15,
  moneda: 'MXN',
  detalles: [{ texto: '10 Mbps' }],
  destacado: false,
  duracion_minutos: 60,
  limite_mb: null,
  reloj: 'uso' as const,
  dispositivos: 1,
  creado_en: '2026-05-03T18:22:10.123456',
};

export const catalogueExamples = {
  'catalogue/list': { reply: [product] },
  'catalogue/show': { params: { producto_id: 3 }, reply: product },
  'catalogue/answer-debug': { reply: { detail: 'Not Found' } },
} satisfies ExamplesFor<typeof catalogueRows>;
