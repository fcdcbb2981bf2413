import { myCompanyRows } from '#shared/http/contracts/my-company.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toHealthSummary } from '#shared/http/wire/router-health.ts';
import { zonelessTime } from '#shared/http/wire/timestamp.ts';
import { neverAsked } from '#shared/store/router-health.ts';

export const handler = endpoint(myCompanyRows.listRouters, async ({ caller: { companyId }, receivedAt }, services) => {
  const [routers, healths, watches] = await Promise.all([
    services.routers.listOfCompany(companyId),
    services.health.listOfCompany(companyId),
    services.watches.listOfCompany(companyId),
  ]);
  return {
    status: 200,
    body: {
      empresa_id: companyId,
      total: routers.length,
      routers: routers.map((router) => ({
        id: router.id,
        nombre: router.name,
        host: router.host,
        ubicacion: router.location,
        activo: router.active,
        creado_en: zonelessTime(router.createdAt),
        salud: toHealthSummary(
          router,
          healths.get(router.id) ?? neverAsked,
          watches.get(router.id)?.everyMinutes,
          receivedAt,
        ),
      })),
    },
  };
});
