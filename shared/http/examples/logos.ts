import type { logoRows } from '../contracts/logos.ts';
import type { ExamplesFor } from '../example.ts';

/** As much of a picture as is looked at. */
const picture = new File([Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)], 'logo.png', {
  type: 'image/png',
});

export const logoExamples = {
  'logos/upload': {
    body: { file: picture },
    reply: {
      message: 'Logo actualizado correctamente',
      logo_url: '/static/logos/logo_EMP_3A9F1C0B2D_a1b2c3.png',
    },
  },
  'logos/show': { params: { file: 'logo_EMP_3A9F1C0B2D_a1b2c3.png' }, reply: new Uint8Array() },
} satisfies ExamplesFor<typeof logoRows>;
