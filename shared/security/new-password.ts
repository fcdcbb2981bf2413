import { randomInt } from 'node:crypto';
import { Secret } from './secret.ts';

export type PasswordVerdict = 'ok' | 'too-short' | 'too-long' | 'same-as-email' | 'notorious';

export const PASSWORD_LENGTH = { min: 8, max: 128 } as const;

/** What guessers try first. A short list on purpose: the lockout is what stops guessing. */
const NOTORIOUS = new Set([
  '12345678',
  '123456789',
  '1234567890',
  '87654321',
  'password',
  'password1',
  'contraseña',
  'contrasena',
  'qwertyuiop',
  'qwerty123',
]);

/** The rule for new passwords; the contract has none (4.1). Old ones are judged only by their hash. */
export function judgePassword(password: Secret, email: string): PasswordVerdict {
  const text = password.reveal().normalize('NFC');
  const characters = [...text];
  if (characters.length < PASSWORD_LENGTH.min) return 'too-short';
  if (characters.length > PASSWORD_LENGTH.max) return 'too-long';
  const plain = text.trim().toLowerCase();
  if (plain === email.trim().toLowerCase()) return 'same-as-email';
  return NOTORIOUS.has(plain) || new Set(characters).size === 1 ? 'notorious' : 'ok';
}

/** No 0/o, 1/i/l: it is read off a screen, or out over the telephone. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const TEMPORARY_LENGTH = 14;

/** A password to hand over, good until its user changes it: 14 of 31 characters, 69 bits. */
export const drawTemporaryPassword = (): Secret =>
  new Secret(Array.from({ length: TEMPORARY_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''));
