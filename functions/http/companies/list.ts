import { companyRows } from '#shared/http/contracts/companies.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toCompanyBody } from '#shared/http/wire/company.ts';

export const handler = endpoint(companyRows.list, async (_, { companies }) => {
  const all = await companies.list();
  return { status: 200, body: all.map(toCompanyBody) };
});
