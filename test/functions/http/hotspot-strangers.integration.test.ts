import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { throttles } from '#shared/security/throttle.ts';
import { type Market, newToken, type Shop, startMarket } from '../../stage/market.ts';

/** The operator's own users, and codes of the service before us: their router alone knows their passwords. */
let market: Market;
let shop: Shop;
beforeAll(async () => {
  market = await startMarket();
  market.router.addUsers([
    { name: 'juan', password: '004821', profile: '1dia', comment: 'mesa 4', 'limit-uptime': '1h' },
    { name: 'PT-12345', comment: 'PIN of the service before us' },
    { name: 'off', password: '1', disabled: 'true' },
    { name: 'ours', password: '1', comment: 'px:not-known-here' },
  ]);
});
beforeEach(async () => {
  shop = await market.openShop();
});
afterEach(() => market.router.clearFaults());
afterAll(() => market.stop());

const send = (username: string, password?: string) =>
  market.call('POST', '/api/v1/hotspot/user/profile-info', {
    headers: { 'x-api-key': shop.apiKey },
    body: { username, password },
  });
const ask = async (...code: Parameters<typeof send>) => (await send(...code)).body;
const jobs = async () => (await market.items()).filter(({ task }) => task !== undefined);
const WRONG = { success: false, estado: 'credenciales_invalidas', datos_completos: null, tipo_usuario: null };

describe('a user that was not sold here', () => {
  it('is shown as its router has it, without its password', async () => {
    expect(await ask('juan', '004821')).toEqual({
      success: true,
      estado: 'ok',
      username: 'juan',
      tipo_usuario: 'usuario_contrasena',
      profile: '1dia',
      mac_cookie_timeout: '3d',
      mac_authentication: false,
      disabled: false,
      comment: 'mesa 4',
      limit_uptime: '1h',
      datos_completos: {
        '.id': expect.stringMatching(/^\*/),
        name: 'juan',
        profile: '1dia',
        comment: 'mesa 4',
        disabled: false,
        'limit-uptime': '1h',
      },
      mensaje: null,
      error_detalle: null,
      timestamp: expect.any(String),
    });
  });

  it('is found by the name of a copy of it', async () => {
    expect(await ask('juan_RANDMAC2', '004821')).toMatchObject({
      success: true,
      username: 'juan_RANDMAC2',
      datos_completos: { name: 'juan' },
    });
  });

  it('that has no password is a PIN', async () => {
    expect(await ask('PT-12345')).toMatchObject({ success: true, estado: 'ok', tipo_usuario: 'pin' });
    expect(await ask('PT-12345', '')).toMatchObject(WRONG);
  });

  it('that the operator switched off says so', async () => {
    expect(await ask('off', '1')).toMatchObject({ success: true, disabled: true });
  });

  it('is an error, not a wrong code, while its router is away, and no guess was made', async () => {
    await market.router.addFault({ name: 'refuse-connections' });
    for (let n = 0; n <= throttles['guesses-of-code'].limit; n += 1)
      expect(await ask('juan', '004821')).toMatchObject({
        success: false,
        estado: 'error',
        error_detalle: 'router_no_responde',
        datos_completos: null,
      });
    await market.router.clearFaults();
    expect(await ask('juan', '004821')).toMatchObject({ success: true });
  });
});

describe('with anything else', () => {
  it.each([
    ['another password', 'juan', '4821'],
    ['no password', 'juan', undefined],
    ['a password where there is none', 'PT-12345', '1'],
    ['the name of nobody', 'nobody', '1'],
    ['a user with our mark, which our books alone prove', 'ours', '1'],
    ['the router`s own trial user', 'default-trial', undefined],
  ])('%s, the code is wrong, and nothing but its row is read', async (_, username, password) => {
    await market.settled();
    const last = market.router.books.commands().recent.at(-1)?.number ?? 0;
    expect(await ask(username, password)).toMatchObject(WRONG);
    const seen = market.router.books.commands().recent.filter(({ number }) => number > last);
    expect(seen.map(({ path }) => path)).toEqual(['/login', '/ip/hotspot/user/print']);
  });

  it.each([
    ['a MAC', 'AA:BB:CC:DD:EE:FF'],
    ['a word that is no name', 'juan"; /quit'],
  ])('%s, no router is asked', async (_, username) => {
    await market.settled();
    const asked = market.router.books.commands();
    expect(await ask(username, '1')).toMatchObject({ ...WRONG, username });
    expect(market.router.books.commands()).toEqual(asked);
  });
});

it('who guesses at one is refused after ten, whatever comes next', async () => {
  const { limit } = throttles['guesses-of-code'];
  for (let n = 0; n < limit; n += 1) expect(await ask('juan', `guess ${n}`)).toMatchObject(WRONG);
  expect((await send('juan', '004821')).status).toBe(429);
});

it('who asks without end is refused, and the router is spared', async () => {
  for (let n = 0; n < throttles.inspections.limit; n += 1) expect((await ask('juan', '004821')).success).toBe(true);
  const asked = market.router.books.commands();
  expect((await send('juan', '004821')).status).toBe(429);
  expect(market.router.books.commands()).toEqual(asked);
});

it('a code that was sold here is found by the name of a copy of it', async () => {
  const request = { producto_id: shop.productId, token_tarjeta: newToken() };
  const { usuario, contrasena } = (await market.buy(request, { 'x-api-key': shop.apiKey })).body.usuario_hotspot;
  expect(await ask(`${usuario}_RANDMAC1`, contrasena)).toMatchObject({
    success: true,
    username: `${usuario}_RANDMAC1`,
    datos_completos: { name: usuario },
  });
});

it('no password is in an answer, a job that has ended, or a log', async () => {
  const answers = [await ask('juan', '004821'), await ask('juan', 'wrong-but-secret')];
  const written = (await jobs()).filter(({ routerId }) => routerId === shop.routerId);
  expect(written.map(({ task }) => (task as { kind: string }).kind)).toContain('inspect-stranger');
  for (const job of written) expect(job).not.toHaveProperty('sealed');
  for (const text of [answers, written, market.log].map((all) => JSON.stringify(all)))
    for (const secret of ['004821', 'wrong-but-secret']) expect(text).not.toContain(secret);
});
