import type { systemRows } from '../contracts/system.ts';
import type { ExamplesFor } from '../example.ts';

export const systemExamples = {
  'system/show-banner': {
    reply: {
      message: 'Sistema de pagos y gestión de accesos WiFi para hotspots MikroTik',
      version: '2.0.0',
      status: 'running',
      timestamp: '2026-05-03T18:22:10.123Z',
      docs: '/docs',
    },
  },
  'system/show-health': { reply: { status: 'healthy' } },
  'system/show-openapi': { reply: { openapi: '3.1.1', info: { title: 'Pagos Hotspot', version: '2.0.0' }, paths: {} } },
} satisfies ExamplesFor<typeof systemRows>;
