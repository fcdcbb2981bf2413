import { routerToolRows } from '#shared/http/contracts/router-tools.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { Refusal } from '#shared/platform/refusal.ts';

export const handler = endpoint(routerToolRows.setHeartbeat, async ({ caller, params, body }, services) => {
  const router = await services.routers.find(caller.companyId, params.router_id);
  if (!router) throw new Refusal('router-not-of-your-company');
  await services.watches.setEvery(router.companyId, router.id, body.latido_minutos);
  return { status: 200, body: { router_id: router.id, latido_minutos: body.latido_minutos } };
});
