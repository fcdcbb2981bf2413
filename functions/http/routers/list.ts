import { routerRows } from '#shared/http/contracts/routers.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toRouterBody } from '#shared/http/wire/router.ts';
import { listRouters } from '#shared/tenants/router.ts';

export const handler = endpoint(routerRows.list, async ({ params }, services) => {
  const routers = await listRouters(services, params.empresa_id);
  return { status: 200, body: routers.map(toRouterBody) };
});
