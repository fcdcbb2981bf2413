import { isOver } from '../access/time-sold.ts';
import type { Clock } from '../platform/clock.ts';
import { firstPurchaseId } from '../platform/ids.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Access, AccessStore } from '../store/accesses.ts';
import type { ProductStore } from '../store/products.ts';
import type { PurchaseStore } from '../store/purchases.ts';
import type { RouterStore } from '../store/routers.ts';
import { requireRouter } from './router.ts';

interface Parts {
  readonly routers: RouterStore;
  readonly products: ProductStore;
  readonly accesses: AccessStore;
  readonly purchases: PurchaseStore;
  readonly clock: Clock;
}

const DAY = 24 * 60 * 60_000;
/** No time was sold, so nobody can say when it ends: this long after it was paid it counts as used. */
const OPEN_ENDED_MS = 30 * DAY;
/** Refunds are tried for a month, and banks take half a year over disputes. */
const MONEY_MOVES_MS = 365 * DAY;

/**
 * Deletes a router (contract 6.8, row 47, W38). A sale that slips in meanwhile cannot be delivered any more, and is given back
 * by its delivery deadline.
 *
 * @throws Refusal while it sells, somebody has time left on it, or money of its sales may still move
 */
export async function removeRouter(companyId: string, routerId: string, parts: Parts): Promise<void> {
  const { routers, products, accesses, purchases, clock } = parts;
  for (;;) {
    const now = clock.now();
    const router = await requireRouter(routers, companyId, routerId);
    const [onSale, onRouter, owed] = await Promise.all([
      products.list(companyId),
      accesses.onRouter(companyId, routerId),
      purchases.owedOnRouter(companyId, routerId, firstPurchaseId(now - MONEY_MOVES_MS)),
    ]);
    const selling = onSale.filter((product) => product.routerId === routerId && product.active).length;
    if (selling > 0) throw new Refusal('router-has-products', { count: selling });
    const live = onRouter.filter((access) => isLive(access, now)).length;
    if (live > 0) throw new Refusal('router-has-live-access', { count: live });
    if (owed.length > 0) throw new Refusal('router-has-open-money', { count: owed.length });
    if (await routers.remove(router, now)) return;
    // Its key was replaced in between: what was decided above is decided again.
  }
}

function isLive(access: Access, now: number): boolean {
  if (access.desired !== 'present' || isOver(access, now)) return false;
  const isOpenEnded = access.clock === null;
  return !isOpenEnded || access.grants.some(({ since }) => now - since < OPEN_ENDED_MS);
}
