import type { auditRows } from '../contracts/audit.ts';
import type { ExamplesFor } from '../example.ts';

const trail = {
  entradas: [
    {
      fecha: '2026-05-03T18:22:10.123456',
      empresa_id: 'EMP_3A9F1C0B2D',
      usuario_id: 12,
      usuario: 'ana@wifi.mx',
      rol: 'cliente_admin',
      accion: 'products/update',
      parametros: { producto_id: 3 },
      cambios: { precio: 1500 },
      resultado: '200',
      ip: '203.0.113.7',
      correlacion_id: '0b8e7c1a-5d0f-4e57-9d2a-2f6f1f5a9c11',
    },
  ],
  siguiente: null,
};

export const auditExamples = {
  'audit/list-own': { query: { limit: 50 }, reply: trail },
  'audit/list': { query: { empresa_id: 'EMP_3A9F1C0B2D', limit: 50 }, reply: trail },
} satisfies ExamplesFor<typeof auditRows>;
