import { productRows } from '#shared/http/contracts/products.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { Refusal } from '#shared/platform/refusal.ts';

/** The product keeps its profile's slot: the way back is an update, or making it again (contract 6.6). */
export const handler = endpoint(productRows.deactivate, async ({ caller, params }, { products }) => {
  const product = await products.update(caller.companyId, params.producto_id, { active: false });
  if (!product) throw new Refusal('product-not-found');
  return { status: 200, body: { message: 'Producto desactivado', producto_id: product.id, activo: false } };
});
