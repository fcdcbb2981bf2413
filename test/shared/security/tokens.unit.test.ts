import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { apiKeyHash, readApiKeyClaims } from '#shared/security/tokens.ts';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const fieldClaims = {
  jti: 'key_0123456789abcdef',
  iss: 'mikrotik-payment-api',
  sub: 'RTR_0A1B2C3D',
  empresa: 'EMP_0123456789',
  iat: 1777832530.123456,
  exp: 1809368530.123456,
  type: 'router_api_key',
};
const keyWith = (claims: unknown) => `jwt_${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJl`;

describe('the claims of an API key nobody has verified', () => {
  it('are read from a key of the reference service, whose times have fractions', () => {
    expect(readApiKeyClaims(keyWith(fieldClaims))).toEqual({
      keyId: 'key_0123456789abcdef',
      companyId: 'EMP_0123456789',
      routerId: 'RTR_0A1B2C3D',
      issuedAt: 1777832530123,
      expiresAt: 1809368530123,
    });
  });

  it.each<[string, string]>([
    ['no prefix', keyWith(fieldClaims).slice(4)],
    ['another prefix', keyWith(fieldClaims).replace('jwt_', 'JWT_')],
    ['only the prefix', 'jwt_'],
    ['garbage', 'jwt_garbage'],
    ['two parts', 'jwt_a.b'],
    ['four parts', `${keyWith(fieldClaims)}.x`],
    ['no JSON', 'jwt_a.bm90IGpzb24.c'],
    ['JSON that is no object', keyWith(null)],
    ['a session', keyWith({ ...fieldClaims, type: 'access_token' })],
    ['another issuer', keyWith({ ...fieldClaims, iss: 'someone' })],
    ['no router', keyWith({ ...fieldClaims, sub: undefined })],
    ['a company that would name another row', keyWith({ ...fieldClaims, empresa: 'EMP_1#ROUTER' })],
    ['a company too long to be one', keyWith({ ...fieldClaims, empresa: 'E'.repeat(51) })],
    ['a time that is text', keyWith({ ...fieldClaims, exp: '1809368530' })],
    ['more than 4 KB', keyWith({ ...fieldClaims, filler: 'x'.repeat(4096) })],
  ])('are not read: %s', (_, key) => expect(readApiKeyClaims(key)).toBeUndefined());
});

describe('the hash of an API key', () => {
  it('is SHA-256 of the JWT without the prefix', () => {
    expect(apiKeyHash('jwt_abc')).toBe(createHash('sha256').update('abc').digest('hex'));
  });
});
