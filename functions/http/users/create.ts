import { userRows } from '#shared/http/contracts/users.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toStaffUser } from '#shared/http/wire/user.ts';
import { createUser } from '#shared/tenants/user.ts';

export const handler = endpoint(userRows.create, async ({ body }, services) => {
  const user = await createUser(services, {
    email: body.email,
    password: body.password,
    name: body.nombre,
    role: body.rol,
    // Forms send an empty text for a company that was not chosen.
    companyId: body.empresa_id || null,
    mustChangePassword: body.debe_cambiar_contrasena,
  });
  return { status: 200, body: { message: 'Usuario creado exitosamente', usuario: toStaffUser(user) } };
});
