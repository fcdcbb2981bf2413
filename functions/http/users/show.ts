import { userRows } from '#shared/http/contracts/users.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toStaffUser } from '#shared/http/wire/user.ts';
import { requireUser } from '#shared/tenants/user.ts';

export const handler = endpoint(userRows.show, async ({ params }, { users }) => {
  const user = await requireUser(users, params.usuario_id);
  return { status: 200, body: toStaffUser(user) };
});
