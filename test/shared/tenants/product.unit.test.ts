import { describe, expect, it } from 'vitest';
import type { Product } from '#shared/store/products.ts';
import { NOTHING_SOLD } from '#shared/store/time-sold.ts';
import { currencyOf, inAdminOrder, inCatalogueOrder, isOnSale } from '#shared/tenants/product.ts';

const product = (fields: Partial<Product>): Product => ({
  id: 1,
  companyId: 'EMP_A',
  routerId: 'RTR_A',
  profileId: '*1',
  profileName: '1hora',
  saleName: '1 hora',
  description: null,
  imageUrl: null,
  priceMinor: 1500,
  currency: 'MXN',
  details: [],
  timeSold: NOTHING_SOLD,
  active: true,
  order: 0,
  featured: false,
  createdAt: 0,
  ...fields,
});
const ids = (products: Product[]) => products.map(({ id }) => id);

describe('the order of products', () => {
  const second = product({ id: 1, order: 2, createdAt: 1 });
  const early = product({ id: 2, order: -1, createdAt: 2 });
  const late = product({ id: 3, order: -1, createdAt: 3, featured: true });
  const later = product({ id: 4, order: -1, createdAt: 3 });

  it('for the admin is the operator`s own, then newest first', () => {
    expect(ids([second, early, late, later].sort(inAdminOrder))).toEqual([4, 3, 2, 1]);
  });

  it('in a catalogue is the operator`s own, then featured first', () => {
    expect(ids([second, later, early, late].sort(inCatalogueOrder))).toEqual([3, 2, 4, 1]);
  });
});

it('a product is on sale at its own router while it is active', () => {
  expect(isOnSale(product({}), 'RTR_A')).toBe(true);
  expect(isOnSale(product({}), 'RTR_B')).toBe(false);
  expect(isOnSale(product({ active: false }), 'RTR_A')).toBe(false);
});

it('money is one of three currencies, spelled exactly', () => {
  expect(['MXN', 'USD', 'EUR'].map(currencyOf)).toEqual(['MXN', 'USD', 'EUR']);
  for (const wrong of ['mxn', 'ARS', '', null]) expect(() => currencyOf(wrong)).toThrow('currency-unknown');
});
