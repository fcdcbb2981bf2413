import { reconcileNow } from '#shared/access/reconcile-now.ts';
import { routerToolRows } from '#shared/http/contracts/router-tools.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toReconcileBody } from '#shared/http/wire/reconcile.ts';
import { Refusal } from '#shared/platform/refusal.ts';

export const handler = endpoint(routerToolRows.reconcile, async ({ caller, params }, services) => {
  const router = await services.routers.find(caller.companyId, params.router_id);
  if (!router) throw new Refusal('router-not-of-your-company');
  const { id: routerId, companyId } = router;
  return { status: 200, body: toReconcileBody(routerId, await reconcileNow({ companyId, routerId }, services)) };
});
