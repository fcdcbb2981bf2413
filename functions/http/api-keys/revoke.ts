import { apiKeyRows } from '#shared/http/contracts/api-keys.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { zonelessTime } from '#shared/http/wire/timestamp.ts';
import { revokeApiKey } from '#shared/tenants/router-keys.ts';

export const handler = endpoint(apiKeyRows.revoke, async ({ params }, services) => {
  const { empresa_id: companyId, router_id: routerId, key_id: keyId } = params;
  const revokedAt = await revokeApiKey(services, { companyId, routerId, keyId });
  return {
    status: 200,
    body: {
      message: 'API Key revocada exitosamente',
      key_id: keyId,
      router_id: routerId,
      revoked_at: zonelessTime(revokedAt),
    },
  };
});
