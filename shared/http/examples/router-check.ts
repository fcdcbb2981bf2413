import type { routerCheckRows } from '../contracts/router-check.ts';
import type { ExamplesFor } from '../example.ts';

export const routerCheckExamples = {
  'router-check/show': {
    reply: {
      success: true,
      estado: 'activo',
      mensaje: 'Router en línea y responde correctamente',
      error_detalle: null,
      conexion_ok: true,
      timestamp: '2026-05-03T18:22:10.123456',
    },
  },
} satisfies ExamplesFor<typeof routerCheckRows>;
