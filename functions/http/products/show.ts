import { productRows } from '#shared/http/contracts/products.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toAdminProduct } from '#shared/http/wire/product.ts';
import { Refusal } from '#shared/platform/refusal.ts';

export const handler = endpoint(productRows.show, async ({ caller, params }, { products }) => {
  const product = await products.find(caller.companyId, params.producto_id);
  if (!product) throw new Refusal('product-not-found');
  return { status: 200, body: toAdminProduct(product) };
});
