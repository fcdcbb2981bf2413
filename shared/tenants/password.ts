import { Refusal } from '../platform/refusal.ts';
import { judgePassword } from '../security/new-password.ts';
import type { Secret } from '../security/secret.ts';

/** @throws Refusal when it may not become a password */
export function requireGoodPassword(password: Secret, email: string): void {
  const verdict = judgePassword(password, email);
  if (verdict === 'notorious') throw new Refusal('notorious-password');
  if (verdict !== 'ok') throw new Refusal('weak-password');
}
