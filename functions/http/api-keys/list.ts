import { apiKeyRows } from '#shared/http/contracts/api-keys.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toApiKeyBody } from '#shared/http/wire/api-key.ts';
import { listApiKeys } from '#shared/tenants/router-keys.ts';

export const handler = endpoint(apiKeyRows.list, async ({ params }, services) => {
  const apiKeys = await listApiKeys(services, params.empresa_id, params.router_id);
  return { status: 200, body: apiKeys.map(toApiKeyBody) };
});
