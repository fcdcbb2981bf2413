import { routerRows } from '#shared/http/contracts/routers.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { removeRouter } from '#shared/tenants/remove-router.ts';

export const handler = endpoint(routerRows.remove, async ({ params }, services) => {
  const { empresa_id, router_id } = params;
  await removeRouter(empresa_id, router_id, services);
  return { status: 200, body: { message: 'Router eliminado exitosamente', router_id, empresa_id } };
});
