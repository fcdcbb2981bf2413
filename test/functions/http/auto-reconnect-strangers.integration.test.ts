import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { throttles } from '#shared/security/throttle.ts';
import { type Market, newToken, type Shop, startMarket } from '../../stage/market.ts';

/** The operator's own users: no sale of ours stands behind them, and their router alone knows their passwords. */
let market: Market;
let shop: Shop;
beforeAll(async () => {
  market = await startMarket();
  market.router.addUsers([
    { name: 'juan', password: '004821', comment: 'mesa 4; MODE=1 TL=3600 TA=0' },
    { name: 'juan_RANDMAC1', password: 'copy' },
    { name: 'luz@cafe.mx', password: 'clave larga' },
    { name: 'PT-12345', comment: 'PIN of the service before us' },
    { name: 'off', password: '1', disabled: 'true' },
    { name: 'ours', password: '1', comment: 'px:not-known-here' },
    { name: 'short', password: '1', 'limit-uptime': '1m', 'used-seconds': '60' },
  ]);
});
beforeEach(async () => {
  shop = await market.openShop();
  for (const phone of [PHONE, OTHER]) market.router.addHost(phone);
});
afterEach(async () => {
  await market.router.clearFaults();
  await market.settled();
  for (const { mac } of [PHONE, OTHER]) {
    market.router.logOut(mac);
    market.router.removeHost(mac);
  }
});
afterAll(() => market.stop());

const PHONE = { mac: 'AA:BB:CC:00:00:07', ip: '10.5.50.7' };
const OTHER = { mac: 'AA:BB:CC:00:00:08', ip: '10.5.50.8' };
const UNKNOWN = { success: false, estado: 'expirado', mensaje: 'Usuario no encontrado', datos_sesion: null };

const send = (username: string, password?: string, current_mac = PHONE.mac) =>
  market.call('POST', '/api/v1/hotspot/auto-reconnect', {
    headers: { 'x-api-key': shop.apiKey },
    body: { username, password, current_mac },
  });
const reconnect = async (...code: Parameters<typeof send>) => (await send(...code)).body;
const online = () => market.router.books.active().map(({ user, 'mac-address': mac }) => [user, mac]);
const jobs = async () => (await market.items()).filter(({ task }) => task !== undefined);

describe('a user that was not sold here', () => {
  it.each([
    ['with its password, leading zeros included', 'juan', '004821', 'juan'],
    ['by the name of a copy of it', 'juan_RANDMAC1', '004821', 'juan'],
    ['by a name that was encoded', 'luz%40cafe.mx', 'clave larga', 'luz@cafe.mx'],
    ['without a password where it has none', 'PT-12345', '', 'PT-12345'],
  ])('is logged in %s', async (_, username, password, user) => {
    expect(await reconnect(username, password)).toMatchObject({
      success: true,
      estado: 'activo',
      datos_sesion: { user, address: PHONE.ip },
    });
    expect(online()).toEqual([[user, PHONE.mac]]);
  });

  it.each([
    ['juan', '004821'],
    ['PT-12345', ''],
  ])('moves to another phone: %s', async (name, password) => {
    await reconnect(name, password, OTHER.mac);
    expect(await reconnect(name, password)).toMatchObject({ success: true });
    expect(online()).toEqual([[name, PHONE.mac]]);
  });

  it('with time of its own that is over is not let in by its router', async () => {
    expect(await reconnect('short', '1')).toMatchObject({ success: false, estado: 'activo' });
  });
});

describe('with anything else', () => {
  it.each([
    ['another password', 'juan', '4821'],
    ['no password', 'juan', ''],
    ['the password of a copy', 'juan_RANDMAC1', 'copy'],
    ['a password where there is none', 'PT-12345', '1'],
    ['the name of nobody', 'nobody', '1'],
    ['a user that was switched off', 'off', '1'],
    ['a user with our mark, which our books alone prove', 'ours', '1'],
    ['the router`s own trial user', 'default-trial', ''],
  ])('%s, it is unknown, and nothing but its row is read', async (_, username, password) => {
    await reconnect('juan', '004821', OTHER.mac);
    await market.settled();
    const last = market.router.books.commands().recent.at(-1)?.number ?? 0;
    expect(await reconnect(username, password)).toMatchObject(UNKNOWN);
    const seen = market.router.books.commands().recent.filter(({ number }) => number > last);
    expect(seen.map(({ path }) => path)).toEqual(['/login', '/ip/hotspot/user/print']);
    expect(online()).toEqual([['juan', OTHER.mac]]);
  });

  it('its router away, it is an error, and no guess was made', async () => {
    await market.router.addFault({ name: 'refuse-connections' });
    for (let n = 0; n < throttles['reconnects-of-code'].limit; n += 1)
      expect(await reconnect('juan', '004821')).toMatchObject({
        estado: 'error',
        error_detalle: 'router_no_responde',
        datos_sesion: null,
      });
    await market.router.clearFaults();
    market.clock.advance(60_000);
    expect(await reconnect('juan', '004821')).toMatchObject({ success: true });
  });
});

describe('guesses', () => {
  it('that led to the right one are forgotten', async () => {
    for (let round = 0; round < 2; round += 1) {
      for (let n = 0; n < 8; n += 1) expect(await reconnect('juan', `guess ${n}`)).toMatchObject(UNKNOWN);
      expect(await reconnect('juan', '004821')).toMatchObject({ success: true });
      market.clock.advance(60_000);
    }
  });

  it('at one name end after ten, whoever comes next', async () => {
    const { limit } = throttles['guesses-of-code'];
    for (let n = 0; n < limit; n += 1) expect(await reconnect('juan', `guess ${n}`)).toMatchObject(UNKNOWN);
    market.clock.advance(60_000);
    const whom = `${shop.companyId}#${shop.routerId}`;
    const before = await market.services.throttle.standing('guesses-on-router', whom);
    expect((await send('juan', '004821')).status).toBe(429);
    expect(await market.services.throttle.standing('guesses-on-router', whom)).toEqual(before);
    expect((await send('luz@cafe.mx', 'clave larga')).status).toBe(200);
    market.clock.advance(15 * 60_000);
    expect(await reconnect('juan', '004821')).toMatchObject({ success: true });
  });

  it('on one router end after a hundred, and it is not asked any more; codes that were sold are taken', async () => {
    const bought = await market.buy(
      { producto_id: shop.productId, token_tarjeta: newToken() },
      { 'x-api-key': shop.apiKey },
    );
    const { usuario, contrasena } = bought.body.usuario_hotspot;
    const whom = `${shop.companyId}#${shop.routerId}`;
    for (let n = 0; n < throttles['guesses-on-router'].limit; n += 1)
      await market.services.throttle.count('guesses-on-router', whom);
    await market.settled();
    const asked = market.router.books.commands();
    for (let n = 0; n <= throttles['guesses-of-code'].limit; n += 1)
      expect((await send('juan', '004821')).status).toBe(429);
    expect(market.router.books.commands()).toEqual(asked);
    expect(await reconnect(usuario, contrasena)).toMatchObject({ success: true });
    market.clock.advance(10 * 60_000);
    expect(await reconnect('juan', '004821')).toMatchObject({ success: true });
  });
});

it('no password is in an answer, a job that has ended, or a log', async () => {
  const secrets = ['004821', 'wrong-but-secret', 'never-taken'];
  const answers = [await reconnect('juan', '004821'), await reconnect('juan', 'wrong-but-secret')];
  const { health, clock } = market.services;
  const lease = { accessId: undefined, now: clock.now(), leaseMs: 13_000 };
  await market.settled();
  expect(await health.takeLease(shop.companyId, shop.routerId, 'somebody', lease)).toBeDefined();
  answers.push(await reconnect('juan', 'never-taken'));
  expect(answers.at(-1)).toMatchObject({ estado: 'error' });
  const written = await jobs();
  const ours = written.filter(({ routerId }) => routerId === shop.routerId);
  expect(ours.map(({ task }) => (task as { kind: string }).kind)).toContain('reconnect-stranger');
  for (const job of ours) expect(job).not.toHaveProperty('sealed');
  for (const text of [answers, written, market.log].map((all) => JSON.stringify(all)))
    for (const secret of secrets) expect(text).not.toContain(secret);
}, 30_000);
