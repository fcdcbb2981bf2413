import type { apiKeyRows } from '../contracts/api-keys.ts';
import type { ExamplesFor } from '../example.ts';

const params = { empresa_id: 'EMP_3A9F1C0B2D', router_id: 'RTR_A1B2C3D4' };
const issued = { issued_at: '2026-05-03T18:22:10.123456', expires_at: '2027-05-03T18:22:10.123456' };

export const apiKeyExamples = {
  'api-keys/regenerate': {
    params,
    reply: {
      message: 'API Key regenerada exitosamente',
      router_id: 'RTR_A1B2C3D4',
      new_api_key: 'jwt_cabecera.datos.firma',
      api_key_info: { key_id: 'key_0f1e2d3c4b5a6978', ...issued, type: 'router_api_key' },
      previous_key_revoked: true,
    },
  },
  'api-keys/list': {
    params,
    reply: [
      {
        key_id: 'key_0f1e2d3c4b5a6978',
        router_id: 'RTR_A1B2C3D4',
        empresa_id: 'EMP_3A9F1C0B2D',
        ...issued,
        revoked: false,
        revoked_at: null,
        last_used: '2026-05-03T19:02:44.5',
        use_count: 214,
      },
    ],
  },
  'api-keys/revoke': {
    params: { ...params, key_id: 'key_0f1e2d3c4b5a6978' },
    reply: {
      message: 'API Key revocada exitosamente',
      key_id: 'key_0f1e2d3c4b5a6978',
      router_id: 'RTR_A1B2C3D4',
      revoked_at: '2026-05-03T19:22:10.123456',
    },
  },
  'api-keys/show-status': {
    params,
    reply: {
      router_id: 'RTR_A1B2C3D4',
      has_active_key: true,
      key_id: 'key_0f1e2d3c4b5a6978',
      ...issued,
      expires_in_days: 364,
      last_used: '2026-05-03T19:02:44.5',
      use_count: 214,
      status: 'active',
      warning: null,
      recommendation: null,
    },
  },
} satisfies ExamplesFor<typeof apiKeyRows>;
