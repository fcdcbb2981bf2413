import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectTo } from '../routers/routeros/sample-router.ts';
import { Secret } from '#shared/security/secret.ts';
import { newestPurchases } from '../../stage/newest-purchases.ts';
import { type Market, routerLogin, startMarket } from '../../stage/market.ts';

let market: Market;
let productId = 0;
beforeAll(async () => {
  market = await startMarket();
  productId = await market.sellPlan({ duracion_minutos: 60, reloj: 'uso', dispositivos: 1 });
});
afterAll(() => market.stop());
beforeEach(() => {
  reset();
  // What the test before had found out of the router is old news.
  market.clock.advance(2 * MINUTE);
});
afterEach(() => market.router.clearFaults());

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const admin = () => market.stage.asCompanyAdmin(market.shop.companyId);

async function reconcile(headers?: Record<string, string>) {
  return market.call('POST', `/api/v1/admin/routers/${market.shop.routerId}/reconcile`, {
    headers: headers ?? (await admin()),
  });
}

async function sell(count: number, product = productId): Promise<string[]> {
  const sold: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { status, body } = await market.buy({ producto_id: product });
    if (status !== 200) throw new Error(`not sold: ${status}`);
    sold.push(body.usuario_hotspot.usuario);
  }
  return sold;
}

const hand = () =>
  connectTo({
    host: '127.0.0.1',
    port: market.router.port,
    username: routerLogin.user,
    password: new Secret(routerLogin.password),
    pinned: null,
  });

/** The router forgets everything; the operator makes the profiles again. */
function reset(): void {
  market.router.factoryReset();
  for (const name of ['1hora', '1dia']) market.router.addProfile(name);
}

const usersNamed = (names: readonly string[]) =>
  market.router.books.users().filter((user) => names.includes(user['name'] ?? ''));
const named = (name: string) => usersNamed([name])[0];

describe('after a factory reset', () => {
  it('everybody who has time left is back with it, and strangers are left alone', async () => {
    const names = await sell(5);
    const open = await sell(1, market.shop.productId);
    const [online = ''] = names;
    market.router.addHost({ mac: 'AA:BB:CC:00:00:07', ip: '10.5.50.7' });
    const session = await hand();
    const password = new Secret(named(online)?.['password'] ?? '');
    await session.logIn({ address: '10.5.50.7', macAddress: 'AA:BB:CC:00:00:07', user: online, password });
    market.clock.advance(20 * MINUTE);
    expect((await reconcile()).body).toMatchObject({ estado: 'terminada', repuestos: 0 });
    market.clock.advance(10 * MINUTE);

    reset();
    const own = await hand();
    await own.addUser({ name: 'vip', password: new Secret('1'), profile: '1dia', comment: 'mesa 4' });
    await own.addUser({ name: 'otro', password: new Secret('2'), profile: '1dia', comment: 'px:de-otro-sistema' });
    const { body } = await reconcile();
    expect(body).toMatchObject({ estado: 'terminada', ajenos: 1, fallidos: 0 });
    expect(body.repuestos).toBeGreaterThanOrEqual(6);
    expect(usersNamed([...names, ...open])).toHaveLength(6);
    // Right to one interval: what was used since the last reconcile is not known any more.
    expect(named(online)?.['limit-uptime']).toBe('40m');
    expect(named(names[1] ?? '')?.['limit-uptime']).toBe('1h');
    expect(named(open[0] ?? '')).not.toHaveProperty('limit-uptime');
    expect([named('vip')?.['comment'], named('otro')?.['comment']]).toEqual(['mesa 4', 'px:de-otro-sistema']);
    // The same password as before: the buyer has it on a screen.
    expect(named(online)?.['password']).toBe(password.reveal());
  });

  it('the profile is back as it was sold, too', async () => {
    await market.call('GET', '/api/v1/catalogo_perfiles_venta', { headers: { 'x-api-key': market.shop.apiKey } });
    await market.settled();
    const names = await sell(3);
    const before = market.router.books.profiles().find(({ name }) => name === '1dia');
    market.router.factoryReset();
    expect((await reconcile()).body).toMatchObject({ estado: 'terminada', fallidos: 0 });
    expect(usersNamed(names)).toHaveLength(3);
    const after = market.router.books.profiles().find(({ name }) => name === '1dia');
    for (const property of ['rate-limit', 'shared-users', 'session-timeout'])
      expect(after?.[property]).toBe(before?.[property]);
  });

  it('the first buyer of a router is back too, who came before it had been asked what its profiles do', async () => {
    const { productId: first, routerId, apiKey, companyId } = await market.openShop();
    const { body: sold } = await market.buy({ producto_id: first }, { 'x-api-key': apiKey });
    market.router.factoryReset();
    const { body } = await market.call('POST', `/api/v1/admin/routers/${routerId}/reconcile`, {
      headers: await market.stage.asCompanyAdmin(companyId),
    });
    expect(body).toMatchObject({ estado: 'terminada', repuestos: 1, fallidos: 0 });
    expect(named(sold.usuario_hotspot.usuario)).toMatchObject({ profile: '1hora' });
  });

  it('a second reconcile asks for two lists and changes nothing', async () => {
    await sell(3);
    await reconcile();
    const before = market.router.books.commands().recent.length;
    await reconcile();
    const paths = market.router.books
      .commands()
      .recent.slice(before)
      .map(({ path }) => path);
    expect(paths).toEqual(['/login', '/ip/hotspot/user/print', '/ip/hotspot/active/print']);
  });

  it('it comes by itself, once a probe sees that the router began anew', async () => {
    const names = await sell(3);
    const catalogue = () =>
      market.call('GET', '/api/v1/catalogo_perfiles_venta', { headers: { 'x-api-key': market.shop.apiKey } });
    market.clock.advance(10 * MINUTE);
    await catalogue();
    await market.settled();
    reset();
    market.clock.advance(2 * MINUTE);
    await catalogue();
    await market.settled();
    await market.later(0);
    await market.settled();
    expect(usersNamed(names)).toHaveLength(3);
  });

  it('it comes by itself, once a buyer or a phone meets what the router has forgotten, though it just answered', async () => {
    const { companyId, routerId, apiKey } = market.shop;
    await market.call('GET', '/api/v1/catalogo_perfiles_venta', { headers: { 'x-api-key': apiKey } });
    await market.settled();
    const names = await sell(3);
    // Nothing is due that would find it out.
    await reconcile();
    market.router.factoryReset();
    expect((await market.buy({ producto_id: productId })).body).toMatchObject({ estado_entrega: 'pendiente' });
    await market.later(0);
    await market.settled();
    expect(usersNamed(names)).toHaveLength(3);

    reset();
    const { accesses, clock } = market.services;
    const one = await accesses.findByName(companyId, routerId, names[0] ?? '');
    await accesses.doubt(companyId, one?.id ?? '', clock.now());
    for (let turn = 0; turn < 2; turn += 1) {
      await market.later(0);
      await market.settled();
    }
    expect(usersNamed(names)).toHaveLength(3);
  });

  it('a router whose tables take longer to read than a slice lasts is mended all the same', async () => {
    const names = await sell(3);
    reset();
    const lists = () => market.router.books.commands().recent.filter(({ path }) => path === '/ip/hotspot/active/print');
    const before = lists().length;
    await market.router.addFault({ name: 'delay', ms: 200, command: '/ip/hotspot/user/print', times: 1 });
    const reconciling = reconcile();
    await market.until(() => lists().length > before);
    market.clock.advance(3_000);
    expect((await reconciling).body).toMatchObject({ estado: 'terminada' });
    expect(usersNamed(names)).toHaveLength(3);
    expect(lists()).toHaveLength(before + 1);
  });

  it('a crash between the two does not sell used time twice', async () => {
    const [name = ''] = await sell(1);
    market.router.addHost({ mac: 'AA:BB:CC:00:00:08', ip: '10.5.50.8' });
    const session = await hand();
    const password = new Secret(named(name)?.['password'] ?? '');
    await session.logIn({ address: '10.5.50.8', macAddress: 'AA:BB:CC:00:00:08', user: name, password });
    market.clock.advance(30 * MINUTE);
    await reconcile();
    reset();
    await market.router.addFault({ name: 'close', when: 'after', command: '/ip/hotspot/user/add', times: 1 });
    await reconcile();
    await market.later(5 * MINUTE);
    await market.settled();
    expect(named(name)?.['limit-uptime']).toBe('30m');
    await market.later(5 * MINUTE);
    await market.settled();
    expect(named(name)?.['limit-uptime']).toBe('30m');
  });
});

it('a router that was away for a while is compared when it is back', async () => {
  const names = await sell(2);
  await market.router.addFault({ name: 'refuse-connections' });
  expect((await reconcile()).body).toMatchObject({ estado: 'sin_respuesta' });
  market.clock.advance(5 * MINUTE);
  await reconcile();
  await market.router.clearFaults();
  const session = await hand();
  for (const name of names) await session.removeUser((await session.findUser(name))?.id ?? '');
  market.clock.advance(MINUTE);
  expect(
    (await market.call('GET', '/api/v1/catalogo_perfiles_venta', { headers: { 'x-api-key': market.shop.apiKey } }))
      .status,
  ).toBe(200);
  await market.settled();
  await market.later(0);
  await market.settled();
  expect(usersNamed(names)).toHaveLength(2);
});

it('who is finished with goes, although the router has him again; what was changed by hand is as it was sold', async () => {
  const [gone = '', changed = ''] = await sell(2);
  const purchase = (await newestPurchases(market.services, market.shop.companyId, 2)).at(-1);
  const comment = named(gone)?.['comment'] ?? '';
  await market.call('POST', `/api/v1/admin/mi-empresa/transacciones/${purchase?.id}/reembolsar`, {
    headers: await admin(),
  });
  await market.settled();
  expect(named(gone)).toBeUndefined();
  const session = await hand();
  await session.addUser({ name: gone, password: new Secret('1'), profile: '1dia', comment });
  const user = await session.findUser(changed);
  await session.setUser(user?.id ?? '', { limitUptimeSeconds: 999_999, disabled: true });
  expect((await reconcile()).body).toMatchObject({ retirados: 1, ajustados: 1 });
  expect(named(gone)).toBeUndefined();
  expect(named(changed)).toMatchObject({ 'limit-uptime': '1h', disabled: 'false' });
});

it('who used up the time online goes, and health tells of it', async () => {
  const [name = ''] = await sell(1);
  market.router.addHost({ mac: 'AA:BB:CC:00:00:09', ip: '10.5.50.9' });
  const session = await hand();
  const password = new Secret(named(name)?.['password'] ?? '');
  await session.logIn({ address: '10.5.50.9', macAddress: 'AA:BB:CC:00:00:09', user: name, password });
  market.clock.advance(2 * 60 * MINUTE);
  expect((await reconcile()).body).toMatchObject({ retirados: 1 });
  expect(named(name)).toBeUndefined();
  const { body } = await market.call('GET', `/api/v1/admin/routers/${market.shop.routerId}/salud`, {
    headers: await admin(),
  });
  expect(body.conciliacion).toMatchObject({ retirados: 1, terminada_en: expect.any(String) });
});

it('what does not fit in one slice comes with the next', async () => {
  const names = await sell(30);
  reset();
  await market.router.addFault({ name: 'delay', ms: 100, command: '/ip/hotspot/user/add' });
  const before = market.router.books.commands().connections;
  const { body } = await reconcile();
  expect(body.estado).toBe('terminada');
  expect(body.repuestos).toBeGreaterThanOrEqual(30);
  expect(market.router.books.commands().connections - before).toBeGreaterThan(1);
  expect(usersNamed(names)).toHaveLength(30);
}, 30_000);

it('a line that breaks half way leaves the rest to the next slice, not to as many jobs', async () => {
  const names = await sell(30);
  reset();
  await market.router.addFault({ name: 'close', when: 'before', command: '/ip/hotspot/user/add', times: 1 });
  const { body } = await reconcile();
  expect(body.estado).toBe('terminada');
  expect(body.fallidos).toBeGreaterThan(0);
  expect(body.fallidos).toBeLessThanOrEqual(10);
  const { accesses } = market.services;
  const sold = await newestPurchases(market.services, market.shop.companyId, 30);
  const owed = await Promise.all(sold.map(({ accessId }) => accesses.find(market.shop.companyId, accessId)));
  expect(owed.filter((access) => access?.observed === 'unknown').length).toBeLessThanOrEqual(10);
  for (let minute = 0; minute < 3; minute += 1) {
    await market.later(MINUTE);
    await market.settled();
  }
  expect(usersNamed(names)).toHaveLength(30);
});

it('a sweep carries on with a long one until it is done', async () => {
  const { companyId, routerId, apiKey, productId: product } = await market.openShop();
  for (let n = 0; n < 25; n += 1)
    expect((await market.buy({ producto_id: product }, { 'x-api-key': apiKey })).status).toBe(200);
  reset();
  await market.router.addFault({ name: 'delay', ms: 200, command: '/ip/hotspot/user/add' });
  const { reconciles, clock } = market.services;
  const isDone = async () => (await reconciles.find(companyId, routerId))?.run === null;
  await reconciles.ask(companyId, routerId, clock.now());
  await market.sweep();
  await market.settled();
  expect(await isDone()).toBe(false);
  await market.sweep();
  expect(await isDone()).toBe(true);
  expect(market.customers()).toHaveLength(25);
}, 30_000);

it('it comes each day by itself, and more often while somebody`s time is counted by the router', async () => {
  await sell(1);
  await reconcile();
  const { companyId, routerId } = market.shop;
  const { reconciles, clock } = market.services;
  expect((await reconciles.find(companyId, routerId))?.dueAt).toBeLessThanOrEqual(clock.now() + 30 * MINUTE);
  const before = (await reconciles.find(companyId, routerId))?.last?.endedAt ?? 0;
  await market.later(DAY);
  await market.settled();
  expect((await reconciles.find(companyId, routerId))?.last?.endedAt).toBeGreaterThan(before);
});

it('another company`s admin is told that there is no such router', async () => {
  const other = await market.openShop();
  expect(await reconcile(await market.stage.asCompanyAdmin(other.companyId))).toMatchObject({
    status: 404,
    body: { detail: 'Router no encontrado o no pertenece a tu empresa' },
  });
});
