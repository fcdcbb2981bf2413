import { productRows } from '#shared/http/contracts/products.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toAdminProduct } from '#shared/http/wire/product.ts';
import { listProducts } from '#shared/tenants/product.ts';

export const handler = endpoint(productRows.list, async ({ caller, query }, services) => {
  const products = await listProducts(caller.companyId, query.router_id || null, services);
  return { status: 200, body: products.map(toAdminProduct) };
});
