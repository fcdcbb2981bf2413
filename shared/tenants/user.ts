import type { Clock } from '../platform/clock.ts';
import { Refusal } from '../platform/refusal.ts';
import { hashPassword } from '../security/passwords.ts';
import type { Secret } from '../security/secret.ts';
import type { CompanyStore } from '../store/companies.ts';
import type { Table } from '../store/table.ts';
import { type Role, roles, type User, type UserStore } from '../store/users.ts';
import { requireCompany } from './company.ts';
import { requireGoodPassword } from './password.ts';

interface Registry {
  readonly table: Table;
  readonly users: UserStore;
  readonly clock: Clock;
}

export interface NewUser {
  readonly email: string;
  readonly password: Secret;
  readonly name: string;
  readonly role: string;
  readonly companyId: string | null;
  /** Whoever made the user knows the password; no unless told otherwise. */
  readonly mustChangePassword?: boolean;
}

/** The checks, and their order, are contract 6.8's (row 52); the rule for passwords is ours and comes before the write. */
export async function createUser(
  services: Registry & { readonly companies: CompanyStore },
  draft: NewUser,
): Promise<User> {
  const role = roles.find((known) => known === draft.role);
  if (!role) throw new Refusal('role-unknown');
  if (role === 'cliente_admin') {
    if (draft.companyId === null) throw new Refusal('role-needs-company');
    await requireCompany(services.companies, draft.companyId);
  } else if (draft.companyId !== null) throw new Refusal('role-without-company');
  requireGoodPassword(draft.password, draft.email);
  const user = await registerUser(services, { ...draft, role });
  if (!user) throw new Refusal('email-taken');
  return user;
}

/**
 * The first user of a new installation (contract 2, bootstrap). One who is there already is left as found: name, role
 * and password too.
 */
export async function ensureSuperAdmin(
  services: Registry,
  admin: { readonly email: string; readonly password: Secret; readonly name: string },
): Promise<User> {
  const find = () => services.users.findByEmail(admin.email);
  const user =
    (await find()) ??
    (await registerUser(services, { ...admin, role: 'super_admin', companyId: null })) ??
    // Another process was faster.
    (await find());
  if (!user) throw new Error('The e-mail of the super admin belongs to a user who is not there');
  return user;
}

export async function requireUser(users: UserStore, userId: number): Promise<User> {
  const user = await users.find(userId);
  if (!user) throw new Refusal('user-not-found');
  return user;
}

/**
 * Switches a user on or off, and ends every session.
 *
 * @param callerId who asks: nobody locks himself out, so a super admin always remains
 * @returns whether the user is active now
 */
export async function toggleUser(users: UserStore, userId: number, callerId: number): Promise<boolean> {
  if (userId === callerId) throw new Refusal('own-user');
  const { active } = await requireUser(users, userId);
  // When it was switched meanwhile, that is what this caller wanted too: switching it back would undo both.
  await users.setActive(userId, !active);
  return !active;
}

/** Nothing is checked here but that the e-mail is free. @returns undefined when it is taken */
export async function registerUser(
  { table, users, clock }: Registry,
  draft: NewUser & { readonly role: Role },
): Promise<User | undefined> {
  const { password, mustChangePassword = false, ...profile } = draft;
  const user: User = {
    ...profile,
    id: await table.nextNumber('USER'),
    passwordHash: await hashPassword(password),
    active: true,
    tokenVersion: 0,
    mustChangePassword,
    createdAt: clock.now(),
    lastLoginAt: null,
  };
  return (await users.create(user)) ? user : undefined;
}
