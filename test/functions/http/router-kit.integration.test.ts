import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientSettings } from '#shared/platform/aws.ts';
import { readConfig } from '#shared/platform/config.ts';
import { Hub } from '#shared/store/hub.ts';
import type { Router } from '#shared/store/routers.ts';
import { keys } from '#shared/store/table.ts';
import { everyCommand, parseScript } from '../../shared/onboarding/routeros/grammar.ts';
import { AWKWARD_NAME, sampleRouter, sampleTunnel } from '../../shared/onboarding/sample-kit.ts';
import { type Headers, type Stage, startStage } from '../../stage/stage.ts';
import { addCompany, addRouter, type StagedRouter } from '../../stage/tenants.ts';

let stage: Stage;
let own: StagedRouter;
let admin: Headers;
const open = (config: Readonly<Record<string, string>>) => async () => {
  stage = await startStage({ config });
};
const onboard = async () => {
  own = await addRouter(stage, await addCompany(stage, { nombre: AWKWARD_NAME }));
  admin = await stage.asCompanyAdmin(own.companyId);
  ownKey = randomBytes(32).toString('base64');
};

const path = (what: string, { companyId, routerId } = own) =>
  `/admin/empresas/${companyId}/routers/${routerId}/${what}`;
const kit = (headers = admin, query = '', of = own) => stage.call('GET', path('kit', of) + query, { headers });
const register = (clave_publica: unknown, headers = admin, of = own) =>
  stage.call('POST', path('wireguard', of), { headers, body: { clave_publica } });
const stored = async (of = own): Promise<Router> => {
  const router = await stage.services.routers.find(of.companyId, of.routerId);
  if (!router) throw new Error('the router is gone');
  return router;
};
/** What was done to the own company's router, refused attempts apart. */
const trail = async () =>
  (await stage.items()).filter(
    ({ pk, sk, action, outcome }) =>
      pk === `COMPANY#${own.companyId}` &&
      String(sk).startsWith('AUDIT#') &&
      /kit|tunnel/.test(String(action)) &&
      outcome === '200',
  );

/** What stands in the kit's command of this name. */
function written(script: string, name: string, property: string): string[] {
  return [...everyCommand(parseScript(script))]
    .filter((command) => command.name === name)
    .flatMap(({ properties }) => {
      const value = properties.get(property);
      return value?.kind === 'text' ? [value.text] : [];
    });
}
const passwordIn = (script: string) => written(script, '/user add', 'password')[0] ?? '';

const NOT_OF_COMPANY = { status: 404, body: { detail: 'Router no encontrado o no pertenece a la empresa' } };
const KEY = 'aGVyZSBzdGFuZCB0aGlydHktdHdvIGJ5dGVzIG9rIQk=';
/** Of the current test's router: a key is one router's. */
let ownKey: string;

describe('a kit, where the worker has an address', () => {
  beforeAll(open({ WORKER_ADDRESSES: '203.0.113.7, 198.51.100.0/28' }));
  beforeEach(onboard);
  afterAll(() => stage.stop());

  it('is a script to be saved, and nobody keeps a copy of it on its way', async () => {
    const { status, headers, body } = await kit();
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'content-disposition': `attachment; filename="kit-${own.routerId}.rsc"`,
    });
    const machine = sampleRouter();
    machine.run(body);
    expect(machine.printed[0]).toContain(`router 'Principal' de 'O'Brien "WiFi" $; Nandu' quedo configurado`);
    expect(machine.menus.rows('/ip service')[0]?.['address']).toBe('192.168.88.0/24,203.0.113.7/32,198.51.100.0/28');
  });

  it('has a password that is sealed as pending, leaving what is in force alone', async () => {
    const before = await stored();
    const { body } = await kit();
    const after = await stored();
    expect(after).toEqual({
      ...before,
      pendingUsername: 'pagos-api',
      pendingSealedPassword: after.pendingSealedPassword,
    });
    const box = stage.services.box('router-credentials');
    const sealed = await box.open(own.companyId, after.pendingSealedPassword ?? '');
    expect(passwordIn(body)).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(sealed.reveal()).toBe(passwordIn(body));
    expect(body.split(passwordIn(body))).toHaveLength(2);
    expect(JSON.stringify(await stage.items()) + stage.log.join('')).not.toContain(passwordIn(body));
  });

  it('has another one each time, and the last one counts', async () => {
    const [first, second] = [passwordIn((await kit()).body), passwordIn((await kit()).body)];
    expect(first).not.toBe(second);
    const box = stage.services.box('router-credentials');
    expect((await box.open(own.companyId, (await stored()).pendingSealedPassword ?? '')).reveal()).toBe(second);
  });

  it('is written down: who, when and what, no secret', async () => {
    const { body } = await kit(await stage.asSuperAdmin(), '?version=6');
    await kit();
    const items = await trail();
    expect(items).toHaveLength(2);
    expect(items).toContainEqual(
      expect.objectContaining({
        at: stage.clock.now(),
        role: 'super_admin',
        action: 'routers/show-kit',
        params: { empresa_id: own.companyId, router_id: own.routerId },
        outcome: '200',
      }),
    );
    expect(JSON.stringify(items)).not.toContain(passwordIn(body));
  });

  it('is for the super admin and the company`s own admin', async () => {
    expect((await kit(await stage.asSuperAdmin())).status).toBe(200);
    expect((await kit(admin)).status).toBe(200);
  });

  it('of another company, and of no router, is not there', async () => {
    const other = await addRouter(stage, await addCompany(stage));
    const stranger = await stage.asCompanyAdmin(other.companyId);
    expect(await kit(stranger)).toMatchObject(NOT_OF_COMPANY);
    expect(await register(KEY, stranger)).toMatchObject(NOT_OF_COMPANY);
    expect(await kit(admin, '', { ...own, routerId: other.routerId })).toMatchObject(NOT_OF_COMPANY);
    expect(await kit(await stage.asSuperAdmin(), '', { ...own, companyId: other.companyId })).toMatchObject(
      NOT_OF_COMPANY,
    );
    expect((await stored()).pendingSealedPassword).toBeNull();
    expect(await trail()).toEqual([]);
  });

  it.each([
    ['nobody', () => ({}), 403],
    ['a portal', () => ({ 'x-api-key': own.apiKey }), 403],
    ['a portal as a bearer', () => ({ authorization: `Bearer ${own.apiKey}` }), 401],
  ] as const)('is not for %s', async (_, headers, status) => {
    expect((await kit(headers())).status).toBe(status);
    expect((await register(KEY, headers())).status).toBe(status);
    expect((await stored()).pendingSealedPassword).toBeNull();
  });

  it('is for the version that is asked for, else the one the router last told, else 7', async () => {
    const versionOf = (script: string) => /:pick \[[^\]]*\] 0 1\] != "(\d)"/.exec(script)?.[1];
    expect(versionOf((await kit()).body)).toBe('7');
    await stage.services.table.update(keys.health(own.companyId, own.routerId), 'SET #version = :version', {
      ':version': '6.49.18 (long-term)',
    });
    expect(versionOf((await kit()).body)).toBe('6');
    expect(versionOf((await kit(admin, '?version=7')).body)).toBe('7');
    expect((await kit(admin, '?version=5')).status).toBe(422);
  });

  it('opens the hosts of the gateways that the company has enabled by now, and no others', async () => {
    const hosts = async () => written((await kit()).body, '/ip hotspot walled-garden add', 'dst-host');
    expect(await hosts()).toEqual(['api.stage.mx']);
    const configure = (tail: string, body: unknown) => stage.call('POST', `/api/v1/${tail}`, { headers: admin, body });
    await configure('payments/configurar-credenciales', { access_token: 'TEST-token', mode: 'test' });
    expect(await hosts()).toHaveLength(1 + 7);
    await configure('admin/mi-empresa/configurar-conekta', {
      conekta_private_key: 'key_own',
      conekta_public_key: 'key_own_pub',
      conekta_mode: 'test',
    });
    expect(await hosts()).toHaveLength(1 + 4 + 7);
    expect(await hosts()).toContain('pay.conekta.com');
  });

  it('opens the service that the worker dials: the one over TLS for its port', async () => {
    const opened = async () => (await kit()).body.match(/ip service set (api\S*) address=\$phAhora/)?.[1];
    expect(await opened()).toBe('api');
    const overTls = { puerto: 8729, password: 'secreta' };
    const headers = await stage.asSuperAdmin();
    expect((await stage.call('PUT', path('').slice(0, -1), { headers, body: overTls })).status).toBe(200);
    expect(await opened()).toBe('api-ssl');
  });

  it('sets the profiles that this router`s products sell', async () => {
    const another = await addRouter(stage, own.companyId);
    const sell = (routerId: string, name: string) =>
      stage.call('POST', '/api/v1/admin/products', {
        headers: admin,
        body: {
          router_id: routerId,
          perfil_mikrotik_id: '*2',
          perfil_mikrotik_nombre: name,
          nombre_venta: name,
          precio: 15,
        },
      });
    expect((await sell(own.routerId, 'año "2"')).status).toBe(201);
    await sell(another.routerId, '1hora');
    const machine = sampleRouter();
    machine.run((await kit()).body);
    const profiles = machine.menus.rows('/ip hotspot user profile');
    expect(profiles.map((profile) => profile['keepalive-timeout'])).toEqual(['00:02:00', undefined, '2m']);
  });

  it('takes no key where there is no tunnel', async () => {
    expect(await register(KEY)).toMatchObject({
      status: 409,
      body: { detail: 'Este sistema no tiene un túnel WireGuard.' },
    });
    expect((await stored()).tunnelAddress).toBeNull();
  });
});

describe('a kit, where nobody knows how the worker comes to a router', () => {
  beforeAll(open({}));
  beforeEach(onboard);
  afterAll(() => stage.stop());

  it('is not printed: it would close the API to us, or open it to everybody', async () => {
    expect(await kit()).toMatchObject({ status: 409, body: { detail: expect.stringContaining('WORKER_ADDRESSES') } });
    expect((await stored()).pendingSealedPassword).toBeNull();
    expect(await trail()).toEqual([]);
  });
});

describe('a kit, where there is a tunnel', () => {
  beforeAll(
    open({
      TUNNEL_RANGE: '10.66.0.0/29',
      TUNNEL_ENDPOINT: 'hub.wifi.mx:51820',
      TUNNEL_PUBLIC_KEY: sampleTunnel.hubKey,
    }),
  );
  beforeEach(onboard);
  afterAll(() => stage.stop());

  it('lets only the hub in, and gives the router an address of its own, the same each time', async () => {
    const addresses = async (of = own) =>
      written((await kit(await stage.asSuperAdmin(), '', of)).body, '/ip address add', 'address');
    const { body } = await kit();
    expect(written(body, '/user add', 'address')).toEqual(['10.66.0.1/32']);
    expect(await addresses()).toEqual(['10.66.0.2/29']);
    expect(await addresses()).toEqual(['10.66.0.2/29']);
    expect((await stored()).tunnelAddress).toBe('10.66.0.2');
    expect(await addresses(await addRouter(stage, own.companyId))).toEqual(['10.66.0.3/29']);
  });

  it('gives two who ask at once the same address', async () => {
    const both = await Promise.all([kit(), kit()]);
    const [one, other] = both.map(({ body }) => written(body, '/ip address add', 'address'));
    expect(one).toEqual(other);
    expect(one).toHaveLength(1);
  });

  it('takes the public half of the router`s key, and writes down that it did', async () => {
    await stage.services.table.update(keys.counter('TUNNEL'), 'SET #last = :last', { ':last': 3 });
    expect(await register(` ${ownKey}\n`)).toMatchObject({
      status: 200,
      body: { router_id: own.routerId, clave_publica: ownKey, direccion_tunel: '10.66.0.5' },
    });
    expect(await stored()).toMatchObject({ tunnelPublicKey: ownKey, tunnelAddress: '10.66.0.5' });
    expect(await trail()).toMatchObject([
      { action: 'routers/set-tunnel-key', params: { router_id: own.routerId }, changes: { clave_publica: ownKey } },
    ]);
  });

  it('is then reached through the tunnel, with what its kit printed and no password that was meant for elsewhere', async () => {
    await stage.services.table.update(keys.counter('TUNNEL'), 'SET #last = :last', { ':last': 0 });
    await kit();
    const { pendingSealedPassword } = await stored();
    await register(ownKey);
    expect(await stored()).toMatchObject({ host: '10.66.0.2', sealedPassword: null, pendingSealedPassword });
    // The same again changes nothing, not even a password that came meanwhile.
    await stage.services.table.update(keys.router(own.companyId, own.routerId), 'SET #sealedPassword = :sealed', {
      ':sealed': 'promoted',
    });
    await register(ownKey);
    expect(await stored()).toMatchObject({ host: '10.66.0.2', sealedPassword: 'promoted' });
  });

  it.each([undefined, '', 'x', KEY.slice(1), `${KEY.slice(0, -2)}l=`, `${KEY}=`, 7])(
    'does not take what is no key: %j',
    async (wrong) => {
      expect((await register(wrong)).status).toBe(422);
      expect(await trail()).toEqual([]);
    },
  );

  it('is not printed for RouterOS 6, which cannot dial in, unless the worker has an address too', async () => {
    expect((await kit(admin, '?version=6')).status).toBe(409);
  });

  it('is not printed when the range is used up', async () => {
    await stage.services.table.update(keys.counter('TUNNEL'), 'SET #last = :last', { ':last': 5 });
    expect((await kit()).status).toBe(500);
    expect(await trail()).toEqual([]);
  });
});

describe('a kit, where the hub makes its own key', () => {
  const bucket = 'hub';
  const objects = () => new Hub(clientSettings(stage.endpoints.s3, readConfig({})), bucket);
  const tellKey = (text: string) =>
    new S3Client({ ...clientSettings(stage.endpoints.s3, readConfig({})), forcePathStyle: true }).send(
      new PutObjectCommand({ Bucket: bucket, Key: 'public-key', Body: text }),
    );
  beforeAll(async () => {
    await open({ TUNNEL_RANGE: '10.66.0.0/16', TUNNEL_ENDPOINT: '203.0.113.7:51820', HUB_BUCKET: bucket })();
    await fetch(`${stage.endpoints.s3}/${bucket}`, { method: 'PUT' });
  });
  beforeEach(onboard);
  afterAll(() => stage.stop());

  it('is not printed before the hub is up, and then has its key', async () => {
    expect(await kit()).toMatchObject({
      status: 409,
      body: { detail: 'El concentrador del túnel WireGuard todavía no arranca. Inténtelo de nuevo en unos minutos.' },
    });
    expect((await stored()).pendingSealedPassword).toBeNull();
    await tellKey(`${KEY}\n`);
    const { status, body } = await kit();
    expect(status).toBe(200);
    expect(written(body, '/interface wireguard peers add', 'public-key')).toEqual([KEY]);
    expect(written(body, '/interface wireguard peers add', 'endpoint-address')).toEqual(['203.0.113.7']);
    expect(await objects().publicKey()).toBe(KEY);
  });
});
