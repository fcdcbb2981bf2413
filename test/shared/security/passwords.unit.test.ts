import { argon2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashPassword, judgePassword, verifyNothing, verifyPassword } from '#shared/security/passwords.ts';
import { Secret } from '#shared/security/secret.ts';

const password = new Secret('correcto caballo batería');

describe('a stored password', () => {
  it('is argon2id with 19 MiB, 2 passes and its own salt, and verifies', async () => {
    const stored = await hashPassword(password);
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[^$=]{22}\$[^$=]{43}$/);
    expect(await hashPassword(password)).not.toBe(stored);
    expect(await verifyPassword(password, stored)).toBe(true);
    expect(await verifyPassword(new Secret('correcto caballo bateria'), stored)).toBe(false);
  });

  it('verifies in either Unicode spelling of its accents', async () => {
    const stored = await hashPassword(new Secret('contrase\u00f1a'));
    expect(await verifyPassword(new Secret('contrasen\u0303a'), stored)).toBe(true);
  });

  it('made with another cost still verifies', async () => {
    const nonce = Buffer.from('0123456789abcdef');
    const cheap = { message: password.reveal(), nonce, memory: 64, passes: 1, parallelism: 1, tagLength: 32 };
    const text = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
    const stored = `$argon2id$v=19$m=64,t=1,p=1$${text(nonce)}$${text(argon2Sync('argon2id', cheap))}`;
    expect(await verifyPassword(password, stored)).toBe(true);
    expect(await verifyPassword(new Secret('otra'), stored)).toBe(false);
  });

  it.each(['', 'plain', '$2b$12$abcdefghijklmnopqrstuv', '$argon2id$v=19$m=99999999,t=2,p=1$x$y'])(
    'in an unknown form lets nobody in: %j',
    async (stored) => expect(await verifyPassword(password, stored)).toBe(false),
  );

  it('of nobody is refused, and not at once', async () => {
    const begun = process.hrtime.bigint();
    expect(await verifyNothing(password)).toBe(false);
    // A whole argon2 run lies between: tens of milliseconds, never the microseconds of an early return.
    expect(Number(process.hrtime.bigint() - begun) / 1e6).toBeGreaterThan(5);
  });

  it('is worked out off the event loop', async () => {
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 1);
    await verifyNothing(password);
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(1);
  });
});

describe('a new password', () => {
  it.each([
    ['1234567', 'too-short'],
    ['ñandú🙂🙂', 'too-short'],
    ['12345678', 'ok'],
    ['x'.repeat(128), 'ok'],
    ['x'.repeat(129), 'too-long'],
    ['Ana@Hotel.mx', 'same-as-email'],
    [' ana@hotel.mx ', 'same-as-email'],
    ['ana@hotel.mx1', 'ok'],
  ])('%j is %s', (text, verdict) => expect(judgePassword(new Secret(text), 'ana@hotel.mx')).toBe(verdict));
});
