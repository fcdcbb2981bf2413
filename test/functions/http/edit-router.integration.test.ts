import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { healthSchema } from '#shared/store/router-health.ts';
import type { Router } from '#shared/store/routers.ts';
import { keys } from '#shared/store/table.ts';
import { type Headers, type Stage, startStage } from '../../stage/stage.ts';
import { addCompany, addRouter, routerFields, type StagedRouter } from '../../stage/tenants.ts';

let stage: Stage;
let headers: Headers;
let companyId: string;
beforeAll(async () => {
  stage = await startStage({ config: { TUNNEL_RANGE: '10.99.0.0/16' } });
  headers = await stage.asSuperAdmin();
  companyId = await addCompany(stage);
});
afterAll(() => stage.stop());

const edit = ({ companyId: company, routerId }: Pick<StagedRouter, 'companyId' | 'routerId'>, body: unknown) =>
  stage.call('PUT', `/admin/empresas/${company}/routers/${routerId}`, { headers, body });

/** A router as it stands after its first login over TLS. */
async function pinnedRouter(fields: object = {}): Promise<StagedRouter> {
  const router = await addRouter(stage, companyId, { puerto: 8729, ...fields });
  const stored = await find(router);
  await stage.services.routers.pinCertificate(stored, 'ab'.repeat(32));
  return router;
}

async function find({ routerId }: StagedRouter): Promise<Router> {
  return (await stage.services.routers.find(companyId, routerId)) ?? expect.fail('no router');
}

const passwordOf = async (router: StagedRouter): Promise<string | null> => {
  const { sealedPassword } = await find(router);
  if (sealedPassword === null) return null;
  return (await stage.services.box('router-credentials').open(companyId, sealedPassword)).reveal();
};

const probed = { identity: 'Old', version: '7.1', profileNames: ['1hora'], boardName: null, uptimeS: 1, userCount: 1 };
const findings = { ...probed, profileLimits: null, deviceModeBlocked: null, clockErrorS: null };

describe('editing a router', () => {
  it('changes what was sent and nothing else, and keeps password, certificate and health', async () => {
    const router = await pinnedRouter({ ubicacion: 'Patio' });
    const before = await find(router);
    const { status, body } = await edit(router, { nombre: 'Segundo', ubicacion: null });
    expect(status).toBe(200);
    expect(body).toEqual({
      id: router.routerId,
      empresa_id: companyId,
      nombre: 'Segundo',
      host: '10.8.0.5',
      puerto: 8729,
      ubicacion: null,
      activo: true,
      creado_en: '2026-05-03T18:22:10',
      advertencias: [],
    });
    expect(await find(router)).toEqual({ ...before, name: 'Segundo', location: null });
  });

  it.each([{ host: '10.8.0.6' }, { puerto: 8730 }, { usuario: 'otro' }])(
    'drops the stored password with another login, and the certificate: %j',
    async (change) => {
      const router = await pinnedRouter();
      const { status, body } = await edit(router, change);
      expect(status).toBe(200);
      expect(body.advertencias).toContain('sin_credenciales');
      expect(await find(router)).toMatchObject({ sealedPassword: null, certFingerprint: null });
      expect((await edit(router, { password: 'the new one' })).body.advertencias).not.toContain('sin_credenciales');
      expect(await passwordOf(router)).toBe('the new one');
    },
  );

  it('to another host drops what a kit printed for the one before', async () => {
    const router = await addRouter(stage, companyId);
    const { table, routers } = stage.services;
    await table.update(
      keys.router(router.companyId, router.routerId),
      'SET #pendingUsername = :user, #pendingSealedPassword = :sealed',
      { ':user': 'pagos-api', ':sealed': 'sealed' },
    );
    await edit(router, { nombre: 'Otro' });
    expect(await routers.find(router.companyId, router.routerId)).toMatchObject({ pendingSealedPassword: 'sealed' });
    await edit(router, { host: '10.8.0.99' });
    expect(await routers.find(router.companyId, router.routerId)).toMatchObject({
      pendingUsername: null,
      pendingSealedPassword: null,
    });
  });

  it('does not take the same values for a change', async () => {
    const router = await pinnedRouter();
    const same = { host: ' 10.8.0.5 ', puerto: '8729', usuario: routerFields.usuario };
    expect((await edit(router, same)).body.advertencias).toEqual([]);
    expect(await passwordOf(router)).toBe(routerFields.password);
    expect((await find(router)).certFingerprint).toBe('ab'.repeat(32));
  });

  it('with a password trusts the next certificate, on the same host too', async () => {
    const router = await pinnedRouter();
    const { status } = await edit(router, { host: '10.8.0.7', password: 'another password' });
    expect(status).toBe(200);
    expect(await passwordOf(router)).toBe('another password');
    await stage.services.routers.pinCertificate(await find(router), 'cd'.repeat(32));
    await edit(router, { password: 'another password' });
    expect(await find(router)).toMatchObject({ host: '10.8.0.7', certFingerprint: null, certChangedAt: null });
  });

  it('forgets what was known of the other device, also what a visit under way comes back with', async () => {
    const router = await pinnedRouter();
    const { routerId } = router;
    const { health, watches, clock } = stage.services;
    const now = clock.now();
    const visit = (owner: string) =>
      health.takeLease(companyId, routerId, owner, { accessId: undefined, now, leaseMs: 60_000 });
    const release = (owner: string) =>
      health.releaseLease(companyId, routerId, owner, { kind: 'probed', findings, latencyMs: 9 }, now);
    await visit('first');
    await release('first');
    await health.claimProbe(companyId, routerId, now, 3_000);
    await visit('under way');
    await edit(router, { host: '10.8.0.8', password: 'new' });
    // One device or the other, a second worker does not come in between.
    expect(await visit('second')).toBeUndefined();
    expect(await release('under way')).toBeUndefined();
    expect(await health.find(companyId, routerId)).toEqual(healthSchema.parse({}));
    expect((await watches.find(companyId, routerId))?.dueAt).toBe(0);
    expect(await visit('after')).toMatchObject({ crashedAt: undefined });
    expect(await release('after')).toMatchObject({ identity: 'Old', leaseUntil: null });
  });

  it('does not pin the certificate of the device that it was before', async () => {
    const router = await addRouter(stage, companyId, { puerto: 8729 });
    const connectedTo = await find(router);
    await edit(router, { host: '10.8.0.9', password: 'new' });
    await stage.services.routers.pinCertificate(connectedTo, 'ab'.repeat(32));
    expect((await find(router)).certFingerprint).toBeNull();
  });

  it('by two at once never sends the password of one to the host of the other', async () => {
    const router = await pinnedRouter();
    const read = await find(router);
    await edit(router, { host: '10.8.0.66' });
    expect(await stage.services.routers.edit(read, { sealedPassword: 'meant for the first host' })).toBeUndefined();
    expect(await stage.services.routers.edit(read, { host: read.host, sealedPassword: undefined })).toBeUndefined();
    expect(await find(router)).toMatchObject({ host: '10.8.0.66', sealedPassword: null });
    const passwords = ['zero', 'one', 'two'];
    const answers = await Promise.all(passwords.map((password, n) => edit(router, { host: `10.8.1.${n}`, password })));
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    for (const { status, body } of answers.filter((answer) => answer.status !== 200))
      expect({ status, body }).toEqual({
        status: 409,
        body: { detail: 'El router cambió mientras se editaba. Revise sus datos e intente de nuevo.' },
      });
    const { host } = await find(router);
    expect(await passwordOf(router)).toBe(passwords[Number(host.at(-1))]);
  });

  it('holds one that is switched off, which stays so and is not watched', async () => {
    const router = await addRouter(stage, companyId);
    await stage.services.routers.setActive(companyId, router.routerId, false);
    const { dueAt } = (await stage.services.watches.find(companyId, router.routerId)) ?? {};
    expect((await edit(router, { host: '10.8.0.10', password: 'new' })).body).toMatchObject({ activo: false });
    expect((await stage.services.watches.find(companyId, router.routerId))?.dueAt).toBe(dueAt);
  });

  it('of nothing writes nothing but the trail', async () => {
    const router = await addRouter(stage, companyId);
    const before = await find(router);
    expect(await stage.countCalls(() => edit(router, {}))).toEqual({
      BatchGetItem: 1,
      PutItem: 1,
      UpdateItem: 1,
    });
    expect(await find(router)).toEqual(before);
  });

  it.each([
    { nombre: null },
    { nombre: '' },
    { host: null },
    { host: '' },
    { puerto: null },
    { puerto: 0 },
    { usuario: null },
    { password: null },
    { password: '' },
    { ubicacion: 'x'.repeat(201) },
  ])('with a field that is not right is a 422 and writes nothing: %j', async (wrong) => {
    const router = await pinnedRouter();
    const before = await find(router);
    const { status, body } = await edit(router, { nombre: 'Otro', ...wrong });
    expect(status).toBe(422);
    expect(body.detail).toMatchObject([{ loc: ['body', ...Object.keys(wrong)] }]);
    expect(await find(router)).toEqual(before);
  });

  it('is for its own company`s path and for the super admin only', async () => {
    const router = await addRouter(stage, await addCompany(stage));
    for (const path of [
      { companyId, routerId: router.routerId },
      { companyId, routerId: 'RTR_00000000' },
      { companyId: 'EMP_0000000000', routerId: router.routerId },
    ])
      expect(await edit(path, { nombre: 'Otro' })).toMatchObject({
        status: 404,
        body: { detail: 'Router no encontrado o no pertenece a la empresa' },
      });
    const admin = await stage.asCompanyAdmin(router.companyId);
    const path = `/admin/empresas/${router.companyId}/routers/${router.routerId}`;
    expect(await stage.call('PUT', path, { headers: admin, body: { nombre: 'Otro' } })).toMatchObject({ status: 403 });
  });

  it('leaves no password in what is written, logged or answered', async () => {
    const router = await addRouter(stage, companyId);
    const { body } = await edit(router, { host: '10.8.0.11', password: 'planted while editing' });
    const written = JSON.stringify([await stage.items(), body]) + stage.log.join('');
    expect(written).not.toContain('planted while editing');
  });
});

describe('the host of an edited router', () => {
  it.each([
    '127.0.0.1',
    'localhost',
    '169.254.169.254',
    '10.213.112.2',
    '::ffff:10.213.112.2',
    '10.99.0.7',
    '10.99.0.1',
  ])('may not be %s', async (host) => {
    const router = await pinnedRouter();
    const before = await find(router);
    expect(await edit(router, { host, password: 'new' })).toMatchObject({
      status: 400,
      body: { detail: 'El host del router no está permitido.' },
    });
    expect(await find(router)).toEqual(before);
  });

  it('may be its own tunnel address, where plain is right, and no other one', async () => {
    const router = await addRouter(stage, companyId);
    const { table } = stage.services;
    await table.update(keys.router(companyId, router.routerId), 'SET #tunnelAddress = :own', { ':own': '10.99.0.7' });
    expect((await edit(router, { host: '10.99.0.8', password: 'new' })).status).toBe(400);
    expect((await edit(router, { host: '10.99.0.7', password: 'new' })).body).toMatchObject({ advertencias: [] });
    expect((await edit(router, { host: '10.8.0.5' })).body.advertencias).toEqual(['sin_tls', 'sin_credenciales']);
  });

  it('in the tunnel range is refused to a new router, which has no tunnel yet', async () => {
    const path = `/admin/empresas/${companyId}/routers`;
    const body = { ...routerFields, host: '10.99.0.7' };
    expect(await stage.call('POST', path, { headers, body })).toMatchObject({ status: 400 });
  });
});

describe('an operator edits a router of its own', () => {
  const own = async (router: StagedRouter, body: unknown) =>
    stage.call('PUT', `/api/v1/admin/mi-empresa/routers/${router.routerId}`, {
      headers: await stage.asCompanyAdmin(companyId),
      body,
    });

  it('in the contract`s words; a port that is not sent stays as it is', async () => {
    const router = await pinnedRouter();
    expect(await own(router, { nombre: 'Tercero' })).toMatchObject({ status: 200 });
    expect((await own(router, { ubicacion: 'Patio' })).body).toEqual({
      message: 'Router actualizado correctamente',
      router: {
        id: router.routerId,
        nombre: 'Tercero',
        host: '10.8.0.5',
        puerto: 8729,
        usuario: routerFields.usuario,
        ubicacion: 'Patio',
        activo: true,
        advertencias: [],
      },
    });
    expect(await passwordOf(router)).toBe(routerFields.password);
  });

  it.each(['password_encrypted', 'password'])('with the password in %s', async (name) => {
    const router = await pinnedRouter();
    expect((await own(router, { host: '10.8.0.9', [name]: 'another-one' })).status).toBe(200);
    expect(await passwordOf(router)).toBe('another-one');
  });

  it('drops the password when it points elsewhere, and may not point inside', async () => {
    const router = await pinnedRouter();
    expect((await own(router, { host: '169.254.169.254' })).status).toBe(400);
    expect((await own(router, { host: '10.8.0.9' })).body.router.advertencias).toEqual(['sin_credenciales']);
    expect(await passwordOf(router)).toBeNull();
  });

  it('and no other`s', async () => {
    const router = await addRouter(stage, await addCompany(stage));
    expect(await own(router, { nombre: 'X' })).toMatchObject({
      status: 404,
      body: { detail: 'Router no encontrado o no pertenece a tu empresa' },
    });
  });
});
