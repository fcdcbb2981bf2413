import { routerRows } from '#shared/http/contracts/routers.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toApiKeyInfo } from '#shared/http/wire/api-key.ts';
import { toRouterBody } from '#shared/http/wire/router.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { createRouter } from '#shared/tenants/router.ts';

/** The only answer, beside that of a regeneration, that shows a key. */
export const handler = endpoint(routerRows.create, async ({ params, body }, services) => {
  if (body.empresa_id !== null && body.empresa_id !== params.empresa_id) throw new Refusal('company-mismatch');
  const { router, key, apiKey } = await createRouter(services, params.empresa_id, {
    name: body.nombre,
    host: body.host,
    port: body.puerto,
    username: body.usuario,
    password: body.password,
    location: body.ubicacion,
  });
  return {
    status: 200,
    body: { ...toRouterBody(router), api_key: key.reveal(), api_key_info: toApiKeyInfo(apiKey) },
  };
});
