import { productRows } from '#shared/http/contracts/products.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { detailsToStore } from '#shared/http/wire/product-details.ts';
import { toAdminProduct } from '#shared/http/wire/product.ts';
import { timeSoldFrom } from '#shared/http/wire/time-sold.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { currencyOf, refuseOtherDevices } from '#shared/tenants/product.ts';

export const handler = endpoint(productRows.update, async ({ caller, params, body }, { products, health }) => {
  const { companyId } = caller;
  const before = await products.find(companyId, params.producto_id);
  if (!before) throw new Refusal('product-not-of-company');
  const timeSold = timeSoldFrom(body, before.timeSold);
  await refuseOtherDevices(companyId, { ...before, timeSold }, health);
  const product = await products.update(companyId, before.id, {
    saleName: body.nombre_venta,
    description: body.descripcion,
    imageUrl: body.imagen_url,
    priceMinor: body.precio,
    currency: body.moneda === undefined ? undefined : currencyOf(body.moneda),
    details: body.detalles && detailsToStore(body.detalles, before.details),
    active: body.activo,
    order: body.orden_visual,
    featured: body.destacado,
    timeSold: timeSold,
  });
  if (!product) throw new Refusal('product-not-of-company');
  return { status: 200, body: toAdminProduct(product) };
});
