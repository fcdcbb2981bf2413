import { myCompanyRows } from '#shared/http/contracts/my-company.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { zonelessTime } from '#shared/http/wire/timestamp.ts';

export const handler = endpoint(myCompanyRows.listRouters, async ({ caller: { companyId } }, services) => {
  const routers = await services.routers.listOfCompany(companyId);
  return {
    status: 200,
    body: {
      empresa_id: companyId,
      total: routers.length,
      routers: routers.map(({ id, name, host, location, active, createdAt }) => ({
        id,
        nombre: name,
        host,
        ubicacion: location,
        activo: active,
        creado_en: zonelessTime(createdAt),
      })),
    },
  };
});
