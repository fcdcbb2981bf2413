import { apiKeyRows } from '#shared/http/contracts/api-keys.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toApiKeyStatus } from '#shared/http/wire/api-key.ts';
import { findActiveKey } from '#shared/tenants/router-keys.ts';

export const handler = endpoint(apiKeyRows.showStatus, async ({ params, receivedAt }, services) => {
  const apiKey = await findActiveKey(services, params.empresa_id, params.router_id);
  return { status: 200, body: toApiKeyStatus(params.router_id, apiKey, receivedAt) };
});
