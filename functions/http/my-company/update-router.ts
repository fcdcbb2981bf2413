import { myCompanyRows } from '#shared/http/contracts/my-company.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toWarnings } from '#shared/http/wire/router.ts';
import { editRouter } from '#shared/tenants/edit-router.ts';
import { requireRouter } from '#shared/tenants/router.ts';

export const handler = endpoint(myCompanyRows.updateRouter, async ({ caller, params, body }, services) => {
  const { companyId } = caller;
  const before = await requireRouter(services.routers, companyId, params.router_id, 'router-not-of-your-company');
  const router = await editRouter(services, before, {
    name: body.nombre,
    host: body.host,
    port: body.puerto,
    username: body.usuario,
    password: body.password_encrypted,
    location: body.ubicacion,
  });
  return {
    status: 200,
    body: {
      message: 'Router actualizado correctamente',
      router: {
        id: router.id,
        nombre: router.name,
        host: router.host,
        puerto: router.port,
        usuario: router.username,
        ubicacion: router.location,
        activo: router.active,
        advertencias: toWarnings(router),
      },
    },
  };
});
