/** A company's products: what it sells on which router (contract 6.6). */
import type { Clock } from '../platform/clock.ts';
import { currencies, type Currency } from '../platform/money.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Product, ProductStore } from '../store/products.ts';
import { devicesOf } from '../routers/health.ts';
import type { RouterHealthStore } from '../store/router-health.ts';
import type { RouterStore } from '../store/routers.ts';

export type ProductDraft = Omit<Product, 'id' | 'companyId' | 'createdAt'>;

interface Parts {
  readonly products: ProductStore;
  readonly routers: RouterStore;
  readonly health: RouterHealthStore;
  readonly clock: Clock;
}

/**
 * A deleted product keeps its profile's place: making it again brings it back, with its number and the new values (contract
 * W62).
 *
 * @throws Refusal when the router is not the company's, or sells this profile already
 */
export async function createProduct(
  companyId: string,
  draft: ProductDraft,
  { products, routers, health, clock }: Parts,
): Promise<Product> {
  const { routerId, profileId } = draft;
  if (!(await routers.find(companyId, routerId))) throw new Refusal('router-not-of-this-company');
  await refuseOtherDevices(companyId, draft, health);
  const product = { ...draft, companyId, id: await products.nextId(), createdAt: clock.now() };
  if (await products.create(companyId, product)) return product;
  const before = await products.ofProfile(companyId, routerId, profileId);
  const again = before && { ...product, id: before.id, createdAt: before.createdAt };
  // Of two at once the second finds the first one's product switched on.
  if (again && (await products.revive(companyId, again))) return again;
  throw new Refusal('product-exists', { profile: profileId, routerId });
}

/**
 * A company's products for its admin.
 *
 * @param routerId only of this router
 * @throws Refusal when the router is not the company's
 */
export async function listProducts(
  companyId: string,
  routerId: string | null,
  { products, routers }: Pick<Parts, 'products' | 'routers'>,
): Promise<Product[]> {
  const [all, router] = await Promise.all([
    products.list(companyId),
    routerId === null ? undefined : routers.find(companyId, routerId),
  ]);
  if (routerId !== null && !router) throw new Refusal('router-not-found');
  return all.filter((product) => routerId === null || product.routerId === routerId).sort(inAdminOrder);
}

/**
 * How many devices may be online at once is a property of the router's profile: a plan cannot promise more or fewer.
 *
 * @throws Refusal when the profile is known to allow another number
 */
export async function refuseOtherDevices(
  companyId: string,
  { routerId, profileName, timeSold }: Pick<Product, 'routerId' | 'profileName' | 'timeSold'>,
  health: RouterHealthStore,
): Promise<void> {
  if (timeSold.devices === null) return;
  const allowed = devicesOf(await health.find(companyId, routerId), profileName);
  if (allowed !== null && allowed !== timeSold.devices)
    throw new Refusal('plan-devices-differ', { allowed, profile: profileName });
}

/** @throws Refusal `currency-unknown` */
export function currencyOf(code: string | null): Currency {
  const currency = currencies.find((known) => known === code);
  if (!currency) throw new Refusal('currency-unknown');
  return currency;
}

/** Whether a router's portal may show and sell a product. */
export const isOnSale = (product: Product, routerId: string): boolean =>
  product.active && product.routerId === routerId;

/** The operator's own order, then newest first (contract 6.6). */
export const inAdminOrder = (a: Product, b: Product): number =>
  a.order - b.order || b.createdAt - a.createdAt || b.id - a.id;

/** The operator's own order, then featured first (contract 6.2); oldest first among equals, so that it never flickers. */
export const inCatalogueOrder = (a: Product, b: Product): number =>
  a.order - b.order || Number(b.featured) - Number(a.featured) || a.id - b.id;
