import { routerToolRows } from '#shared/http/contracts/router-tools.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toHealthBody } from '#shared/http/wire/router-health.ts';
import { Refusal } from '#shared/platform/refusal.ts';

export const handler = endpoint(routerToolRows.showHealth, async ({ caller, params, receivedAt }, services) => {
  const { companyId } = caller;
  const routerId = params.router_id;
  const [router, health, watch, reconcile] = await Promise.all([
    services.routers.find(companyId, routerId),
    services.health.find(companyId, routerId),
    services.watches.find(companyId, routerId),
    services.reconciles.find(companyId, routerId),
  ]);
  if (!router) throw new Refusal('router-not-of-your-company');
  const care = { everyMinutes: watch?.everyMinutes, reconcile };
  return { status: 200, body: toHealthBody(router, health, care, receivedAt) };
});
