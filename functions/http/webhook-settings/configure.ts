import { webhookSettingsRows } from '#shared/http/contracts/webhook-settings.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toConfiguredBody } from '#shared/http/wire/webhook-settings.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { requireCompanyFor } from '#shared/tenants/company.ts';
import { replaceMercadoPago } from '#shared/tenants/credentials.ts';

export const handler = endpoint(webhookSettingsRows.configure, async ({ caller, params, body }, services) => {
  const { companies } = services;
  const company = await requireCompanyFor(caller.user, params.empresa_id, companies);
  if (!body.webhook_secret) throw new Refusal('webhook-secret-missing');
  const changes = {
    accessToken: undefined,
    webhookSecret: body.webhook_secret,
    publicKey: undefined,
    mode: undefined,
  };
  const box = services.box('gateway-credentials');
  await replaceMercadoPago(company.id, changes, { companies, box, known: company });
  return { status: 200, body: toConfiguredBody(company, services.ownUrl) };
});
