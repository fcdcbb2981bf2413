import { companyRows } from '#shared/http/contracts/companies.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toCompanyBody } from '#shared/http/wire/company.ts';
import { requireCompany } from '#shared/tenants/company.ts';

export const handler = endpoint(companyRows.show, async ({ params }, { companies }) => {
  const company = await requireCompany(companies, params.empresa_id);
  return { status: 200, body: toCompanyBody(company) };
});
