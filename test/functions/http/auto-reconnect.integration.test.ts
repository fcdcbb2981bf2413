import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sealCode } from '#shared/access/code.ts';
import { Secret } from '#shared/security/secret.ts';
import { throttles } from '#shared/security/throttle.ts';
import { keys } from '#shared/store/table.ts';
import { type Market, newToken, type Shop, startMarket } from '../../stage/market.ts';

let market: Market;
let shop: Shop;
beforeAll(async () => {
  market = await startMarket();
});
beforeEach(async () => {
  shop = await market.openShop();
  market.router.addHost(PHONE);
});
afterEach(async () => {
  await market.router.clearFaults();
  await market.settled();
  for (const { mac } of [PHONE, OTHER]) market.router.removeHost(mac);
  // As its operator does after a reset.
  for (const profile of ['1hora', '1dia']) market.router.addProfile(profile);
});
afterAll(() => market.stop());

const MINUTE = 60_000;
const PHONE = { mac: 'AA:BB:CC:00:00:07', ip: '10.5.50.7' };
const OTHER = { mac: 'AA:BB:CC:00:00:08', ip: '10.5.50.8' };
const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+$/);
const NOT = {
  success: false,
  auto_conexion: 'no_conectado',
  datos_sesion: null,
  nueva_mac: PHONE.mac,
  tiempo_acumulado: null,
  tiempo_restante: null,
  primera_sesion: null,
  error_detalle: null,
  timestamp,
};
const UNKNOWN = { ...NOT, estado: 'expirado', mensaje: 'Usuario no encontrado' };
const NO_ANSWER = {
  ...NOT,
  estado: 'error',
  mensaje: 'Error interno del servidor',
  error_detalle: 'router_no_responde',
};
const UNCONFIRMED = {
  ...NOT,
  estado: 'activo',
  mensaje: 'El script se ejecutó correctamente pero RouterOS no confirmó la sesión',
  error_detalle: 'Login ejecutado pero la sesión no apareció a tiempo',
};

interface Code {
  readonly id: number;
  readonly username: string;
  readonly password: string;
}

async function buy(changes: Record<string, unknown> = {}): Promise<Code> {
  const request = { producto_id: shop.productId, token_tarjeta: newToken(), ...changes };
  const { status, body } = await market.buy(request, { 'x-api-key': shop.apiKey });
  expect(status).toBe(200);
  return { id: body.id_compra, username: body.usuario_hotspot.usuario, password: body.usuario_hotspot.contrasena };
}

const plan = (sells: Record<string, unknown>) => market.sellPlan(sells, '1dia', shop);
const send = (body: Record<string, unknown>, apiKey = shop.apiKey) =>
  market.call('POST', '/api/v1/hotspot/auto-reconnect', { headers: { 'x-api-key': apiKey }, body });
const reconnect = async ({ username, password }: Omit<Code, 'id'>, current_mac = PHONE.mac) =>
  (await send({ username, password, current_mac })).body;
const sessions = ({ username }: Pick<Code, 'username'>) =>
  market.router.books.active().filter(({ user }) => user === username);
const accessOf = async ({ username }: Code) => {
  const access = await market.services.accesses.findByName(shop.companyId, shop.routerId, username);
  if (!access) throw new Error('nothing was bought');
  return access;
};

/** What was asked of the router during `work`. */
async function asked(work: () => Promise<unknown>): Promise<readonly string[]> {
  await market.settled();
  const last = market.router.books.commands().recent.at(-1)?.number ?? 0;
  await work();
  const { recent } = market.router.books.commands();
  return recent.filter(({ number }) => number > last).map(({ path }) => path);
}

describe('a code', () => {
  it('logs its phone in, and nothing of it but the session is told', async () => {
    const { username, password } = await buy();
    const { status, headers, body } = await send({
      username,
      password,
      current_mac: PHONE.mac,
      stored_mac: 'whatever it was',
      current_ip: '10.5.50.99; /system reset',
      current_ssid: 42,
    });
    expect({ status, cache: headers['cache-control'] }).toEqual({ status: 200, cache: 'no-store' });
    expect(body).toEqual({
      ...NOT,
      success: true,
      estado: 'activo',
      auto_conexion: 'conectado',
      datos_sesion: {
        user: username,
        address: PHONE.ip,
        uptime: expect.stringMatching(/^\ds$/),
        'bytes-in': 0,
        'bytes-out': 0,
      },
      mensaje: 'Conexión exitosa (método: ip_mac_user_pass)',
    });
    expect(sessions({ username })).toMatchObject([{ address: PHONE.ip, 'mac-address': PHONE.mac }]);
  });

  it('moves to another phone: the session there ends first', async () => {
    market.router.addHost(OTHER);
    const code = await buy();
    expect(await reconnect(code, OTHER.mac)).toMatchObject({ success: true });
    const lower = PHONE.mac.toLowerCase().replaceAll(':', '-');
    expect(await reconnect(code, lower)).toMatchObject({ success: true, nueva_mac: lower });
    expect(sessions(code)).toMatchObject([{ 'mac-address': PHONE.mac }]);
  });

  it('whose phone is online already is not disturbed, and what it moved is told', async () => {
    const code = await buy();
    await reconnect(code);
    market.router.transfer(PHONE.mac, 1_000, 20_000);
    market.clock.advance(90_000);
    const paths = await asked(async () =>
      expect((await reconnect(code)).datos_sesion).toMatchObject({
        uptime: expect.stringMatching(/^1m3\ds$/),
        'bytes-in': 1_000,
        'bytes-out': 20_000,
      }),
    );
    expect(paths.filter((path) => /login$|remove$/.test(path))).toEqual(['/login']);
  });

  it('is found under the names that portals of the reference made of it, and no copy is made', async () => {
    const { username, password } = await buy();
    const users = market.router.books.users().length;
    for (const name of [
      `${username}_RANDMAC1`,
      `${username}_RANDMAC1_RANDMAC12`,
      username.replace('-', '%2D'),
      `${username}%5FRANDMAC1`,
    ])
      expect(await reconnect({ username: name, password })).toMatchObject({
        success: true,
        datos_sesion: { user: username },
      });
    expect(market.router.books.users()).toHaveLength(users);
  });

  it('is a text: leading zeros count', async () => {
    const code = await buy();
    const access = await accessOf(code);
    const { accesses, table } = market.services;
    const zero = { password: new Secret('012345'), consultToken: new Secret('t') };
    const sealed = await sealCode(market.services.box('access-codes'), shop.companyId, zero);
    await table.update(keys.access(shop.companyId, access.id), 'SET #sealedCode = :sealed', { ':sealed': sealed });
    expect(await accesses.find(shop.companyId, access.id)).toMatchObject({ sealedCode: sealed });
    expect(await reconnect({ ...code, password: '12345' })).toEqual(UNKNOWN);
    expect(await reconnect({ ...code, password: '012345' })).toMatchObject({ success: true });
  });

  it('that is a PIN is the name alone', async () => {
    const { username } = await buy({ tipo_usuario: 'pin' });
    for (const password of [undefined, null, ''])
      expect((await send({ username, password, current_mac: PHONE.mac })).body).toMatchObject({ success: true });
    expect(await reconnect({ username, password: '123456' })).toEqual(UNKNOWN);
  });
});

describe('wrong credentials', () => {
  it('are one answer whatever is wrong with them, take as long as each other, and no router is asked', async () => {
    const { username, password } = await buy();
    const pin = await buy({ tipo_usuario: 'pin' });
    const gone = await buy();
    const path = `/api/v1/admin/mi-empresa/transacciones/${gone.id}/reembolsar`;
    const headers = await market.stage.asCompanyAdmin(shop.companyId);
    expect((await market.call('POST', path, { headers, body: {} })).status).toBe(200);
    const otherShop = await market.openShop();
    const paths = await asked(async () => {
      for (const [body, apiKey] of [
        [{ username, password: '000000' }],
        [{ username }],
        [{ username: username.toLowerCase(), password }],
        [{ username: 'PT-ACDEFGHJ', password }],
        [{ username: 'PT-ACDEFGHJ_RANDMAC1', password: '' }],
        [{ username: pin.username, password: '1' }],
        [{ username, password }, otherShop.apiKey],
        [gone],
      ] as const) {
        const startedAt = Date.now();
        const answer = await send({ ...body, current_mac: PHONE.mac }, apiKey);
        expect(answer).toMatchObject({ status: 200, body: UNKNOWN });
        expect(Object.keys(answer.body).toSorted()).toEqual(Object.keys(UNKNOWN).toSorted());
        expect(Date.now() - startedAt).toBeGreaterThanOrEqual(295);
      }
    });
    expect(paths).toEqual([]);
  });

  it('are counted, ten for a name, and refused then as profile-info does', async () => {
    const code = await buy();
    const { limit } = throttles['guesses-of-code'];
    const guesses = Array.from({ length: limit }, (_, n) => reconnect({ ...code, password: `${n}` }));
    for (const answer of await Promise.all(guesses)) expect(answer).toEqual(UNKNOWN);
    const refused = await send({ ...code, current_mac: PHONE.mac });
    expect(refused).toMatchObject({
      status: 429,
      body: { detail: 'Demasiados intentos. Espere unos minutos e intente de nuevo.' },
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(14 * 60);
    market.clock.advance(15 * MINUTE);
    expect(await reconnect(code)).toMatchObject({ success: true });
  });
});

describe('what is no name and no MAC', () => {
  it('of a user is nobody: neither books nor router are asked', async () => {
    const { password } = await buy();
    const paths = await asked(async () => {
      for (const username of [
        'AA:BB:CC:DD:EE:FF',
        'aa-bb-cc-dd-ee-ff',
        'T-AA:BB:CC:DD:EE:FF',
        'AA%3ABB%3ACC%3ADD%3AEE%3AFF_RANDMAC1',
        '"; /system reset',
        '/system/reboot',
        '=user=admin',
        '?name=admin',
        '%00admin',
        'admin%0A=disabled=no',
        'niño',
        '%E0%A4%A',
        '',
      ])
        expect(await reconnect({ username, password })).toEqual(UNKNOWN);
    });
    expect(paths).toEqual([]);
  });

  it.each([
    '',
    'AA:BB:CC:DD:EE',
    'AA:BB-CC:DD:EE:FF',
    'AABBCCDDEEFF',
    'AA:BB:CC:DD:EE:FF\n',
    'AA:BB:CC:DD:EE:FF"; /system reset',
    'AA:BB:CC:DD:EE:FG',
    7,
    null,
    undefined,
  ])('of a phone is a 422: %j', async (current_mac) => {
    const code = { username: 'PT-ACDEFGHJ', password: '1' };
    const paths = await asked(async () => expect((await send({ ...code, current_mac })).status).toBe(422));
    expect(paths).toEqual([]);
  });

  it('leaves a user name and a text for a password to be sent', async () => {
    const current_mac = PHONE.mac;
    expect((await send({ password: '1', current_mac })).status).toBe(422);
    expect((await send({ username: 'a', password: 4821, current_mac })).status).toBe(422);
    expect((await send({ username: 'a\nb', current_mac })).status).toBe(422);
    expect((await send({ username: 'a'.repeat(193), current_mac })).status).toBe(422);
  });
});

describe('a good code is never called expired', () => {
  it('while its router is away, and nothing of it is left over for later', async () => {
    const code = await buy();
    await market.settled();
    const before = await accessOf(code);
    await market.router.addFault({ name: 'refuse-connections' });
    expect(await reconnect(code)).toEqual(NO_ANSWER);
    expect(await accessOf(code)).toEqual(before);
    await market.router.clearFaults();
    expect(await reconnect(code)).toMatchObject({ success: true });
  });

  it('while its phone is not in the router`s host table', async () => {
    expect(await reconnect(await buy(), OTHER.mac)).toEqual({
      ...NOT,
      nueva_mac: OTHER.mac,
      estado: 'activo',
      mensaje: 'El dispositivo debe estar conectado al hotspot primero',
      error_detalle: 'No se pudo detectar IP del cliente',
    });
  });

  it('while the router lets nobody in', async () => {
    const code = await buy();
    await market.router.addFault({ name: 'licence-full' });
    expect(await reconnect(code)).toEqual({
      ...NOT,
      estado: 'activo',
      mensaje: 'Login directo falló después de varios intentos. Revisa logs del router.',
      error_detalle: 'No se pudo autenticar con ninguno de los métodos',
    });
  });

  it('while the answer to its login is lost: the next one finds that it took effect', async () => {
    const code = await buy();
    await market.router.addFault({ name: 'close', command: '/ip/hotspot/active/login', times: 1 });
    expect(await reconnect(code)).toEqual(UNCONFIRMED);
    expect(sessions(code)).toHaveLength(1);
    const paths = await asked(async () => expect(await reconnect(code)).toMatchObject({ success: true }));
    expect(paths).not.toContain('/ip/hotspot/active/login');
  });

  it('while its user cannot be made', async () => {
    const code = await buy();
    market.router.factoryReset();
    market.router.addHost(PHONE);
    await market.router.addFault({ name: 'trap', message: 'failure: no memory', command: '/ip/hotspot/user/add' });
    expect(await reconnect(code)).toMatchObject({ estado: 'error', datos_sesion: null });
    // It is owed, and comes by itself.
    expect((await accessOf(code)).dueAt).not.toBeNull();
  });
});

describe('the time sold', () => {
  it('is made good on a router that forgot everything: the user comes back, and its phone is let in', async () => {
    // The offers were read before, as ever: what their profiles do is known.
    await market.call('GET', '/api/v1/catalogo_perfiles_venta', { headers: { 'x-api-key': shop.apiKey } });
    await market.settled();
    const code = await buy({ producto_id: await plan({ duracion_minutos: 60 }) });
    market.router.factoryReset();
    market.router.addHost(PHONE);
    expect(await reconnect(code)).toMatchObject({ success: true, datos_sesion: { address: PHONE.ip } });
    expect(market.router.books.users().find(({ name }) => name === code.username)).toMatchObject({ profile: '1dia' });
  });

  it('from the first use begins with a reconnect', async () => {
    const code = await buy({ producto_id: await plan({ duracion_minutos: 60, reloj: 'primer_uso' }) });
    expect((await accessOf(code)).firstSeenAt).toBeNull();
    expect(await reconnect(code)).toMatchObject({ success: true });
    expect((await accessOf(code)).firstSeenAt).not.toBeNull();
    market.clock.advance(61 * MINUTE);
    expect(await reconnect(code)).toEqual(UNKNOWN);
  });

  it('that is over is expired, before the sweep knows and after, and asks no router', async () => {
    const code = await buy({ producto_id: await plan({ duracion_minutos: 1 }) });
    market.clock.advance(61_000);
    await market.settled();
    await market.router.addFault({ name: 'refuse-connections' });
    expect(await reconnect(code)).toEqual(UNKNOWN);
    await market.router.clearFaults();
    await market.later(MINUTE);
    await market.settled();
    expect(await asked(async () => expect(await reconnect(code)).toEqual(UNKNOWN))).toEqual([]);
  });

  it('online is over when the router says so', async () => {
    const code = await buy({ producto_id: await plan({ duracion_minutos: 60, reloj: 'uso' }) });
    await reconnect(code);
    market.clock.advance(61 * MINUTE);
    expect(await reconnect(code)).toEqual(UNKNOWN);
    expect(market.router.books.users().some(({ name }) => name === code.username)).toBe(false);
    expect(sessions(code)).toEqual([]);
  });
});

describe('many reconnects', () => {
  it('of two phones at once leave one of them online, never both and never none', async () => {
    market.router.addHost(OTHER);
    const code = await buy();
    const answers = await Promise.all([reconnect(code), reconnect(code, OTHER.mac)]);
    for (const answer of answers) expect(answer).toMatchObject({ success: true });
    expect(sessions(code)).toHaveLength(1);
  });

  it('of one phone at once log it in once', async () => {
    const code = await buy();
    const paths = await asked(async () => {
      for (const answer of await Promise.all([reconnect(code), reconnect(code)]))
        expect(answer).toMatchObject({ success: true });
    });
    expect(paths.filter((path) => path === '/ip/hotspot/active/login')).toHaveLength(1);
  });

  it('without end are refused, and the router is spared', async () => {
    const code = await buy();
    const { limit } = throttles['reconnects-of-code'];
    for (let n = 0; n < limit; n += 1) expect(await reconnect(code)).toMatchObject({ success: true });
    const paths = await asked(async () => expect((await send({ ...code, current_mac: PHONE.mac })).status).toBe(429));
    expect(paths).toEqual([]);
    market.clock.advance(MINUTE);
    expect(await reconnect(code)).toMatchObject({ success: true });
  });

  it('of a whole router are refused past its limit', async () => {
    const code = await buy();
    const { limit } = throttles['reconnects-on-router'];
    const whom = `${shop.companyId}#${shop.routerId}`;
    for (let n = 0; n < limit; n += 1) await market.services.throttle.count('reconnects-on-router', whom);
    expect((await send({ ...code, current_mac: PHONE.mac })).status).toBe(429);
  });
});
