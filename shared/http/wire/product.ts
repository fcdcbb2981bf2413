/** Products as their admin and as portals see them (contract 6.2, 6.6). */
import * as z from 'zod';
import { decimalFromMinor } from '../../platform/money.ts';
import type { Product } from '../../store/products.ts';
import { adminDetails, portalDetails } from './product-details.ts';
import { timeSoldShape, toTimeSold } from './time-sold.ts';
import { zonelessTime } from './timestamp.ts';

const commonShape = {
  id: z.number(),
  perfil_mikrotik_id: z.string(),
  perfil_mikrotik_nombre: z.string(),
  nombre_venta: z.string(),
  descripcion: z.string().nullable(),
  imagen_url: z.string().nullable(),
  precio: z.number(),
  moneda: z.string(),
  destacado: z.boolean(),
  creado_en: z.string(),
  ...timeSoldShape,
};

export const adminProduct = z.object({
  ...commonShape,
  router_id: z.string(),
  detalles: z.array(z.string()),
  activo: z.boolean(),
  orden_visual: z.number(),
});

export const portalProduct = z.object({ ...commonShape, detalles: z.array(z.record(z.string(), z.unknown())) });

const common = (product: Product) => ({
  id: product.id,
  perfil_mikrotik_id: product.profileId,
  perfil_mikrotik_nombre: product.profileName,
  nombre_venta: product.saleName,
  descripcion: product.description,
  imagen_url: product.imageUrl,
  precio: decimalFromMinor(product.priceMinor),
  moneda: product.currency,
  destacado: product.featured,
  creado_en: zonelessTime(product.createdAt),
  ...toTimeSold(product.timeSold),
});

export const toAdminProduct = (product: Product): z.infer<typeof adminProduct> => ({
  ...common(product),
  router_id: product.routerId,
  detalles: adminDetails(product.details),
  activo: product.active,
  orden_visual: product.order,
});

export const toPortalProduct = (product: Product): z.infer<typeof portalProduct> => ({
  ...common(product),
  detalles: portalDetails(product.details),
});
