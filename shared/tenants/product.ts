/** A company's products: what it sells on which router (contract 6.6). */
import type { Clock } from '../platform/clock.ts';
import { currencies, type Currency } from '../platform/money.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Product, ProductStore } from '../store/products.ts';
import type { RouterStore } from '../store/routers.ts';

export type ProductDraft = Omit<Product, 'id' | 'companyId' | 'createdAt'>;

interface Parts {
  readonly products: ProductStore;
  readonly routers: RouterStore;
  readonly clock: Clock;
}

/** @throws Refusal when the router is not the company's, or sells this profile already */
export async function createProduct(
  companyId: string,
  draft: ProductDraft,
  { products, routers, clock }: Parts,
): Promise<Product> {
  const { routerId, profileId } = draft;
  if (!(await routers.find(companyId, routerId))) throw new Refusal('router-not-of-this-company');
  const product = { ...draft, companyId, id: await products.nextId(), createdAt: clock.now() };
  if (!(await products.create(companyId, product)))
    throw new Refusal('product-exists', { profile: profileId, routerId });
  return product;
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
