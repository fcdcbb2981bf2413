import { dashboardRows } from '#shared/http/contracts/dashboards.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { figuresOnWire } from '#shared/http/wire/figures.ts';
import { zonelessTime } from '#shared/http/wire/timestamp.ts';
import { requireCompany } from '#shared/tenants/company.ts';

export const handler = endpoint(dashboardRows.showCompanyStats, async ({ params, receivedAt }, services) => {
  const { empresa_id: companyId } = params;
  const company = await requireCompany(services.companies, companyId);
  const [figures, routers, admins] = await Promise.all([
    services.figures.ofCompany(companyId),
    services.routers.listOfCompany(companyId),
    services.users.list({ role: 'cliente_admin', companyId }),
  ]);
  const inForce = await services.apiKeys.findAll(
    routers.flatMap(({ activeKey }) => (activeKey ? [activeKey.hash] : [])),
  );
  const active = routers.filter((router) => router.active).length;
  return {
    status: 200,
    body: {
      empresa: {
        id: company.id,
        nombre: company.name,
        activa: company.active,
        creada_en: zonelessTime(company.createdAt),
        contacto_email: company.contactEmail,
      },
      estadisticas: {
        total_routers: routers.length,
        routers_activos: active,
        routers_inactivos: routers.length - active,
        total_usuarios_admin: admins.length,
        api_keys_activas: inForce.filter(({ revokedAt, expiresAt }) => revokedAt === null && expiresAt > receivedAt)
          .length,
        ...figuresOnWire(figures),
      },
    },
  };
});
