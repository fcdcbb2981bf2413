import { inspectUser } from '#shared/access/inspect-user.ts';
import { hotspotUserRows } from '#shared/http/contracts/hotspot-users.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toProfileInfo } from '#shared/http/wire/profile-info.ts';

export const handler = endpoint(hotspotUserRows.showProfileInfo, async ({ caller, body }, services) => {
  const { accesses, throttle, jobs, clock } = services;
  const { company, router } = caller;
  const presented = { companyId: company.id, routerId: router.id, ...body };
  const inspection = await inspectUser(presented, {
    accesses,
    throttle,
    jobs,
    clock,
    accessCodes: services.box('access-codes'),
  });
  return {
    status: 200,
    body: toProfileInfo(body.username, inspection, clock.now()),
    headers: { 'cache-control': 'no-store' },
  };
});
