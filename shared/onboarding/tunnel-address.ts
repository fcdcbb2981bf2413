import type { Router, RouterStore } from '../store/routers.ts';
import type { Table } from '../store/table.ts';
import { type Tunnel, tunnelAddress } from './reach.ts';

/**
 * A router's own address in the tunnel: drawn once from a counter, and never given to another. Two who ask at once waste one.
 *
 * @throws Error when the range has no more
 */
export async function ownTunnelAddress(
  { table, routers }: { readonly table: Table; readonly routers: RouterStore },
  tunnel: Tunnel,
  router: Router,
): Promise<string> {
  if (router.tunnelAddress !== null) return router.tunnelAddress;
  const address = tunnelAddress(tunnel, await table.nextNumber('TUNNEL'));
  if (await routers.giveTunnelAddress(router, address)) return address;
  const given = (await routers.find(router.companyId, router.id))?.tunnelAddress;
  if (!given) throw new Error('A router has gone while it was given its address');
  return given;
}
