import * as z from 'zod';
import { currencies } from '../platform/money.ts';
import { assignments } from './assignments.ts';
import { NOTHING_SOLD, timeSoldSchema } from './time-sold.ts';
import { type Attributes, keys, lists, NOT_THERE, prefixes, type Table, THERE } from './table.ts';

/** A plan on sale: one hotspot profile of one router, with a price. */
export const productSchema = z.object({
  id: z.number(),
  companyId: z.string(),
  routerId: z.string(),
  profileId: z.string(),
  profileName: z.string(),
  saleName: z.string(),
  description: z.string().nullable(),
  imageUrl: z.string().nullable(),
  priceMinor: z.number(),
  currency: z.enum(currencies),
  /** What the portal shows beside the price; passed on as stored. Objects, but imported rows may hold anything. */
  details: z.array(z.unknown()),
  timeSold: timeSoldSchema.default(NOTHING_SOLD),
  active: z.boolean(),
  order: z.number(),
  featured: z.boolean(),
  createdAt: z.number(),
});
export type Product = z.infer<typeof productSchema>;

/** What may change in a product: router and profile are fixed (contract 6.6). */
export type ProductChanges = {
  readonly [
    Field in
      | 'saleName'
      | 'description'
      | 'imageUrl'
      | 'priceMinor'
      | 'currency'
      | 'details'
      | 'timeSold'
      | 'active'
      | 'order'
      | 'featured'
  ]?: Product[Field] | undefined;
};

const guardSchema = z.object({ productId: z.number() });

/** A product as it is written: in its router's catalogue, switched off or not. */
const productItem = (product: Product): Attributes => ({
  ...product,
  listPk: lists.catalogue(product.routerId),
  listSk: keys.product(product.companyId, product.id).sk,
});

export class ProductStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async nextId(): Promise<number> {
    return this.#table.nextNumber('PRODUCT');
  }

  async find(companyId: string, productId: number): Promise<Product | undefined> {
    return this.#table.get(keys.product(companyId, productId), productSchema);
  }

  /** All products of a company, switched off ones included, by number. */
  async list(companyId: string): Promise<Product[]> {
    return this.#table.queryPrefix(keys.company(companyId).pk, prefixes.products, productSchema);
  }

  /** What a router's portal sells. Eventually consistent: a product just saved shows milliseconds later. */
  async onSale(companyId: string, routerId: string): Promise<Product[]> {
    const products = await this.#table.queryList(lists.catalogue(routerId), productSchema);
    return products.filter((product) => product.companyId === companyId && product.active);
  }

  /** @returns false when the router has a product of this profile already, switched off or not */
  async create(companyId: string, product: Product): Promise<boolean> {
    const { id, routerId, profileId } = product;
    const result = await this.#table.transact([
      {
        kind: 'put',
        key: keys.product(companyId, id),
        item: productItem({ ...product, companyId }),
        condition: NOT_THERE,
      },
      {
        kind: 'put',
        key: keys.profileGuard(companyId, routerId, profileId),
        item: { productId: id },
        condition: NOT_THERE,
      },
    ]);
    return result.kind === 'written';
  }

  /** The router's product of this profile, switched off or not. */
  async ofProfile(companyId: string, routerId: string, profileId: string): Promise<Product | undefined> {
    const guard = await this.#table.get(keys.profileGuard(companyId, routerId, profileId), guardSchema);
    return guard && this.find(companyId, guard.productId);
  }

  /** Puts a product in the place of the one of this number that was switched off. @returns false when that is on */
  async revive(companyId: string, product: Product): Promise<boolean> {
    return this.#table.write({
      kind: 'put',
      key: keys.product(companyId, product.id),
      item: productItem({ ...product, companyId }),
      condition: { expression: '#active = :off', values: { ':off': false } },
    });
  }

  /** @returns the product after it, or undefined when the company has none of this number */
  async update(companyId: string, productId: number, changes: ProductChanges): Promise<Product | undefined> {
    const set = assignments(changes);
    if (!set) return this.find(companyId, productId);
    const item = await this.#table.update(keys.product(companyId, productId), `SET ${set.clauses}`, set.values, THERE);
    return item && productSchema.parse(item);
  }
}
