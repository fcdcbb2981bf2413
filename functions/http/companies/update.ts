import { companyRows } from '#shared/http/contracts/companies.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toCompanyBody } from '#shared/http/wire/company.ts';
import { Refusal } from '#shared/platform/refusal.ts';

export const handler = endpoint(companyRows.update, async ({ params, body }, { companies }) => {
  const company = await companies.update(params.empresa_id, {
    name: body.nombre,
    contactEmail: body.contacto_email,
    contactPhone: body.contacto_telefono,
  });
  if (!company) throw new Refusal('company-not-found');
  return { status: 200, body: toCompanyBody(company) };
});
