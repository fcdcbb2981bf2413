import { systemRows } from '#shared/http/contracts/system.ts';
import { endpoint } from '#shared/http/endpoint.ts';

export const handler = endpoint(systemRows.showBanner, ({ receivedAt }) =>
  Promise.resolve({
    status: 200,
    body: {
      message: 'Sistema de pagos y gestión de accesos WiFi para hotspots MikroTik',
      version: '2.0.0',
      status: 'running',
      timestamp: new Date(receivedAt).toISOString(),
      docs: '/docs',
    },
  }),
);
