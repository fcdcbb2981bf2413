import type { Clock } from '../platform/clock.ts';
import { Refusal } from '../platform/refusal.ts';
import { hashPassword, shouldRehash, verifyNothing, verifyPassword } from '../security/passwords.ts';
import type { Secret } from '../security/secret.ts';
import { type Throttle, throttles } from '../security/throttle.ts';
import type { Tokens } from '../security/tokens.ts';
import type { User, UserStore } from '../store/users.ts';
import { requireGoodPassword } from './password.ts';

interface Door {
  readonly users: UserStore;
  readonly throttle: Throttle;
  readonly clock: Clock;
}

/**
 * Contract 6.1, row 5. Whether an e-mail is known, or its user switched off, is not told, neither in words nor by the
 * time it takes, to one who does not have the password.
 *
 * @throws Refusal too-many-attempts, also with the right password, while the e-mail is locked
 */
export async function logIn(
  services: Door & { readonly tokens: Tokens },
  email: string,
  password: Secret,
): Promise<{ readonly user: User; readonly token: Secret; readonly expiresAt: number }> {
  const { users, throttle, tokens, clock } = services;
  await countGuess(services, email);
  const user = await users.findByEmail(email);
  const isRight = user ? await verifyPassword(password, user.passwordHash) : await verifyNothing(password);
  if (!user || !isRight) throw new Refusal('wrong-credentials');
  await throttle.clear('login', email);
  if (shouldRehash(password, user.passwordHash)) await users.rehashPassword(user, await hashPassword(password));
  if (!user.active) throw new Refusal('user-disabled');
  const [session] = await Promise.all([
    tokens.signSession({ ...user, userId: user.id }),
    users.recordLogin(user.id, clock.now()),
  ]);
  return { user, ...session };
}

/**
 * Contract 6.1, row 7. Every session of the user ends, the caller's too. Guesses of the current password count as guesses
 * at login do: a stolen session must not become a way to find the password.
 */
export async function changePassword(services: Door, user: User, current: Secret, next: Secret): Promise<void> {
  await countGuess(services, user.email);
  if (!(await verifyPassword(current, user.passwordHash))) throw new Refusal('wrong-current-password');
  await services.throttle.clear('login', user.email);
  requireGoodPassword(next, user.email);
  // Else what somebody else knows would stay in force.
  if (user.mustChangePassword && (await verifyPassword(next, user.passwordHash)))
    throw new Refusal('password-unchanged');
  const changed = await services.users.changePassword(user, await hashPassword(next));
  // Changed elsewhere since this call began: what was given is no longer the current one.
  if (!changed) throw new Refusal('wrong-current-password');
}

/** Counted before the password is looked at, so that guesses sent at the same time do not all find room. */
async function countGuess({ throttle, clock }: Door, email: string): Promise<void> {
  const { failures, windowEndsAt } = await throttle.count('login', email);
  if (failures <= throttles.login.limit) return;
  throw new Refusal('too-many-attempts', { retryAfterSeconds: Math.ceil((windowEndsAt - clock.now()) / 1000) });
}
