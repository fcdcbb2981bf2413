import { dashboardRows } from '#shared/http/contracts/dashboards.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { incomeOnWire } from '#shared/http/wire/figures.ts';
import { requireCompany } from '#shared/tenants/company.ts';
import { timeZoneOf } from '#shared/tenants/settings.ts';

const kinds = { router: 'router', producto: 'product', dia: 'day' } as const;

export const handler = endpoint(dashboardRows.showFigures, async ({ caller: { companyId }, query }, services) => {
  const por = query.por ?? 'dia';
  const [company, found] = await Promise.all([
    requireCompany(services.companies, companyId),
    services.figures.each(companyId, kinds[por], query.limit),
  ]);
  return {
    status: 200,
    body: {
      empresa_id: companyId,
      por,
      zona_horaria: timeZoneOf(company),
      estadisticas: found.map((figures) => ({
        clave: figures.of,
        transacciones: figures.sales,
        pagadas: figures.paid,
        pendientes: figures.pending,
        rechazadas: figures.declined,
        ingresos_por_moneda: incomeOnWire(figures),
      })),
    },
  };
});
