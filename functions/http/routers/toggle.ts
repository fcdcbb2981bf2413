import { routerRows } from '#shared/http/contracts/routers.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toggleRouter } from '#shared/tenants/router.ts';

export const handler = endpoint(routerRows.toggle, async ({ params }, { routers }) => {
  const active = await toggleRouter(routers, params.empresa_id, params.router_id);
  const message = active ? 'Router activado correctamente' : 'Router desactivado correctamente';
  return { status: 200, body: { message, router_id: params.router_id, activo: active } };
});
