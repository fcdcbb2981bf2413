import { sessionRows } from '#shared/http/contracts/session.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { changePassword } from '#shared/tenants/session.ts';

export const handler = endpoint(sessionRows.changePassword, async ({ caller, body }, services) => {
  await changePassword(services, caller.user, body.current_password, body.new_password);
  return { status: 200, body: { message: 'Contraseña actualizada exitosamente' } };
});
