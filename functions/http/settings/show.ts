import { settingsRows } from '#shared/http/contracts/settings.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toSettingsBody } from '#shared/http/wire/settings.ts';
import { requireCompany } from '#shared/tenants/company.ts';

export const handler = endpoint(settingsRows.show, async ({ caller }, { companies }) => {
  const company = await requireCompany(companies, caller.companyId);
  return { status: 200, body: toSettingsBody(company) };
});
