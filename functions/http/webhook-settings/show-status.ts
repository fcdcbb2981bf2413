import { webhookSettingsRows } from '#shared/http/contracts/webhook-settings.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toStatusBody } from '#shared/http/wire/webhook-settings.ts';
import { requireCompanyFor } from '#shared/tenants/company.ts';

export const handler = endpoint(webhookSettingsRows.showStatus, async ({ caller, params, receivedAt }, services) => {
  const company = await requireCompanyFor(caller.user, params.empresa_id, services.companies);
  const { sales } = await services.figures.ofCompany(company.id);
  return { status: 200, body: toStatusBody(company, sales, services.ownUrl, receivedAt) };
});
