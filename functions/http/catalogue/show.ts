import { catalogueRows } from '#shared/http/contracts/catalogue.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toPortalProduct } from '#shared/http/wire/product.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { productSchema } from '#shared/store/products.ts';
import { keys } from '#shared/store/table.ts';
import { isOnSale } from '#shared/tenants/product.ts';

export const handler = endpoint(
  catalogueRows.show,
  ({ caller: { router, alongside } }) => {
    const product = alongside[0] && productSchema.parse(alongside[0]);
    if (!product || !isOnSale(product, router.id)) throw new Refusal('product-not-for-sale');
    return Promise.resolve({ status: 200, body: toPortalProduct(product) });
  },
  { alongside: ({ companyId }, { params }) => [keys.product(companyId, params.producto_id)] },
);
