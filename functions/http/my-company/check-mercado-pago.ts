import { myCompanyRows } from '#shared/http/contracts/my-company.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toKeyCheckBody } from '#shared/http/wire/key-check.ts';
import { checkKey } from '#shared/tenants/key-check.ts';

/** How long Mercado Pago may think about it. */
const WITHIN_MS = 8_000;

export const handler = endpoint(myCompanyRows.checkMercadoPago, async ({ caller, body, receivedAt }, services) => {
  const check = await checkKey(caller.companyId, 'mercado-pago', body.access_token, receivedAt + WITHIN_MS, {
    companies: services.companies,
    gateway: (name) => services.gateway(name),
    box: services.box('gateway-credentials'),
  });
  return { status: 200, body: toKeyCheckBody('mercado-pago', check) };
});
