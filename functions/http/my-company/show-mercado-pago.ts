import { myCompanyRows } from '#shared/http/contracts/my-company.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toMercadoPagoBody } from '#shared/http/wire/my-company.ts';
import { requireCompany } from '#shared/tenants/company.ts';

export const handler = endpoint(myCompanyRows.showMercadoPago, async ({ caller }, { companies }) => {
  const company = await requireCompany(companies, caller.companyId);
  return { status: 200, body: { message: 'Configuración cargada', configuracion_actual: toMercadoPagoBody(company) } };
});
