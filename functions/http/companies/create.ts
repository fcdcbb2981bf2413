import { companyRows } from '#shared/http/contracts/companies.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toCompanyBody } from '#shared/http/wire/company.ts';
import { Secret } from '#shared/security/secret.ts';
import { createCompany, placeholderKeys } from '#shared/tenants/company.ts';

/** The client enters its real keys later; until then these placeholders stand (contract 6.8, row 39). */
export const handler = endpoint(companyRows.create, async ({ body }, services) => {
  const company = await createCompany(services, {
    name: body.nombre,
    contactEmail: body.contacto_email,
    contactPhone: body.contacto_telefono,
    conekta: {
      privateKey: body.conekta_private_key ?? new Secret(placeholderKeys.private),
      publicKey: body.conekta_public_key ?? placeholderKeys.public,
      mode: body.conekta_mode ?? 'test',
    },
  });
  return { status: 200, body: toCompanyBody(company) };
});
