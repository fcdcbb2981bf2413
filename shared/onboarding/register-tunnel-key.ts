import { Refusal } from '../platform/refusal.ts';
import type { RouterStore } from '../store/routers.ts';
import type { Table } from '../store/table.ts';
import type { User } from '../store/users.ts';
import { requireRouterFor } from '../tenants/router.ts';
import type { Reach } from './reach.ts';
import { ownTunnelAddress } from './tunnel-address.ts';

interface RegisterParts {
  readonly table: Table;
  readonly routers: RouterStore;
  readonly reach: Reach;
}

/**
 * Stores the public half of the key that a router made for its end of the tunnel, through which it is reached from now on.
 *
 * @returns the router's address in the tunnel
 * @throws Refusal `router-not-of-company`, `no-tunnel`, `router-edited-meanwhile`, `tunnel-key-taken`
 */
export async function registerTunnelKey(
  parts: RegisterParts,
  user: User,
  { companyId, routerId, publicKey }: { companyId: string; routerId: string; publicKey: string },
): Promise<string> {
  const router = await requireRouterFor(user, parts.routers, companyId, routerId);
  const { tunnel } = parts.reach;
  if (!tunnel) throw new Refusal('no-tunnel');
  const address = await ownTunnelAddress(parts, tunnel, router);
  const entered = await parts.routers.enterTunnel(router, { address, publicKey });
  if (entered === 'edited') throw new Refusal('router-edited-meanwhile');
  if (entered === 'key-taken') throw new Refusal('tunnel-key-taken');
  return address;
}
