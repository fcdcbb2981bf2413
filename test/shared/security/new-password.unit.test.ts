import { describe, expect, it } from 'vitest';
import { drawTemporaryPassword, judgePassword } from '#shared/security/new-password.ts';
import { Secret } from '#shared/security/secret.ts';

describe('a new password', () => {
  it.each([
    ['1234567', 'too-short'],
    ['ñandú🙂🙂', 'too-short'],
    ['12345678', 'notorious'],
    ['Password', 'notorious'],
    ['Contrasen\u0303a', 'notorious'],
    [' qwertyuiop ', 'notorious'],
    ['zzzzzzzzzzzz', 'notorious'],
    ['temporal-2026', 'ok'],
    ['mi-propia-clave', 'ok'],
    ['xy'.repeat(64), 'ok'],
    ['x'.repeat(129), 'too-long'],
    ['Ana@Hotel.mx', 'same-as-email'],
    [' ana@hotel.mx ', 'same-as-email'],
    ['ana@hotel.mx1', 'ok'],
  ])('%j is %s', (text, verdict) => expect(judgePassword(new Secret(text), 'ana@hotel.mx')).toBe(verdict));
});

describe('a temporary password', () => {
  it('has 14 characters that nobody confuses, is another one each time, and obeys the rule', () => {
    const drawn = Array.from({ length: 200 }, () => drawTemporaryPassword());
    for (const password of drawn) {
      expect(password.reveal()).toMatch(/^[a-hjkmnp-z2-9]{14}$/);
      expect(judgePassword(password, 'ana@hotel.mx')).toBe('ok');
    }
    expect(new Set(drawn.map((password) => password.reveal())).size).toBe(200);
  });
});
