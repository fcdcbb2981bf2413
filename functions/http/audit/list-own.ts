import { auditRows } from '#shared/http/contracts/audit.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toTrailBody } from '#shared/http/wire/audit.ts';

export const handler = endpoint(auditRows.listOwn, async ({ caller, query: { limit, cursor } }, { audit }) => {
  const found = await audit.ofCompany(caller.companyId, cursor ?? undefined, limit + 1);
  return { status: 200, body: toTrailBody(found, limit) };
});
