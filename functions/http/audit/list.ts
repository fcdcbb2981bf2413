import { auditRows } from '#shared/http/contracts/audit.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toTrailBody } from '#shared/http/wire/audit.ts';

export const handler = endpoint(auditRows.list, async ({ query }, { audit }) => {
  const { limit, cursor, empresa_id: companyId } = query;
  const found = companyId
    ? await audit.ofCompany(companyId, cursor ?? undefined, limit + 1)
    : await audit.ofAll(cursor ?? undefined, limit + 1);
  return { status: 200, body: toTrailBody(found, limit) };
});
