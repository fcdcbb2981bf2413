import type { publicConfigRows } from '../contracts/public-config.ts';
import type { ExamplesFor } from '../example.ts';

export const publicConfigExamples = {
  'public-config/show': {
    reply: {
      empresa: {
        id: 'EMP_3A9F1C0B2D',
        nombre: 'WiFi Café Central',
        conekta_public_key: 'key_publica_de_ejemplo',
        mercadopago_public_key: 'TEST-publica-de-ejemplo',
        conekta_mode: 'test',
      },
      router: { id: 'RTR_A1B2C3D4', nombre: 'Café Central', ubicacion: 'Planta baja' },
    },
  },
} satisfies ExamplesFor<typeof publicConfigRows>;
