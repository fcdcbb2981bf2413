import { userRows } from '#shared/http/contracts/users.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toStaffUser } from '#shared/http/wire/user.ts';

export const handler = endpoint(userRows.list, async ({ query }, { users }) => {
  const found = await users.list({ role: query.rol || null, companyId: query.empresa_id || null });
  return { status: 200, body: found.map(toStaffUser) };
});
