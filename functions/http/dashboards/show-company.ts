import { dashboardRows } from '#shared/http/contracts/dashboards.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { figuresOnWire } from '#shared/http/wire/figures.ts';
import { toRecent } from '#shared/http/wire/transaction.ts';
import { listSales } from '#shared/purchases/list-sales.ts';
import { requireCompany } from '#shared/tenants/company.ts';

const NEWEST = { limit: 5, offset: 0, cursor: undefined, filters: [], from: undefined, to: undefined };

export const handler = endpoint(dashboardRows.showCompany, async ({ caller: { companyId } }, services) => {
  const [company, figures, { sales }, routers] = await Promise.all([
    requireCompany(services.companies, companyId),
    services.figures.ofCompany(companyId),
    listSales(companyId, NEWEST, services),
    services.routers.listOfCompany(companyId),
  ]);
  return {
    status: 200,
    body: {
      empresa: { nombre: company.name, activa: company.active },
      estadisticas: { ...figuresOnWire(figures), total_routers: routers.length },
      transacciones_recientes: sales.map(toRecent),
    },
  };
});
