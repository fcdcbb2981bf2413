import { userRows } from '#shared/http/contracts/users.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toggleUser } from '#shared/tenants/user.ts';

export const handler = endpoint(userRows.toggle, async ({ caller, params }, { users }) => {
  const active = await toggleUser(users, params.usuario_id, caller.user.id);
  const message = active ? 'Usuario activado' : 'Usuario desactivado';
  return { status: 200, body: { message, usuario_id: params.usuario_id, activo: active } };
});
