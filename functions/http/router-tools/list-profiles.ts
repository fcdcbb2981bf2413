import { routerToolRows } from '#shared/http/contracts/router-tools.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { connectionCause } from '#shared/http/wire/connection-report.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { askRouter } from '#shared/routers/ask.ts';
import { hasLogin } from '#shared/tenants/router.ts';

export const handler = endpoint(routerToolRows.listProfiles, async ({ caller, params }, services) => {
  const { companyId } = caller;
  const router = await services.routers.find(companyId, params.router_id);
  if (!router) throw new Refusal('router-not-of-your-company');
  if (!router.active) throw new Refusal('router-disabled');
  if (!hasLogin(router)) throw new Refusal('router-without-credentials');
  const outcome = await askRouter({ companyId, routerId: router.id }, services);
  if (outcome.kind !== 'probed') throw new Refusal('profiles-unavailable', { cause: connectionCause(outcome) });
  return {
    status: 200,
    body: outcome.profiles.map((profile) => ({
      id: profile.id,
      name: profile.name,
      session_timeout: profile.sessionTimeout,
      idle_timeout: profile.idleTimeout,
      keepalive_timeout: profile.keepaliveTimeout,
      status_autorefresh: profile.statusAutorefresh,
      shared_users: profile.sharedUsers,
      rate_limit: profile.rateLimit,
      address_list: profile.addressList,
      mac_cookie_timeout: profile.macCookieTimeout,
    })),
  };
});
