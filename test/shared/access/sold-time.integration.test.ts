import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Market, newToken, startMarket } from '../../stage/market.ts';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());
afterEach(() => market.router.clearFaults());

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const PHONE = { mac: 'AA:BB:CC:00:00:01', ip: '10.5.50.9' };

const plan = (sells: Record<string, unknown>, profile?: string) => market.sellPlan(sells, profile);

async function buy(productId: number, more: Record<string, unknown> = {}) {
  const { status, body } = await market.buy({ producto_id: productId, token_tarjeta: newToken(), ...more });
  expect(status).toBe(200);
  expect(body.estado_entrega).toBe('entregado');
  const name: string = body.usuario_hotspot.usuario;
  return {
    name,
    /** What the buyer's link shows. */
    view: async () => (await market.call('GET', body.consulta_url)).body,
    user: () => market.router.books.users().find((user) => user['name'] === name),
    isOnline: () => market.router.books.active().some((active) => active['user'] === name),
    cookies: () => market.router.books.cookies().filter((cookie) => cookie['user'] === name),
  };
}

it('a router is asked every half hour once such a pass was sold', async () => {
  const { companyId, routerId } = market.shop;
  const { reconciles, clock } = market.services;
  expect((await reconciles.find(companyId, routerId))?.dueAt).toBeGreaterThan(clock.now() + 60 * MINUTE);
  await buy(await plan({ duracion_minutos: 60, reloj: 'uso' }));
  await market.settled();
  expect((await reconciles.find(companyId, routerId))?.dueAt).toBeLessThanOrEqual(clock.now() + 30 * MINUTE);
});

describe('a pass of a minute from the purchase', () => {
  it('is over after a minute: user, cookie and session are gone, in that order, and the buyer is told', async () => {
    market.router.addHost(PHONE);
    const pass = await buy(await plan({ duracion_minutos: 1, dispositivos: 1 }), {
      mac_cliente: PHONE.mac,
      conexion_automatica: true,
    });
    expect(pass.user()).toMatchObject({ 'limit-uptime': '1m' });
    expect(pass.isOnline()).toBe(true);
    expect(pass.cookies()).toHaveLength(1);
    const { tiempo } = await pass.view();
    expect(tiempo).toMatchObject({ reloj: 'compra', termina_en: expect.stringMatching(/Z$/), usar_antes_de: null });
    expect(tiempo.segundos_restantes).toBeGreaterThan(55);
    const before = market.router.books.commands().recent.length;
    await market.later(61_000);
    await market.settled();
    expect(pass.user()).toBeUndefined();
    expect(pass.isOnline()).toBe(false);
    expect(pass.cookies()).toEqual([]);
    const removed = market.router.books
      .commands()
      .recent.slice(before)
      .map(({ path }) => path)
      .filter((path) => path.endsWith('/remove'));
    expect(removed[0]).toBe('/ip/hotspot/user/remove');
    const view = await pass.view();
    expect(view).toMatchObject({ estado_pago: 'paid', estado_entrega: 'terminado', mensaje: 'Tu tiempo terminó.' });
    expect(view).not.toHaveProperty('usuario_hotspot');
    expect(view.tiempo.segundos_restantes).toBe(0);
    // Nothing is owed any more, and nothing goes back.
    await market.later(30 * MINUTE);
    expect((await pass.view()).estado_pago).toBe('paid');
  });

  it('goes when the router can be reached again', async () => {
    const pass = await buy(await plan({ duracion_minutos: 1 }));
    await market.router.addFault({ name: 'refuse-connections' });
    await market.later(61_000);
    await market.settled();
    expect((await pass.view()).estado_entrega).toBe('terminado');
    await market.router.clearFaults();
    expect(pass.user()).toBeDefined();
    await market.later(2 * MINUTE);
    await market.settled();
    expect(pass.user()).toBeUndefined();
  });
});

describe.each(['at once', 'at log-out'])('an hour of time online, on a router that counts it %s', (counts) => {
  it('is used up by time online only, and is over when the router says so', async () => {
    if (counts === 'at log-out') await market.router.addFault({ name: 'uptime-at-log-out' });
    market.router.addHost(PHONE);
    const pass = await buy(await plan({ duracion_minutos: 60, reloj: 'uso' }), {
      mac_cliente: PHONE.mac,
      conexion_automatica: true,
    });
    expect(pass.user()).toMatchObject({ 'limit-uptime': '1h' });
    expect((await pass.view()).tiempo).toMatchObject({ reloj: 'uso', termina_en: null, segundos_restantes: 3600 });
    market.clock.advance(20 * MINUTE);
    market.router.removeHost(PHONE.mac);
    // The keepalive frees the session two minutes later; a day offline counts for nothing.
    market.clock.advance(DAY);
    await market.sweep();
    await market.settled();
    expect((await pass.view()).tiempo.segundos_restantes).toBeGreaterThan(36 * 60);
    market.router.addHost(PHONE);
    expect(pass.isOnline()).toBe(true);
    await market.later(50 * MINUTE);
    await market.settled();
    // Offline when it was looked at last: the next reconcile finds that it is over.
    await market.later(31 * MINUTE);
    await market.settled();
    expect(pass.user()).toBeUndefined();
    expect((await pass.view()).estado_entrega).toBe('terminado');
  });
});

it('an hour from the first use begins when the phone is logged in', async () => {
  market.router.addHost(PHONE);
  const productId = await plan({ duracion_minutos: 60, reloj: 'primer_uso' });
  const waiting = await buy(productId);
  const { tiempo } = await waiting.view();
  expect(tiempo).toMatchObject({ reloj: 'primer_uso', segundos_restantes: 3600, termina_en: null });
  expect(tiempo.usar_antes_de).toMatch(/Z$/);
  const pass = await buy(productId, { mac_cliente: PHONE.mac, conexion_automatica: true });
  expect((await pass.view()).tiempo).toMatchObject({ usar_antes_de: null, termina_en: expect.any(String) });
  await market.later(61 * MINUTE);
  await market.settled();
  expect(pass.user()).toBeUndefined();
  expect(waiting.user()).toMatchObject({ 'limit-uptime': '1h' });
});

it('a data cap is over when its megabytes have passed, and what is left is shown as the router last counted it', async () => {
  const phone = { mac: 'AA:BB:CC:00:00:31', ip: '10.5.50.31' };
  market.router.addHost(phone);
  const pass = await buy(await plan({ limite_mb: 10 }), { mac_cliente: phone.mac, conexion_automatica: true });
  expect(pass.user()).toMatchObject({ 'limit-bytes-total': String(10 * 2 ** 20) });
  expect((await pass.view()).tiempo).toMatchObject({ reloj: null, mb_restantes: 10, segundos_restantes: null });
  market.router.transfer(phone.mac, 2 ** 20, 3 * 2 ** 20);
  await market.later(31 * MINUTE);
  await market.settled();
  expect((await pass.view()).tiempo).toMatchObject({ mb_restantes: 6 });
  market.router.transfer(phone.mac, 2 ** 20, 5 * 2 ** 20);
  await market.later(31 * MINUTE);
  await market.settled();
  expect(pass.user()).toBeUndefined();
  expect(await pass.view()).toMatchObject({ estado_entrega: 'terminado', tiempo: { mb_restantes: 0 } });
});

it('a plan for two devices on a profile for one is refused, once the router has told', async () => {
  await expect(plan({ duracion_minutos: 60, dispositivos: 2 })).rejects.toThrow('permite 1 dispositivo(s) a la vez');
  const pass = await buy(await plan({ duracion_minutos: 60, limite_mb: 10, dispositivos: 2 }, '1semana'));
  expect(pass.user()).toMatchObject({ 'limit-uptime': '2h', 'limit-bytes-total': String(10 * 2 ** 20) });
  expect((await pass.view()).tiempo).toMatchObject({ mb_restantes: 10 });
});
