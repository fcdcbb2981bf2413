import type { settingsRows } from '../contracts/settings.ts';
import type { ExamplesFor } from '../example.ts';

const settings = {
  limite_rechazos_email: 5,
  limite_rechazos_router: 40,
  plazo_entrega_minutos: 10,
  zona_horaria: 'America/Mexico_City',
  color: '#1A2B3C',
  contacto_soporte: 'WhatsApp 55 1234 5678',
  retencion_meses: 18,
};

export const settingsExamples = {
  'settings/show': { reply: settings },
  'settings/update': { body: settings, reply: settings },
  'settings/list-notices': {
    reply: {
      avisos: [
        {
          tipo: 'router_caido',
          router_id: 'RTR_A1B2C3D4',
          mensaje: 'El router Café Central no responde desde 2026-05-03T18:22:10 UTC y no se vende en él.',
          creado_en: '2026-05-03T18:27:10',
        },
      ],
    },
  },
} satisfies ExamplesFor<typeof settingsRows>;
