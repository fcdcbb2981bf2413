import { routerRows } from '#shared/http/contracts/routers.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toRouterBody } from '#shared/http/wire/router.ts';
import { editRouter } from '#shared/tenants/edit-router.ts';
import { requireRouter } from '#shared/tenants/router.ts';

export const handler = endpoint(routerRows.update, async ({ params, body }, services) => {
  const before = await requireRouter(services.routers, params.empresa_id, params.router_id);
  const router = await editRouter(services, before, {
    name: body.nombre,
    host: body.host,
    port: body.puerto,
    username: body.usuario,
    password: body.password,
    location: body.ubicacion,
  });
  return { status: 200, body: toRouterBody(router) };
});
