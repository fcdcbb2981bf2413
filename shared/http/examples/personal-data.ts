import type { personalDataRows } from '../contracts/personal-data.ts';
import type { ExamplesFor } from '../example.ts';

const request = {
  solicitud_id: '0f1e2d3c4b5a69788796a5b4',
  estado: 'en_proceso' as const,
  compras: 0,
  solicitada_en: '2026-05-03T18:22:10.123456',
  terminada_en: null,
};

export const personalDataExamples = {
  'personal-data/erase': { body: { email: 'luis@correo.mx' }, reply: request },
  'personal-data/show': {
    params: { solicitud_id: '0f1e2d3c4b5a69788796a5b4' },
    reply: { ...request, estado: 'terminada', compras: 3, terminada_en: '2026-05-03T18:23:02.5' },
  },
} satisfies ExamplesFor<typeof personalDataRows>;
