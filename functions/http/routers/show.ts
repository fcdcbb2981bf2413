import { routerRows } from '#shared/http/contracts/routers.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toRouterBody } from '#shared/http/wire/router.ts';
import { requireRouter } from '#shared/tenants/router.ts';

export const handler = endpoint(routerRows.show, async ({ params }, { routers }) => {
  const router = await requireRouter(routers, params.empresa_id, params.router_id);
  return { status: 200, body: toRouterBody(router) };
});
