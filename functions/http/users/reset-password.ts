import { userRows } from '#shared/http/contracts/users.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { resetPassword } from '#shared/tenants/reset-password.ts';

/** The temporary password is in this answer and nowhere else: a lost answer takes another reset. */
export const handler = endpoint(userRows.resetPassword, async ({ caller, params, body }, services) => {
  const { usuario_id } = params;
  const temporary = await resetPassword(services, { userId: usuario_id, callerId: caller.user.id }, body.password);
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    body: { message: 'Contraseña restablecida', usuario_id, contrasena_temporal: temporary?.reveal() ?? null },
  };
});
