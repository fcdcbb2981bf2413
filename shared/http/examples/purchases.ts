import type { purchaseRows } from '../contracts/purchases.ts';
import type { ExamplesFor } from '../example.ts';

export const purchaseExamples = {
  'purchases/show': {
    params: { id_compra: 344556677889900 },
    query: { t: 'secreto-de-ejemplo' },
    reply: {
      id_compra: 344556677889900,
      estado_pago: 'paid',
      estado_entrega: 'entregado',
      mensaje: 'Tu pago fue aprobado y tu acceso está activo.',
      tipo_usuario: 'usuario_contrasena',
      producto: { nombre: '1 hora de WiFi', precio: 15, moneda: 'MXN' },
      tiempo: {
        reloj: 'uso',
        segundos_restantes: 3120,
        mb_restantes: null,
        termina_en: null,
        usar_antes_de: '2026-06-02T18:22:10.123Z',
      },
      usuario_hotspot: { usuario: 'PT-7K2QXM4H', contrasena: '482193' },
    },
  },
} satisfies ExamplesFor<typeof purchaseRows>;
