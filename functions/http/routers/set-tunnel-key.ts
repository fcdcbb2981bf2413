import { routerRows } from '#shared/http/contracts/routers.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { registerTunnelKey } from '#shared/onboarding/register-tunnel-key.ts';

export const handler = endpoint(routerRows.setTunnelKey, async ({ caller, params, body }, services) => {
  const { empresa_id: companyId, router_id: routerId } = params;
  const publicKey = body.clave_publica;
  const address = await registerTunnelKey(services, caller.user, { companyId, routerId, publicKey });
  return { status: 200, body: { router_id: routerId, clave_publica: publicKey, direccion_tunel: address } };
});
