import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { MOST_GRANTS } from '#shared/purchases/extend.ts';
import { type Market, newToken, startMarket } from '../../stage/market.ts';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());
afterEach(async () => {
  market.conekta.clearFaults();
  await market.router.clearFaults();
});

const MINUTE = 60_000;
const NOT_EXTENDABLE = 'Este código no se puede extender: no existe o su tiempo terminó. No se hizo ningún cargo.';

const plan = (sells: Record<string, unknown>, profile?: string) => market.sellPlan(sells, profile);

const admin = () => market.stage.asCompanyAdmin(market.shop.companyId);
const charges = () => market.conekta.ledger().charges.filter(({ status }) => status === 'paid').length;
const HOUR_PASS = { duracion_minutos: 60, dispositivos: 1 };

async function bought(productId: number, more: Record<string, unknown> = {}) {
  const { status, body } = await market.buy({ producto_id: productId, token_tarjeta: newToken(), ...more });
  expect({ status, body }).toMatchObject({ status: 200 });
  const link: string = body.consulta_url;
  const name: string = body.usuario_hotspot.usuario;
  return {
    id: body.id_compra,
    name,
    body,
    code: { codigo: name, t: new URL(link, 'http://portal').searchParams.get('t') },
    view: async () => (await market.call('GET', link)).body,
    user: () => market.router.books.users().find((user) => user['name'] === name),
  };
}

const refund = async (id: number) => {
  await market.call('POST', `/api/v1/admin/mi-empresa/transacciones/${id}/reembolsar`, { headers: await admin() });
  await market.settled();
};

it('adds its time to the same code, and giving it back takes only its own', async () => {
  const productId = await plan(HOUR_PASS);
  const first = await bought(productId);
  market.clock.advance(20 * MINUTE);
  const second = await bought(productId, first.code);
  expect(second.body).toMatchObject({
    usuario_hotspot: first.body.usuario_hotspot,
    estado_entrega: 'entregado',
  });
  expect(second.id).not.toBe(first.id);
  expect(second.user()).toMatchObject({ 'limit-uptime': '2h' });
  expect(market.router.books.users().filter(({ name }) => name === first.name)).toHaveLength(1);
  const left = (await second.view()).tiempo.segundos_restantes;
  expect(Math.abs(left - 100 * 60)).toBeLessThan(10);
  expect((await first.view()).tiempo.segundos_restantes).toBe(left);

  await refund(second.id);
  expect(second.user()).toMatchObject({ 'limit-uptime': '1h' });
  expect(await second.view()).toMatchObject({ estado_pago: 'refunded', estado_entrega: 'sin_acceso' });
  expect(Math.abs((await first.view()).tiempo.segundos_restantes - 40 * 60)).toBeLessThan(10);
  await market.later(41 * MINUTE);
  await market.settled();
  expect(first.user()).toBeUndefined();
});

it('is refused before the purchases behind a code are more than one write takes', async () => {
  const productId = await plan(HOUR_PASS);
  const first = await bought(productId);
  const { accesses } = market.services;
  const { companyId, routerId } = market.shop;
  const access = await accesses.findByName(companyId, routerId, first.name);
  const [grant] = access?.grants ?? [];
  if (!access || !grant) throw new Error('not granted');
  const grants = Array.from({ length: MOST_GRANTS }, (_, index) => ({ ...grant, purchaseId: index + 1 }));
  await accesses.put(access, { ...access, grants });
  const before = charges();
  expect(await market.buy({ producto_id: productId, ...first.code })).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('No se hizo ningún cargo.') },
  });
  expect(charges()).toBe(before);
});

it('of time online adds to what the router has counted, for a phone that stays where it is', async () => {
  const phone = { mac: 'AA:BB:CC:00:00:21', ip: '10.5.50.21' };
  market.router.addHost(phone);
  const productId = await plan({ ...HOUR_PASS, reloj: 'uso' });
  const first = await bought(productId, { mac_cliente: phone.mac, conexion_automatica: true });
  market.clock.advance(50 * MINUTE);
  const second = await bought(productId, first.code);
  expect(second.user()).toMatchObject({ 'limit-uptime': '2h' });
  const [active] = market.router.books.active().filter(({ user }) => user === first.name);
  expect(active).toMatchObject({ address: phone.ip, 'session-time-left': expect.stringMatching(/^1h(9|10)m/) });
  expect((await second.view()).tiempo.segundos_restantes).toBe(70 * 60);
});

it.each(['wrong t', 'no t', 'unknown code', 'another router', 'over'])(
  'with %s is refused before any charge',
  async (what) => {
    const productId = await plan(HOUR_PASS);
    const first = await bought(productId);
    if (what === 'over') {
      await market.later(61 * MINUTE);
      await market.settled();
    }
    const other = what === 'another router' ? await market.openShop() : undefined;
    const before = charges();
    const wrong = {
      'wrong t': { ...first.code, t: 'x'.repeat(22) },
      'no t': { codigo: first.name },
      'unknown code': { ...first.code, codigo: 'PT-AAAAAAAA' },
    }[what];
    const answer = await market.buy(
      { producto_id: other?.productId ?? productId, ...(wrong ?? first.code) },
      other ? { 'x-api-key': other.apiKey } : {},
    );
    expect(answer).toMatchObject({ status: 409, body: { detail: NOT_EXTENDABLE } });
    expect(charges()).toBe(before);
    // Nothing stands in the way of a pass of its own.
    expect((await market.buy({ producto_id: productId })).status).toBe(200);
  },
);

it.each([
  ['counts otherwise', { ...HOUR_PASS, reloj: 'uso' }, '1dia'],
  ['is of another profile', { duracion_minutos: 60 }, '1hora'],
  ['sells no time', {}, '1dia'],
  ['sells data too', { ...HOUR_PASS, limite_mb: 100 }, '1dia'],
])('with a plan that %s is refused before any charge', async (_, sells, profile) => {
  const first = await bought(await plan(HOUR_PASS));
  const before = charges();
  const answer = await market.buy({ producto_id: await plan(sells, profile), ...first.code });
  expect(answer).toMatchObject({ status: 409, body: { detail: expect.stringContaining('no se puede sumar') } });
  expect(charges()).toBe(before);
});

it('that is declined leaves the code as it was, and the same request again is answered the same', async () => {
  const productId = await plan(HOUR_PASS);
  const first = await bought(productId);
  const declined = await market.buy({
    producto_id: productId,
    ...first.code,
    token_tarjeta: newToken('card_declined'),
  });
  expect(declined.status).toBe(402);
  expect(first.user()).toMatchObject({ 'limit-uptime': '1h' });
  const again = { token_tarjeta: newToken(), email_cliente: 'luis@correo.mx' };
  const second = await bought(productId, { ...first.code, ...again });
  const repeated = await bought(productId, { ...first.code, ...again });
  expect(repeated.body).toEqual(second.body);
  expect(first.user()).toMatchObject({ 'limit-uptime': '2h' });
});

it('that the router never hears of is given back, and the first one stays', async () => {
  const productId = await plan({ ...HOUR_PASS, duracion_minutos: 120 });
  const first = await bought(productId);
  await market.router.addFault({ name: 'silence', when: 'before', command: '/ip/hotspot/user/set' });
  const { body } = await market.buy({ producto_id: productId, ...first.code });
  expect(body).toMatchObject({ estado_entrega: 'pendiente' });
  await market.later(11 * MINUTE);
  await market.settled();
  await market.router.clearFaults();
  await market.later(5 * MINUTE);
  await market.settled();
  const view = (await market.call('GET', body.consulta_url)).body;
  expect(view).toMatchObject({ estado_pago: 'refunded' });
  expect(first.user()).toMatchObject({ 'limit-uptime': '2h' });
  expect(await first.view()).toMatchObject({ estado_pago: 'paid', estado_entrega: 'entregado' });
}, 60_000);

it('is answered as sold though the access moved while it was charged', async () => {
  const productId = await plan(HOUR_PASS);
  const first = await bought(productId);
  const { accesses, purchases, clock } = market.services;
  const purchase = await purchases.find(market.shop.companyId, first.id);
  market.conekta.addFault({ kind: 'delay', route: 'create-charge', when: 'after', ms: 300, times: 1 });
  const before = charges();
  const buying = bought(productId, first.code);
  await market.until(() => charges() > before);
  await accesses.doubt(market.shop.companyId, purchase?.accessId ?? '', clock.now());
  expect((await buying).body.estado_entrega).toBe('entregado');
  expect(first.user()).toMatchObject({ 'limit-uptime': '2h' });
});
