import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKeyHash } from '#shared/security/tokens.ts';
import { type ApiKey, newKeyWrites } from '#shared/store/api-keys.ts';
import { type Stage, startStage } from '../../stage/stage.ts';
import { addCompany, addRouter } from '../../stage/tenants.ts';

let stage: Stage;
let companyId: string;
let routerId: string;
beforeAll(async () => {
  stage = await startStage();
  companyId = await addCompany(stage);
  ({ routerId } = await addRouter(stage, companyId));
});
afterAll(() => stage.stop());

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let number = 0;

/** As the reference made them: HS256 by a secret that we do not have, times with fractions (contract 4.2). */
async function signed(claims: { readonly id: string; readonly issuedAt: number; readonly expiresAt: number }) {
  const jwt = new SignJWT({
    jti: claims.id,
    iss: 'mikrotik-payment-api',
    sub: routerId,
    empresa: companyId,
    iat: claims.issuedAt / 1000 + 0.123456,
    exp: claims.expiresAt / 1000 + 0.123456,
    type: 'router_api_key',
  });
  return `jwt_${await jwt.setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(Buffer.from('the reference`s secret'))}`;
}

/** @param row what its row says otherwise */
async function imported(times: { issuedAt?: number; expiresAt?: number } = {}, row: Partial<ApiKey> = {}) {
  const now = stage.clock.now();
  const claims = {
    id: `key_${String((number += 1)).padStart(16, '0')}`,
    issuedAt: now - DAY,
    expiresAt: now + DAY,
    ...times,
  };
  const key = await signed(claims);
  const stored = {
    ...claims,
    hash: apiKeyHash(key),
    companyId,
    routerId,
    revokedAt: null,
    lastUsedAt: null,
    useCount: 0,
  };
  await stage.services.table.transact(newKeyWrites({ ...stored, ...row }));
  return { key, claims };
}
const catalogue = (key: string) =>
  stage.call('GET', '/api/v1/catalogo_perfiles_venta', { headers: { authorization: `Bearer ${key}` } });
const refused = (detail: string) => ({ status: 401, body: { detail } });

describe('a key of the reference service', () => {
  it('opens its router`s catalogue, in either header', async () => {
    const { key } = await imported();
    expect(await catalogue(key)).toMatchObject({ status: 200, body: [] });
    const own = { headers: { 'x-api-key': key } };
    expect(await stage.call('GET', '/api/v1/catalogo_perfiles_venta', own)).toMatchObject({ status: 200 });
  });

  it('may have been issued in the future: its host stood west of UTC', async () => {
    const { key } = await imported({ issuedAt: stage.clock.now() + 6 * HOUR });
    expect(await catalogue(key)).toMatchObject({ status: 200 });
  });

  it('is over when it says so itself, or when its row does', async () => {
    const now = stage.clock.now();
    const itself = await imported({ expiresAt: now - 1000 }, { expiresAt: now + DAY });
    expect(await catalogue(itself.key)).toMatchObject(refused('API Key expirada'));
    const row = await imported({ expiresAt: now + DAY }, { expiresAt: now });
    expect(await catalogue(row.key)).toMatchObject(refused('API Key expirada'));
  });

  it('is refused when revoked', async () => {
    const { key } = await imported({}, { revokedAt: stage.clock.now() });
    expect(await catalogue(key)).toMatchObject(refused('API Key no válida o revocada'));
  });

  it.each([{ companyId: 'EMP_0000000000' }, { routerId: 'RTR_00000000' }, { id: 'key_other' }])(
    'has to say what its row says: %j',
    async (row) => expect(await catalogue((await imported({}, row)).key)).toMatchObject(refused('API Key inválida')),
  );

  it('that was tampered with is no key, whatever became of it', async () => {
    const { key, claims } = await imported();
    const longer = await signed({ ...claims, expiresAt: claims.expiresAt + DAY });
    const [, longerPayload] = longer.split('.');
    const [head, , signature] = key.split('.');
    for (const forged of [longer, `${head}.${longerPayload}.${signature}`, `${key}x`, key.slice(0, -1)])
      expect(await catalogue(forged)).toMatchObject(refused('API Key inválida'));
  });
});
