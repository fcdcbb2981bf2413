import { myCompanyRows } from '#shared/http/contracts/my-company.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toMyCompanyBody } from '#shared/http/wire/my-company.ts';
import { requireCompany } from '#shared/tenants/company.ts';

export const handler = endpoint(myCompanyRows.show, async ({ caller }, { companies }) => {
  const company = await requireCompany(companies, caller.companyId);
  return { status: 200, body: toMyCompanyBody(company) };
});
