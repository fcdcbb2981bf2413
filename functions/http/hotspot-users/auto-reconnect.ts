import { reconnect } from '#shared/access/reconnect.ts';
import { hotspotUserRows } from '#shared/http/contracts/hotspot-users.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toAutoReconnect } from '#shared/http/wire/auto-reconnect.ts';

export const handler = endpoint(hotspotUserRows.autoReconnect, async ({ caller, body }, services) => {
  const { accesses, throttle, jobs, clock } = services;
  const { company, router } = caller;
  const { username, password, current_mac: macAddress } = body;
  // No password, and an empty one, are how a PIN comes (contract 6.4).
  const given = password?.reveal() ? password : null;
  const reconnected = await reconnect(
    { companyId: company.id, routerId: router.id, username, password: given, macAddress },
    { accesses, throttle, jobs, clock, accessCodes: services.box('access-codes') },
  );
  return {
    status: 200,
    body: toAutoReconnect(macAddress, reconnected, clock.now()),
    headers: { 'cache-control': 'no-store' },
  };
});
