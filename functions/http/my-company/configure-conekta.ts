import { myCompanyRows } from '#shared/http/contracts/my-company.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { replaceConekta } from '#shared/tenants/credentials.ts';

export const handler = endpoint(myCompanyRows.configureConekta, async ({ caller, body }, services) => {
  const changes = {
    privateKey: body.conekta_private_key,
    publicKey: body.conekta_public_key,
    mode: body.conekta_mode,
  };
  const { companies } = services;
  await replaceConekta(caller.companyId, changes, { companies, box: services.box('gateway-credentials') });
  return { status: 200, body: { message: 'Credenciales de Conekta actualizadas correctamente' } };
});
