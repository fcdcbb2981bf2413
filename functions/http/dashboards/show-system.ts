import { dashboardRows } from '#shared/http/contracts/dashboards.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { zonelessTime } from '#shared/http/wire/timestamp.ts';

export const handler = endpoint(dashboardRows.showSystem, async ({ receivedAt }, { census }) => {
  const { companies, activeCompanies, users } = await census.read();
  return {
    status: 200,
    body: {
      estadisticas: { total_empresas: companies, empresas_activas: activeCompanies, total_usuarios: users },
      timestamp: zonelessTime(receivedAt),
    },
  };
});
