import { productRows } from '#shared/http/contracts/products.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { detailsToStore } from '#shared/http/wire/product-details.ts';
import { toAdminProduct } from '#shared/http/wire/product.ts';
import { timeSoldFrom } from '#shared/http/wire/time-sold.ts';
import { NOTHING_SOLD } from '#shared/store/time-sold.ts';
import { createProduct, currencyOf } from '#shared/tenants/product.ts';

export const handler = endpoint(productRows.create, async ({ caller, body }, services) => {
  const draft = {
    routerId: body.router_id,
    profileId: body.perfil_mikrotik_id,
    profileName: body.perfil_mikrotik_nombre,
    saleName: body.nombre_venta,
    description: body.descripcion,
    imageUrl: body.imagen_url,
    priceMinor: body.precio,
    currency: currencyOf(body.moneda ?? 'MXN'),
    details: detailsToStore(body.detalles),
    active: body.activo,
    order: body.orden_visual,
    featured: body.destacado,
    timeSold: timeSoldFrom(body, NOTHING_SOLD),
  };
  return { status: 201, body: toAdminProduct(await createProduct(caller.companyId, draft, services)) };
});
