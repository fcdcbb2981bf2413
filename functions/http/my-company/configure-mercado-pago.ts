import { myCompanyRows } from '#shared/http/contracts/my-company.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { replaceMercadoPago } from '#shared/tenants/credentials.ts';

export const handler = endpoint(myCompanyRows.configureMercadoPago, async ({ caller, body }, services) => {
  const changes = {
    accessToken: body.access_token,
    webhookSecret: body.webhook_secret,
    publicKey: body.public_key,
    mode: body.mode,
  };
  const { companies } = services;
  await replaceMercadoPago(caller.companyId, changes, { companies, box: services.box('gateway-credentials') });
  return { status: 200, body: { message: 'Credenciales de Mercado Pago actualizadas correctamente' } };
});
