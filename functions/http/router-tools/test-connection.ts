import { routerToolRows } from '#shared/http/contracts/router-tools.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { connectionReport, routerUnknown } from '#shared/http/wire/connection-report.ts';
import { askRouter } from '#shared/routers/ask.ts';
import { hasLogin } from '#shared/tenants/router.ts';

/** Nothing to ask with. */
const WITHOUT_LOGIN = { kind: 'refused', reason: 'no-credentials' } as const;

/** Inactive routers can be tested too (contract 6.7): the operator tests before switching one on. */
export const handler = endpoint(routerToolRows.testConnection, async ({ caller, params }, services) => {
  const { companyId } = caller;
  const router = await services.routers.find(companyId, params.router_id);
  if (!router) return { status: 200, body: routerUnknown };
  const outcome = hasLogin(router) ? await askRouter({ companyId, routerId: router.id }, services) : WITHOUT_LOGIN;
  return { status: 200, body: connectionReport(router, outcome, services.clock.now()) };
});
