import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKeyHash } from '#shared/security/tokens.ts';
import { type Headers, type Stage, startStage } from '../../stage/stage.ts';
import { addCompany, addRouter, type StagedRouter } from '../../stage/tenants.ts';

let stage: Stage;
let headers: Headers;
let companyId: string;
beforeAll(async () => {
  stage = await startStage();
  headers = await stage.asSuperAdmin();
  companyId = await addCompany(stage);
});
afterAll(() => stage.stop());

const of = ({ routerId }: StagedRouter, tail: string) => `/admin/empresas/${companyId}/routers/${routerId}${tail}`;
const regenerate = (router: StagedRouter) => stage.call('POST', of(router, '/regenerate-api-key'), { headers });
const list = async (router: StagedRouter) => (await stage.call('GET', of(router, '/api-keys'), { headers })).body;
const revoke = (router: StagedRouter, keyId = router.keyId) =>
  stage.call('POST', of(router, `/api-keys/${keyId}/revoke`), { headers });
const status = async (router: StagedRouter) =>
  (await stage.call('GET', of(router, '/api-key-status'), { headers })).body;
const activeKey = async ({ routerId }: StagedRouter) =>
  (await stage.services.routers.find(companyId, routerId))?.activeKey;
/** Any call of a portal. */
const portal = (apiKey: string) => stage.call('GET', '/api/v1/config/public', { headers: { 'x-api-key': apiKey } });
const REVOKED = { status: 401, body: { detail: 'API Key no válida o revocada' } };
const stored = (apiKey: string) => stage.services.apiKeys.findByHash(apiKeyHash(apiKey));

describe('a regenerated key', () => {
  it('is shown once and takes the place of the one before, which is revoked at that moment', async () => {
    const router = await addRouter(stage, companyId);
    stage.clock.advance(1500);
    const answer = await regenerate(router);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      message: 'API Key regenerada exitosamente',
      router_id: router.routerId,
      new_api_key: expect.stringMatching(/^jwt_/),
      api_key_info: {
        key_id: expect.stringMatching(/^key_/),
        issued_at: '2026-05-03T18:22:11.500000',
        expires_at: '2027-05-03T18:22:11.500000',
        type: 'router_api_key',
      },
      previous_key_revoked: true,
    });
    const { new_api_key, api_key_info } = answer.body;
    expect(await activeKey(router)).toEqual({ id: api_key_info.key_id, hash: apiKeyHash(new_api_key) });
    expect(await stored(router.apiKey)).toMatchObject({ revokedAt: stage.clock.now() });
    expect(await stored(new_api_key)).toMatchObject({ revokedAt: null, routerId: router.routerId, companyId });
  });

  it('lets portals in from then on, and the old one no more', async () => {
    const router = await addRouter(stage, companyId);
    expect(await portal(router.apiKey)).toMatchObject({ status: 200, body: { router: { id: router.routerId } } });
    const { body } = await regenerate(router);
    expect(await portal(router.apiKey)).toMatchObject(REVOKED);
    expect(await portal(body.new_api_key)).toMatchObject({ status: 200, body: { router: { id: router.routerId } } });
  });

  it('also replaces one that was revoked before', async () => {
    const router = await addRouter(stage, companyId);
    await revoke(router);
    const { status: answered, body } = await regenerate(router);
    expect(answered).toBe(200);
    expect(body.previous_key_revoked).toBe(false);
    expect((await activeKey(router))?.hash).toBe(apiKeyHash(body.new_api_key));
  });

  it.each([
    { before: 'a key', revoked: false },
    { before: 'none', revoked: true },
  ])('asked for by several at once, with $before before, leaves exactly one in force', async ({ revoked: without }) => {
    const router = await addRouter(stage, companyId);
    if (without) await revoke(router);
    const answers = await Promise.all([regenerate(router), regenerate(router), regenerate(router)]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    const inForce = (await list(router)).filter(({ revoked }: { revoked: boolean }) => !revoked);
    expect(inForce).toMatchObject([{ key_id: (await activeKey(router))?.id }]);
    expect(await list(router)).toHaveLength(4);
  });

  it('is refused to a router that is switched off', async () => {
    const router = await addRouter(stage, companyId);
    await stage.services.routers.setActive(companyId, router.routerId, false);
    expect(await regenerate(router)).toMatchObject({
      status: 400,
      body: { detail: 'No se puede regenerar API key de un router inactivo' },
    });
    expect((await activeKey(router))?.id).toBe(router.keyId);
  });

  it('is not written when the router was switched off after it was read', async () => {
    const router = await addRouter(stage, companyId);
    const before = await stage.services.routers.find(companyId, router.routerId);
    await stage.services.routers.setActive(companyId, router.routerId, false);
    const current = await stored(router.apiKey);
    if (!before || !current) throw new Error('nothing stored');
    expect(await stage.services.apiKeys.replace(before, { ...current, id: 'key_next', hash: 'next' })).toBe(false);
    expect(await stage.services.apiKeys.findByHash('next')).toBeUndefined();
  });

  it('is stored nowhere in clear', async () => {
    const router = await addRouter(stage, companyId);
    const { body } = await regenerate(router);
    const written = JSON.stringify(await stage.items()) + stage.log.join('');
    for (const part of body.new_api_key.replace('jwt_', '').split('.').slice(1)) expect(written).not.toContain(part);
  });

  it('costs one read, a signature and a transaction, and the two writes of the trail', async () => {
    const router = await addRouter(stage, companyId);
    expect(await stage.countCalls(() => regenerate(router))).toEqual({
      BatchGetItem: 1,
      Sign: 1,
      TransactWriteItems: 1,
      PutItem: 1,
      UpdateItem: 1,
    });
  });
});

describe('the keys of a router', () => {
  it('are listed, the newest first, with the revoked ones', async () => {
    const router = await addRouter(stage, companyId);
    const issuedAt = stage.clock.now();
    stage.clock.advance(60_000);
    const { body } = await regenerate(router);
    await stage.services.apiKeys.recordUse(apiKeyHash(body.new_api_key), 3, stage.clock.now());
    expect(await list(router)).toMatchObject([
      { key_id: body.api_key_info.key_id, revoked: false, revoked_at: null, use_count: 3, last_used: iso(60_000) },
      { key_id: router.keyId, revoked: true, revoked_at: iso(60_000), use_count: 0, last_used: null },
    ]);
    expect(Object.keys((await list(router))[0])).toEqual([
      'key_id',
      'router_id',
      'empresa_id',
      'issued_at',
      'expires_at',
      'revoked',
      'revoked_at',
      'last_used',
      'use_count',
    ]);
    function iso(afterMs: number) {
      return expect.stringContaining(new Date(issuedAt + afterMs).toISOString().slice(0, 19));
    }
  });

  it('are listed whole when there are more than one batched read takes, and none of another router`s', async () => {
    const router = await addRouter(stage, companyId);
    await addRouter(stage, companyId);
    const first = await stored(router.apiKey);
    if (!first) throw new Error('no key');
    for (let number = 1; number <= 100; number += 1) {
      const next = {
        ...first,
        id: `key_${number}`,
        hash: `${router.routerId} ${number}`,
        issuedAt: first.issuedAt + number,
      };
      const holder = await stage.services.routers.find(companyId, router.routerId);
      expect(holder && (await stage.services.apiKeys.replace(holder, next))).toBe(true);
    }
    const keys = (await list(router)).map(({ key_id }: { key_id: string }) => key_id);
    expect(keys).toHaveLength(101);
    expect(keys.slice(0, 2)).toEqual(['key_100', 'key_99']);
    expect(keys.at(-1)).toBe(router.keyId);
  });
});

describe('a revoked key', () => {
  it('leaves the router without one', async () => {
    const router = await addRouter(stage, companyId);
    const answer = await revoke(router);
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({
      message: 'API Key revocada exitosamente',
      key_id: router.keyId,
      router_id: router.routerId,
      revoked_at: expect.stringMatching(/^2026-05-03T/),
    });
    expect(await portal(router.apiKey)).toMatchObject(REVOKED);
    expect(await activeKey(router)).toBeNull();
    expect(await stored(router.apiKey)).toMatchObject({ revokedAt: stage.clock.now() });
    expect(await status(router)).toMatchObject({ has_active_key: false, status: 'no_key' });
  });

  it('cannot be revoked again', async () => {
    const router = await addRouter(stage, companyId);
    const { body } = await regenerate(router);
    const refusal = { status: 400, body: { detail: 'La API Key ya está revocada' } };
    expect(await revoke(router)).toMatchObject(refusal);
    expect((await activeKey(router))?.id).toBe(body.api_key_info.key_id);
    const both = await Promise.all([
      revoke(router, body.api_key_info.key_id),
      revoke(router, body.api_key_info.key_id),
    ]);
    expect(both.map((answer) => answer.status).toSorted()).toEqual([200, 400]);
  });

  it('keeps the time of its revocation when somebody revokes what he read before it', async () => {
    const router = await addRouter(stage, companyId);
    const before = await stored(router.apiKey);
    await revoke(router);
    const after = await stage.services.routers.find(companyId, router.routerId);
    if (!before || !after) throw new Error('nothing stored');
    expect(await stage.services.apiKeys.revoke(after, before, stage.clock.now() + 1000)).toBe(false);
    expect(await stored(router.apiKey)).toMatchObject({ revokedAt: stage.clock.now() });
  });

  it('while a new one is made leaves one in force or none, never two', async () => {
    const router = await addRouter(stage, companyId);
    await Promise.all([revoke(router), regenerate(router)]);
    const inForce = (await list(router)).filter(({ revoked }: { revoked: boolean }) => !revoked);
    expect(inForce).toMatchObject([{ key_id: (await activeKey(router))?.id }]);
  });

  it('must be a key of that router', async () => {
    const router = await addRouter(stage, companyId);
    const other = await addRouter(stage, companyId);
    const refusal = { status: 404, body: { detail: 'API Key no encontrada' } };
    expect(await revoke(router, other.keyId)).toMatchObject(refusal);
    expect(await revoke(router, 'key_0000000000000000')).toMatchObject(refusal);
    expect((await activeKey(other))?.id).toBe(other.keyId);
  });
});

describe('the status of a key', () => {
  it('is that of the one in force', async () => {
    const router = await addRouter(stage, companyId);
    expect(await status(router)).toMatchObject({
      router_id: router.routerId,
      has_active_key: true,
      key_id: router.keyId,
      expires_in_days: 365,
      use_count: 0,
      status: 'active',
      warning: 'Esta API Key nunca ha sido usada',
    });
    await stage.services.apiKeys.recordUse(apiKeyHash(router.apiKey), 1, stage.clock.now());
    expect(await status(router)).toMatchObject({ use_count: 1, warning: null, recommendation: null });
    const { body } = await regenerate(router);
    expect(await status(router)).toMatchObject({ key_id: body.api_key_info.key_id, use_count: 0 });
  });

  it('counts every use that two functions write at once', async () => {
    const router = await addRouter(stage, companyId);
    const at = stage.clock.now();
    const hash = apiKeyHash(router.apiKey);
    await Promise.all([3, 4, 5].map((uses) => stage.services.apiKeys.recordUse(hash, uses, at)));
    expect(await status(router)).toMatchObject({ use_count: 12 });
  });
});
