import { catalogueRows } from '#shared/http/contracts/catalogue.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toPortalProduct } from '#shared/http/wire/product.ts';
import { probeIfStale } from '#shared/routers/health.ts';
import { healthSchema } from '#shared/store/router-health.ts';
import { keys } from '#shared/store/table.ts';
import { inCatalogueOrder } from '#shared/tenants/product.ts';

/** While somebody reads the offers and types a card, we learn whether the router answers (design 3, step 2). */
export const handler = endpoint(
  catalogueRows.list,
  async ({ caller: { company, router, alongside }, logger }, services) => {
    const known = healthSchema.parse(alongside[0] ?? {});
    const freshen = probeIfStale({ companyId: company.id, routerId: router.id, known }, services).catch(
      // The offers are shown without it: the sale itself asks the router again.
      (error: unknown) => logger.error('no probe was sent', error),
    );
    const [products] = await Promise.all([services.products.onSale(company.id, router.id), freshen]);
    return { status: 200, body: products.sort(inCatalogueOrder).map(toPortalProduct) };
  },
  { alongside: ({ companyId, routerId }) => [keys.health(companyId, routerId)] },
);
