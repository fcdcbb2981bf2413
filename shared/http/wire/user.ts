import * as z from 'zod';
import { roles, type User } from '../../store/users.ts';

/** A user as the contract shows it (6.1, 6.8): never the password's hash. */
export const staffUser = z.object({
  id: z.number(),
  email: z.string(),
  nombre: z.string(),
  rol: z.enum(roles),
  empresa_id: z.string().nullable(),
  activo: z.boolean(),
});

export const toStaffUser = (user: User): z.input<typeof staffUser> => ({
  id: user.id,
  email: user.email,
  nombre: user.name,
  rol: user.role,
  empresa_id: user.companyId,
  activo: user.active,
});

/** As the login shows the one who logged in. Additive: a panel that knows the field asks for a new password first. */
export const sessionUser = staffUser.extend({ debe_cambiar_contrasena: z.boolean() });

export const toSessionUser = (user: User): z.input<typeof sessionUser> => ({
  ...toStaffUser(user),
  debe_cambiar_contrasena: user.mustChangePassword,
});
