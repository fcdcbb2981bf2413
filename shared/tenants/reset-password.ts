import type { Clock } from '../platform/clock.ts';
import { Refusal } from '../platform/refusal.ts';
import { drawTemporaryPassword } from '../security/new-password.ts';
import { hashPassword } from '../security/passwords.ts';
import type { Secret } from '../security/secret.ts';
import type { Throttle } from '../security/throttle.ts';
import type { Table } from '../store/table.ts';
import type { User, UserStore } from '../store/users.ts';
import { requireGoodPassword } from './password.ts';
import { registerUser, requireUser } from './user.ts';

interface Parts {
  readonly users: UserStore;
  readonly throttle: Throttle;
}

/**
 * Gives a user another password, which has to be changed before anything else. Every session ends, and the e-mail is no
 * longer locked.
 *
 * @param given null draws a temporary one
 * @returns the one that was drawn
 * @throws Refusal for one's own password, whose way is to change it
 */
export async function resetPassword(
  { users, throttle }: Parts,
  { userId, callerId }: { readonly userId: number; readonly callerId: number },
  given: Secret | null,
): Promise<Secret | null> {
  if (userId === callerId) throw new Refusal('own-password');
  const user = await requireUser(users, userId);
  if (given) requireGoodPassword(given, user.email);
  const password = given ?? drawTemporaryPassword();
  if (!(await users.resetPassword(userId, await hashPassword(password)))) throw new Refusal('user-not-found');
  await throttle.clear('login', user.email);
  return given ? null : password;
}

export type SuperAdminReset =
  | { readonly kind: 'reset' | 'created'; readonly user: User; readonly temporary: Secret }
  | { readonly kind: 'not-super-admin' }
  /** Nobody has the e-mail, and somebody else is super admin: more likely a slip of the pen than a wish for a second one. */
  | { readonly kind: 'others-only'; readonly emails: readonly string[] };

/**
 * For whoever runs the deployment and has no way in, or none yet: a temporary password for its super admin, who is switched
 * on if need be, and made where there is none.
 */
export async function resetSuperAdmin(
  services: Parts & { readonly table: Table; readonly clock: Clock },
  email: string,
): Promise<SuperAdminReset> {
  const { users, throttle } = services;
  const temporary = drawTemporaryPassword();
  const user = await users.findByEmail(email);
  if (user && user.role !== 'super_admin') return { kind: 'not-super-admin' };
  if (user) {
    await users.resetPassword(user.id, await hashPassword(temporary), true);
    await throttle.clear('login', user.email);
    return { kind: 'reset', user, temporary };
  }
  const others = await users.list({ role: 'super_admin', companyId: null });
  if (others.length > 0) return { kind: 'others-only', emails: others.map((other) => other.email) };
  const created = await registerUser(services, {
    email,
    password: temporary,
    name: 'Super Administrador',
    role: 'super_admin',
    companyId: null,
    mustChangePassword: true,
  });
  // Another process was faster: what was drawn here is nobody's password.
  return created ? { kind: 'created', user: created, temporary } : resetSuperAdmin(services, email);
}
