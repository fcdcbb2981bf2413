import { apiKeyRows } from '#shared/http/contracts/api-keys.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toApiKeyInfo } from '#shared/http/wire/api-key.ts';
import { regenerateApiKey } from '#shared/tenants/router-keys.ts';

export const handler = endpoint(apiKeyRows.regenerate, async ({ params }, services) => {
  const { key, apiKey, revokedPrevious } = await regenerateApiKey(services, params.empresa_id, params.router_id);
  return {
    status: 200,
    body: {
      message: 'API Key regenerada exitosamente',
      router_id: apiKey.routerId,
      new_api_key: key.reveal(),
      api_key_info: toApiKeyInfo(apiKey),
      previous_key_revoked: revokedPrevious,
    },
  };
});
