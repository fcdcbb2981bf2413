import { companyRows } from '#shared/http/contracts/companies.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toggleCompany } from '#shared/tenants/company.ts';

export const handler = endpoint(companyRows.toggle, async ({ params }, { companies }) => {
  const active = await toggleCompany(companies, params.empresa_id);
  const message = active ? 'Empresa activada' : 'Empresa desactivada';
  return { status: 200, body: { message, empresa_id: params.empresa_id, activa: active } };
});
