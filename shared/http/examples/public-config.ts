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
        mercado_pago_mode: 'test',
        logo_url: '/static/logos/logo_EMP_3A9F1C0B2D_a1b2c3.png',
        color: '#1A2B3C',
        contacto_soporte: 'WhatsApp 55 1234 5678',
        zona_horaria: 'America/Mexico_City',
        plazo_entrega_minutos: 10,
      },
      router: { id: 'RTR_A1B2C3D4', nombre: 'Café Central', ubicacion: 'Planta baja' },
    },
  },
} satisfies ExamplesFor<typeof publicConfigRows>;
