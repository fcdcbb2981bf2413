import type { comparisonRows } from '../contracts/comparison.ts';
import type { ExamplesFor } from '../example.ts';

export const comparisonExamples = {
  'comparison/show': {
    reply: {
      ultima: {
        desde: '2026-05-02T18:22:10',
        hasta: '2026-05-03T18:22:10',
        terminada_en: '2026-05-03T18:22:14.5',
        pasarelas: [
          {
            pasarela: 'conekta',
            estado: 'completa',
            vistas: 120,
            nuestras: 118,
            ajenas: 2,
            coinciden: 118,
            corregidas: 0,
            total_diferencias: 0,
            diferencias: [],
          },
        ],
      },
      en_curso: null,
      proxima_en: '2026-05-04T18:22:10',
    },
  },
} satisfies ExamplesFor<typeof comparisonRows>;
