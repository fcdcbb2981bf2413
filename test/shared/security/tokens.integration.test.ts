import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startKms, type LocalKms } from '#shared/local/kms.ts';
import { localKeys } from '#shared/local/kms-keys.ts';
import { createAwsClients } from '#shared/local/aws-clients.ts';
import { readConfig } from '#shared/platform/config.ts';
import { Kms } from '#shared/platform/kms.ts';
import { signJwt } from '#shared/security/kms-jwt.ts';
import { apiKeyHash, readApiKeyClaims, type SessionClaims, Tokens, type TokenUse } from '#shared/security/tokens.ts';
import { makeFolder } from '../../stage/scratch-folder.ts';
import { ManualClock } from '../../stage/manual-clock.ts';

const HOUR_MS = 3_600_000;
const folder = makeFolder();
let kms: LocalKms;
let clock: ManualClock;
let tokens: Tokens;

const keyIds: Record<TokenUse, string> = {
  'sessions:sign': localKeys.SESSIONS_KEY,
  'sessions:verify': localKeys.SESSIONS_KEY,
  'api-keys:sign': localKeys.API_KEYS_KEY,
  'api-keys:verify': localKeys.API_KEYS_KEY,
};
const tokensWith = (ids: Record<TokenUse, string>) => {
  const { kms: client } = createAwsClients(readConfig({ AWS_ENDPOINT_URL_KMS: kms.url }));
  return new Tokens({ kms: () => Promise.resolve(new Kms(client)), clock, keyId: (use) => ids[use] });
};

beforeAll(async () => {
  kms = await startKms({ port: 0, dataDir: folder.path });
});
beforeEach(() => {
  clock = new ManualClock();
  tokens = tokensWith(keyIds);
});
afterAll(async () => {
  await kms.stop();
  folder.remove();
});

const ana: SessionClaims = {
  userId: 7,
  email: 'ana@hotel.mx',
  name: 'Ana Peña',
  role: 'cliente_admin',
  companyId: 'EMP_0123456789',
  tokenVersion: 3,
};

/** The same token with one claim changed and its signature kept. */
function withClaim(token: string, name: string, value: unknown): string {
  const [header, , signature] = token.split('.');
  const payload = Buffer.from(JSON.stringify({ ...decodeJwt(token), [name]: value })).toString('base64url');
  return `${header}.${payload}.${signature}`;
}

describe('a session token', () => {
  it("carries the contract's claims, lasts 24 hours and verifies", async () => {
    const { token, expiresAt } = await tokens.signSession(ana);
    expect(expiresAt).toBe(clock.now() + 24 * HOUR_MS);
    expect(decodeProtectedHeader(token.reveal())).toEqual({ alg: 'ES256', typ: 'JWT' });
    expect(decodeJwt(token.reveal())).toEqual({
      sub: '7',
      email: 'ana@hotel.mx',
      nombre: 'Ana Peña',
      rol: 'cliente_admin',
      empresa_id: 'EMP_0123456789',
      type: 'access_token',
      ver: 3,
      iat: clock.now() / 1000,
      exp: expiresAt / 1000,
    });
    expect(await tokens.verifySession(token.reveal())).toEqual({ kind: 'valid', claims: ana });
  });

  it('of a super admin has no company', async () => {
    const root = { ...ana, role: 'super_admin', companyId: null };
    const { token } = await tokens.signSession(root);
    expect(await tokens.verifySession(token.reveal())).toEqual({ kind: 'valid', claims: root });
  });

  it('is good until its last second and expired after it', async () => {
    const { token } = await tokens.signSession(ana);
    clock.advance(24 * HOUR_MS - 1000);
    expect(await tokens.verifySession(token.reveal())).toMatchObject({ kind: 'valid' });
    clock.advance(1000);
    expect(await tokens.verifySession(token.reveal())).toEqual({ kind: 'expired' });
  });

  it('with any claim changed is invalid, also when it has expired', async () => {
    const token = (await tokens.signSession(ana)).token.reveal();
    expect(await tokens.verifySession(withClaim(token, 'sub', '1'))).toEqual({ kind: 'invalid' });
    expect(await tokens.verifySession(withClaim(token, 'exp', 9_999_999_999))).toEqual({ kind: 'invalid' });
    clock.advance(25 * HOUR_MS);
    expect(await tokens.verifySession(withClaim(token, 'rol', 'super_admin'))).toEqual({ kind: 'invalid' });
  });

  it('signed by another key, by a shared secret or by nobody is invalid', async () => {
    const other = tokensWith({ ...keyIds, 'sessions:sign': localKeys.API_KEYS_KEY });
    expect(await tokens.verifySession((await other.signSession(ana)).token.reveal())).toEqual({ kind: 'invalid' });
    const claims = decodeJwt((await tokens.signSession(ana)).token.reveal());
    const shared = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32, 'guess'));
    expect(await tokens.verifySession(shared)).toEqual({ kind: 'invalid' });
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${shared.split('.')[1]}.`;
    expect(await tokens.verifySession(unsigned)).toEqual({ kind: 'invalid' });
  });

  it.each(['', 'x', 'a.b.c', '...', 'jwt_a.b.c', 'é.é.é', 'x'.repeat(5000)])(
    'that is garbage is invalid: %.20s',
    async (text) => expect(await tokens.verifySession(text)).toEqual({ kind: 'invalid' }),
  );

  it("is not a router's API key, nor the other way round", async () => {
    const apiKey = (await tokens.signApiKey(keyClaims())).reveal();
    expect(await tokens.verifySession(apiKey)).toEqual({ kind: 'invalid' });
    expect(await tokens.verifySession(apiKey.slice('jwt_'.length))).toEqual({ kind: 'invalid' });
    const session = (await tokens.signSession(ana)).token.reveal();
    expect(readApiKeyClaims(`jwt_${session}`)).toBeUndefined();
    expect(await tokens.judgeApiKeySignature(`jwt_${session}`)).toBe('invalid');
  });

  it("is not a router's API key even when both are signed by one key", async () => {
    const oneKey = tokensWith({ ...keyIds, 'api-keys:sign': localKeys.SESSIONS_KEY });
    const apiKey = (await oneKey.signApiKey(keyClaims())).reveal();
    expect(await tokens.verifySession(apiKey.slice('jwt_'.length))).toEqual({ kind: 'invalid' });
  });

  it('that says it is of another kind is invalid, though our own key signed it', async () => {
    const client = new Kms(createAwsClients(readConfig({ AWS_ENDPOINT_URL_KMS: kms.url })).kms);
    const claims = decodeJwt((await tokens.signSession(ana)).token.reveal());
    const other = await signJwt(client, localKeys.SESSIONS_KEY, { ...claims, type: 'refresh_token' });
    expect(await tokens.verifySession(other)).toEqual({ kind: 'invalid' });
    const same = await signJwt(client, localKeys.SESSIONS_KEY, claims);
    expect(await tokens.verifySession(same)).toMatchObject({ kind: 'valid' });
  });

  it('asks KMS for the public key once, however many are verified', async () => {
    const token = (await tokens.signSession(ana)).token.reveal();
    const before = kms.calls()['GetPublicKey'] ?? 0;
    await Promise.all([1, 2, 3].map(() => tokens.verifySession(token)));
    await tokens.verifySession(token);
    expect(kms.calls()['GetPublicKey']).toBe(before + 1);
  });
});

const keyClaims = () => ({
  keyId: 'key_0123456789abcdef',
  companyId: 'EMP_0123456789',
  routerId: 'RTR_0A1B2C3D',
  issuedAt: clock.now(),
  expiresAt: clock.now() + 365 * 24 * HOUR_MS,
});

describe('an API key', () => {
  it('says of itself what was signed, and its signature is right', async () => {
    const key = await tokens.signApiKey(keyClaims());
    expect(key.reveal()).toMatch(/^jwt_[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(readApiKeyClaims(key.reveal())).toEqual(keyClaims());
    expect(decodeJwt(key.reveal().slice(4))).toMatchObject({ iss: 'mikrotik-payment-api', type: 'router_api_key' });
    expect(apiKeyHash(key.reveal())).toMatch(/^[0-9a-f]{64}$/);
    expect(await tokens.judgeApiKeySignature(key.reveal())).toBe('valid');
  });

  it('is judged expired after a year, and invalid when changed or not ours', async () => {
    const key = (await tokens.signApiKey(keyClaims())).reveal();
    const changed = `jwt_${withClaim(key.slice(4), 'empresa', 'EMP_FFFFFFFFFF')}`;
    expect(await tokens.judgeApiKeySignature(changed)).toBe('invalid');
    expect(await tokens.judgeApiKeySignature(key.slice(4))).toBe('invalid');
    expect(await tokens.judgeApiKeySignature('jwt_garbage')).toBe('invalid');
    clock.advance(366 * 24 * HOUR_MS);
    expect(await tokens.judgeApiKeySignature(key)).toBe('expired');
    expect(await tokens.judgeApiKeySignature(changed)).toBe('invalid');
  });

  it('issued by a clock ahead of ours is not refused for that', async () => {
    const key = (await tokens.signApiKey({ ...keyClaims(), issuedAt: clock.now() + 6 * HOUR_MS })).reveal();
    expect(await tokens.judgeApiKeySignature(key)).toBe('valid');
  });
});
