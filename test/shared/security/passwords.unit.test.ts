import bcrypt from 'bcryptjs';
import { argon2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashPassword, shouldRehash, verifyNothing, verifyPassword } from '#shared/security/passwords.ts';
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

/** Made by libxcrypt. */
const imported = '$2b$04$abcdefghijklmnopqrstuugEiraAH4ZyCH6Cf5NlfmElv2oTPdw0K';

describe('an imported password', () => {
  const old = new Secret('contraseña vieja');

  it.each(['$2a$', '$2b$', '$2y$'])('verifies as %s', async (form) => {
    const stored = imported.replace('$2b$', form);
    expect(await verifyPassword(old, stored)).toBe(true);
    expect(await verifyPassword(new Secret('contrasena vieja'), stored)).toBe(false);
    expect(shouldRehash(old, stored)).toBe(true);
  });

  it('of more than 72 bytes is compared as far as bcrypt reads, and stays as it is', async () => {
    const stored = await bcrypt.hash(`${'x'.repeat(72)}end`, 4);
    const other = new Secret(`${'x'.repeat(72)}other`);
    expect(await verifyPassword(other, stored)).toBe(true);
    expect(shouldRehash(other, stored)).toBe(false);
    expect(shouldRehash(new Secret('ñ'.repeat(36)), stored)).toBe(false);
  });

  it.each([imported.slice(1), imported.slice(0, -1), imported.replace('$04$', '$31$')])(
    'in another form, or of a cost nobody waits for, lets nobody in: %s',
    async (stored) => expect(await verifyPassword(old, stored)).toBe(false),
  );

  it('leaves the event loop to others while it is worked out', async () => {
    const stored = await bcrypt.hash(old.reveal(), 11);
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 1);
    await verifyPassword(old, stored);
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(0);
  });
});
