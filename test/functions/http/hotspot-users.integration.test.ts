import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RouterSession } from '#shared/routers/client.ts';
import { routerOsTransport } from '#shared/routers/routeros/client.ts';
import { Secret } from '#shared/security/secret.ts';
import { throttles } from '#shared/security/throttle.ts';
import { type Market, newToken, routerLogin, type Shop, startMarket } from '../../stage/market.ts';

let market: Market;
let shop: Shop;
beforeAll(async () => {
  market = await startMarket();
});
beforeEach(async () => {
  shop = await market.openShop();
});
afterEach(() => market.router.clearFaults());
afterAll(() => market.stop());

const MINUTE = 60_000;
const PHONE = { mac: 'AA:BB:CC:00:00:07', ip: '10.5.50.7' };
const WRONG = {
  success: false,
  estado: 'credenciales_invalidas',
  mensaje: 'Credenciales incorrectas o no autorizado',
  error_detalle: 'credenciales_invalidas',
  datos_completos: null,
};

const plan = (sells: Record<string, unknown>, profile?: string) => market.sellPlan(sells, profile, shop);

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

const ask = (body: Record<string, unknown>, apiKey = shop.apiKey) =>
  market.call('POST', '/api/v1/hotspot/user/profile-info', { headers: { 'x-api-key': apiKey }, body });
const asHolder = async ({ username, password }: Code) => (await ask({ username, password })).body;
const userOf = ({ username }: Code) => market.router.books.users().find((user) => user['name'] === username);

/** As the operator would, at the router itself. */
async function edit(code: Code, changes: Parameters<RouterSession['setUser']>[1]): Promise<void> {
  const login = { username: routerLogin.user, password: new Secret(routerLogin.password), pinned: null };
  const target = { host: '127.0.0.1', port: market.router.port, ...login };
  const session = await routerOsTransport().connect(target, 2_000);
  await session.setUser(userOf(code)?.['.id'] ?? '', changes);
  session.close();
}

describe('a code', () => {
  it('is shown as its router has it, without its password', async () => {
    const code = await buy({ producto_id: await plan({ duracion_minutos: 90, reloj: 'uso' }) });
    const { status, headers, body } = await ask({ username: code.username, password: code.password });
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    const comment = userOf(code)?.['comment'];
    expect(body).toEqual({
      success: true,
      estado: 'ok',
      username: code.username,
      tipo_usuario: 'usuario_contrasena',
      profile: '1dia',
      mac_cookie_timeout: '3d',
      mac_authentication: false,
      disabled: false,
      comment,
      limit_uptime: '1h30m',
      datos_completos: {
        '.id': expect.stringMatching(/^\*/),
        name: code.username,
        profile: '1dia',
        comment,
        disabled: false,
        'limit-uptime': '1h30m',
      },
      mensaje: null,
      error_detalle: null,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+$/),
      tiempo: expect.objectContaining({ reloj: 'uso', segundos_restantes: 5400 }),
    });
  });

  it('that the profile alone limits has no time to tell', async () => {
    const body = await asHolder(await buy());
    expect(body).toMatchObject({ success: true, profile: '1hora', limit_uptime: null });
    expect(body).not.toHaveProperty('tiempo');
    expect(body.datos_completos).not.toHaveProperty('limit-uptime');
  });

  it('that the operator switched off says so', async () => {
    const code = await buy();
    await edit(code, { disabled: true });
    expect(await asHolder(code)).toMatchObject({ success: true, disabled: true, datos_completos: { disabled: true } });
  });

  it('leaves its password in no answer, no job and no log', async () => {
    const code = await buy();
    const { body } = await ask({ username: code.username, password: code.password });
    await ask({ username: code.username, password: '987654' });
    const jobs = (await market.items()).filter(({ task }) => task !== undefined);
    expect(jobs.some(({ outcome }) => JSON.stringify(outcome).includes('inspected'))).toBe(true);
    for (const written of [body, jobs, market.log]) {
      expect(JSON.stringify(written)).not.toContain(code.password);
      expect(JSON.stringify(written)).not.toContain('987654');
    }
  });
});

describe('credentials', () => {
  it('of a PIN are the name alone: an empty password that was sent is another', async () => {
    const { username } = await buy({ tipo_usuario: 'pin' });
    const pin = { success: true, estado: 'ok', tipo_usuario: 'pin' };
    expect((await ask({ username })).body).toMatchObject(pin);
    expect((await ask({ username, password: null })).body).toMatchObject(pin);
    expect((await ask({ username, password: '' })).body).toMatchObject(WRONG);
    expect((await ask({ username, password: '123456' })).body).toMatchObject(WRONG);
  });

  it('that are wrong, unknown, or another router`s are one answer, and no router is asked', async () => {
    const { username, password } = await buy();
    await market.settled();
    const other = await market.openShop();
    const asked = market.router.books.commands();
    for (const wrong of [
      ask({ username, password: '000000' }),
      ask({ username }),
      ask({ username, password: '' }),
      ask({ username: username.toLowerCase(), password }),
      ask({ username: 'PT-NQRTUV34', password }),
      ask({ username: '', password }),
      ask({ username, password }, other.apiKey),
    ])
      expect(await wrong).toMatchObject({ status: 200, body: WRONG });
    expect(market.router.books.commands()).toEqual(asked);
  });

  it('of a purchase that was given back are wrong', async () => {
    const code = await buy();
    const path = `/api/v1/admin/mi-empresa/transacciones/${code.id}/reembolsar`;
    const headers = await market.stage.asCompanyAdmin(shop.companyId);
    expect((await market.call('POST', path, { headers, body: {} })).status).toBe(200);
    expect(await asHolder(code)).toMatchObject(WRONG);
  });

  it('have to be sent', async () => {
    expect((await ask({ password: '123456' })).status).toBe(422);
    expect((await ask({ username: 'PT-1', password: 123456 })).status).toBe(422);
  });
});

describe('one who guesses', () => {
  it('is refused after ten tries at a name, whatever comes next, and only there and then', async () => {
    const [code, another] = [await buy(), await buy()];
    const { limit } = throttles['guesses-of-code'];
    const guesses = Array.from({ length: limit + 4 }, (_, n) => ask({ username: code.username, password: `${n}` }));
    const answers = await Promise.all(guesses);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(limit);
    const refused = await ask({ username: code.username, password: code.password });
    expect(refused).toMatchObject({
      status: 429,
      body: { detail: 'Demasiados intentos. Espere unos minutos e intente de nuevo.' },
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(14 * 60);
    expect(await asHolder(another)).toMatchObject({ success: true });
    market.clock.advance(15 * MINUTE);
    expect(await asHolder(code)).toMatchObject({ success: true });
  });

  it('counts from nothing again after a right one', async () => {
    const code = await buy();
    for (let round = 0; round < 2; round += 1) {
      await Promise.all(Array.from({ length: 8 }, () => ask({ username: code.username, password: 'x' })));
      expect(await asHolder(code)).toMatchObject({ success: true });
    }
  });

  it('at names gets no PIN past the router`s limit, but keeps nobody out who has a password', async () => {
    const [code, pin] = [await buy(), await buy({ tipo_usuario: 'pin' })];
    const { limit } = throttles['guesses-on-router'];
    await Promise.all(Array.from({ length: limit }, (_, n) => ask({ username: `PT-GUESS${n}` })));
    expect((await ask({ username: pin.username })).status).toBe(429);
    expect((await ask({ username: 'PT-NOBODY33' })).status).toBe(429);
    expect((await ask({ username: 'PT-NOBODY33', password: '1' })).status).toBe(429);
    expect(await asHolder(code)).toMatchObject({ success: true });
    market.clock.advance(10 * MINUTE);
    expect((await ask({ username: pin.username })).body).toMatchObject({ success: true });
  });

  it('learns nothing from how soon a name is found not to be there', async () => {
    const startedAt = Date.now();
    await ask({ username: 'PT-NQRTUV37', password: '1' });
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(295);
  });
});

it('one who asks without end is refused, and the router is spared', async () => {
  const code = await buy();
  const { limit } = throttles.inspections;
  for (let n = 0; n < limit; n += 1) expect((await asHolder(code)).success).toBe(true);
  const asked = market.router.books.commands();
  expect((await ask({ username: code.username, password: code.password })).status).toBe(429);
  expect(market.router.books.commands()).toEqual(asked);
});

describe('right credentials are never called wrong', () => {
  it('while the router is away: what is known is told', async () => {
    const code = await buy({ producto_id: await plan({ duracion_minutos: 60, reloj: 'uso' }) });
    await market.router.addFault({ name: 'refuse-connections' });
    expect(await asHolder(code)).toMatchObject({
      success: false,
      estado: 'error',
      mensaje: 'Error interno del servidor',
      error_detalle: 'router_no_responde',
      tipo_usuario: 'usuario_contrasena',
      profile: '1dia',
      datos_completos: null,
      tiempo: { segundos_restantes: 3600 },
    });
  });

  it('while the user is not on the router, or a stranger has its name', async () => {
    const code = await buy();
    await edit(code, { comment: 'mine' });
    expect(await asHolder(code)).toMatchObject({ success: false, estado: 'error', error_detalle: 'usuario_pendiente' });
    expect(JSON.stringify(await asHolder(code))).not.toContain('mine');
  });

  it('when the time is over, which is told, before the sweep and after it, and asks no router', async () => {
    const code = await buy({ producto_id: await plan({ duracion_minutos: 1 }) });
    const over = {
      success: true,
      estado: 'ok',
      disabled: true,
      mensaje: 'Tu tiempo terminó.',
      tiempo: { segundos_restantes: 0 },
      datos_completos: { name: code.username, profile: '1dia', disabled: true },
    };
    market.clock.advance(61_000);
    await market.router.addFault({ name: 'refuse-connections' });
    const before = await asHolder(code);
    await market.router.clearFaults();
    await market.later(MINUTE);
    await market.settled();
    expect(userOf(code)).toBeUndefined();
    const asked = market.router.books.commands();
    for (const body of [before, await asHolder(code)]) expect(body).toMatchObject(over);
    expect(market.router.books.commands()).toEqual(asked);
  });
});

describe.each(['at once', 'at log-out'])('what is left, on a router that counts %s', (counts) => {
  beforeEach(async () => {
    if (counts === 'at log-out') await market.router.addFault({ name: 'uptime-at-log-out' });
    market.router.addHost(PHONE);
  });
  afterEach(() => market.router.removeHost(PHONE.mac));
  const online = { mac_cliente: PHONE.mac, conexion_automatica: true };

  it('of time online is as of now, and nothing of it is written', async () => {
    const code = await buy({ producto_id: await plan({ duracion_minutos: 60, reloj: 'uso' }), ...online });
    market.clock.advance(20 * MINUTE);
    const { tiempo } = await asHolder(code);
    expect(tiempo).toMatchObject({ reloj: 'uso', termina_en: null });
    expect(tiempo.segundos_restantes).toBeGreaterThan(39 * 60);
    expect(tiempo.segundos_restantes).toBeLessThanOrEqual(40 * 60);
    const access = await market.services.accesses.findByName(shop.companyId, shop.routerId, code.username);
    expect(access?.used.seconds).toBeLessThan(MINUTE);
    market.clock.advance(41 * MINUTE);
    expect(await asHolder(code)).toMatchObject({ success: true, disabled: true, tiempo: { segundos_restantes: 0 } });
  });

  it('from the purchase, and from the first use, is the clock`s', async () => {
    const used = await buy({ producto_id: await plan({ duracion_minutos: 60, reloj: 'primer_uso' }), ...online });
    const unused = await buy({ producto_id: await plan({ duracion_minutos: 60, reloj: 'primer_uso' }) });
    const bought = await buy({ producto_id: await plan({ duracion_minutos: 60, reloj: 'compra' }) });
    market.clock.advance(20 * MINUTE);
    for (const code of [used, bought]) {
      const { tiempo } = await asHolder(code);
      expect(Math.abs(tiempo.segundos_restantes - 40 * 60)).toBeLessThan(5);
      expect(tiempo.termina_en).toMatch(/Z$/);
    }
    expect((await asHolder(unused)).tiempo).toMatchObject({ segundos_restantes: 3600, termina_en: null });
  });
});
