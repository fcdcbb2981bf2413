import { companyRows } from '#shared/http/contracts/companies.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toCompanyBody } from '#shared/http/wire/company.ts';
import { askedPage, nextHeaders } from '#shared/http/wire/page.ts';

export const handler = endpoint(companyRows.list, async ({ query }, { companies }) => {
  const asked = askedPage(query);
  if (!asked) return { status: 200, body: (await companies.list()).map(toCompanyBody) };
  const page = await companies.page(asked.after, asked.limit);
  return { status: 200, body: page.items.map(toCompanyBody), headers: nextHeaders(page) };
});
