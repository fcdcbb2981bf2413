import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { idempotencyHash, type Order, start } from '#shared/purchases/start.ts';
import { Secret } from '#shared/security/secret.ts';
import { counterKey, countIn } from '#shared/security/throttle.ts';
import { healthSchema } from '#shared/store/router-health.ts';
import { keys } from '#shared/store/table.ts';
import { newestPurchases } from '../../stage/newest-purchases.ts';
import { type Market, newToken, type Shop, startMarket } from '../../stage/market.ts';
import type { Answer, Headers } from '../../stage/stage.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const TOO_MANY = 'Demasiados pagos rechazados. Espere unos minutos e intente de nuevo.';
const NOTICES = '/api/v1/admin/mi-empresa/avisos';
const SETTINGS = '/api/v1/admin/mi-empresa/ajustes';

let market: Market;
let shop: Shop;
beforeAll(async () => {
  market = await startMarket();
});
beforeEach(async () => {
  shop = await market.openShop();
  await market.call('POST', '/api/v1/payments/configurar-credenciales', {
    headers: shop.admin,
    body: { access_token: `TEST-${randomUUID()}`, public_key: 'TEST-public', mode: 'test' },
  });
});
afterEach(async () => {
  market.conekta.clearFaults();
  market.mercadoPago.clearFaults();
  await market.router.clearFaults();
});
afterAll(() => market.stop());

type Body = Readonly<Record<string, unknown>>;

/** Both gateways, each with a card that is declined, one that is good, and how many cards it was asked to charge. */
const gateways = {
  conekta: {
    path: 'pagar-conekta',
    good: () => ({ token_tarjeta: newToken() }),
    bad: () => ({ token_tarjeta: newToken('card_declined') }),
    tried: () => market.conekta.calls()['create-charge'],
    delayCharges: () =>
      market.conekta.addFault({ route: 'create-charge', kind: 'delay', when: 'before', ms: 3 * SECOND }),
  },
  'mercado-pago': {
    path: 'pagar-mercado-pago',
    good: () => ({ token: `mp_test_APRO_${randomUUID()}`, payment_method_id: 'visa', monto: 15 }),
    bad: () => ({ token: `mp_test_FUND_${randomUUID()}`, payment_method_id: 'visa', monto: 15 }),
    tried: () => market.mercadoPago.calls()['create-payment'],
    delayCharges: () =>
      market.mercadoPago.addFault({ route: 'create-payment', kind: 'delay', when: 'before', ms: 3 * SECOND }),
  },
} as const;
type Gateway = keyof typeof gateways;

const pay = (card: Body, changes: Body = {}, headers: Headers = {}, gateway: Gateway = 'conekta'): Promise<Answer> =>
  market.call('POST', `/api/v1/payments/${gateways[gateway].path}`, {
    headers: { 'x-api-key': shop.apiKey, ...headers },
    body: {
      producto_id: shop.productId,
      nombre_cliente: 'Luis Mora',
      email_cliente: `${randomUUID()}@correo.mx`,
      ...card,
      ...changes,
    },
  });
const good = (changes: Body = {}, headers: Headers = {}) => pay(gateways.conekta.good(), changes, headers);
const bad = (changes: Body = {}, headers: Headers = {}) => pay(gateways.conekta.bad(), changes, headers);

async function declineTimes(count: number, changes: Body = {}): Promise<void> {
  for (let n = 0; n < count; n += 1) expect(await bad(changes)).toMatchObject({ status: 402 });
}

const notices = async () => (await market.call('GET', NOTICES, { headers: shop.admin })).body.avisos;
const setLimits = (body: Body) => market.call('PUT', SETTINGS, { headers: shop.admin, body });
const storms = () =>
  market.log.filter((line) => line.includes('"decline-storm"') && line.includes(shop.routerId)).length;
const statuses = (answers: readonly Answer[], status: number) =>
  answers.filter((answer) => answer.status === status).length;
const onRouter = async () => {
  const key = counterKey('declines-on-router', `${shop.companyId}#${shop.routerId}`);
  const item = await market.services.table.get(key, z.record(z.string(), z.unknown()));
  return countIn(item, market.clock.now())?.failures ?? 0;
};
/** A window of bursts begins now, so that a test of them meets no border of two. */
const beginBurst = () => market.clock.advance(10 * SECOND - (market.clock.now() % (10 * SECOND)));
const newPhone = () => {
  const [a, b] = randomUUID().match(/../g) ?? [];
  const mac = `AA:BB:CC:01:${a}:${b}`.toUpperCase();
  market.router.addHost({ mac, ip: `10.5.51.${1 + Math.floor(Math.random() * 250)}` });
  return mac;
};

describe.each(Object.keys(gateways) as Gateway[])('a storm of 100 stolen cards by %s', (gateway) => {
  const { bad: stolen, good: own, tried, delayCharges } = gateways[gateway];

  it('is stopped at the twentieth, while a phone that the router knows still buys', async () => {
    const before = tried();
    const answers: Answer[] = [];
    for (let n = 0; n < 100; n += 1) answers.push(await pay(stolen(), {}, {}, gateway));
    expect(statuses(answers.slice(0, 20), 402)).toBe(20);
    expect(statuses(answers.slice(20), 429)).toBe(80);
    expect(tried()).toBe(before + 20);
    const last = answers.at(-1);
    expect(last?.body).toEqual({ detail: TOO_MANY });
    const retryAfter = Number(last?.headers['retry-after']);
    expect(retryAfter).toBeGreaterThan(500);
    expect(retryAfter).toBeLessThanOrEqual(600);

    const mac = newPhone();
    expect(await pay(own(), { mac_cliente: mac.toLowerCase().replaceAll(':', '-') }, {}, gateway)).toMatchObject({
      status: 200,
      body: { estado_entrega: 'entregado' },
    });
    expect((await pay(own(), { mac_cliente: 'AA:BB:CC:99:99:99' }, {}, gateway)).status).toBe(429);

    market.clock.advance(10 * MINUTE);
    expect(await pay(own(), {}, {}, gateway)).toMatchObject({ status: 200 });
  });

  it('all at once is stopped at the thirtieth, and a phone that the router knows buys meanwhile', async () => {
    const before = tried();
    beginBurst();
    // None is declined before the last one is sent.
    delayCharges();
    const storm = Array.from({ length: 100 }, () => pay(stolen(), {}, {}, gateway));
    await market.until(() => tried() - before === 30, 10 * SECOND);
    const phone = await pay(own(), { mac_cliente: newPhone() }, {}, gateway);
    const answers = await Promise.all(storm);
    expect(phone).toMatchObject({ status: 200 });
    expect([statuses(answers, 402), statuses(answers, 429)]).toEqual([30, 70]);
    expect(tried() - before).toBe(31);
  });

  it('ten at a time gets at most the cards in flight further', async () => {
    const before = tried();
    const answers: Answer[] = [];
    for (let n = 0; n < 10; n += 1)
      answers.push(...(await Promise.all(Array.from({ length: 10 }, () => pay(stolen(), {}, {}, gateway)))));
    const charged = tried() - before;
    expect(charged).toBe(statuses(answers, 402));
    expect(charged).toBeGreaterThanOrEqual(20);
    expect(charged).toBeLessThanOrEqual(30);
    expect(statuses(answers, 429)).toBe(100 - charged);
  });

  it('of which all but the first come at once gets no further than one by one, and tells the operator once', async () => {
    const before = tried();
    await pay(stolen(), {}, {}, gateway);
    const answers = await Promise.all(Array.from({ length: 99 }, () => pay(stolen(), {}, {}, gateway)));
    expect(tried() - before).toBe(20);
    expect([statuses(answers, 402), statuses(answers, 429)]).toEqual([19, 80]);
    expect(await notices()).toEqual([
      {
        tipo: 'rechazos',
        router_id: shop.routerId,
        mensaje:
          'Posible prueba de tarjetas robadas: 20 pagos rechazados en menos de 10 minutos en el router Principal. ' +
          'Por unos minutos solo se vende a dispositivos conectados a ese router.',
        creado_en: expect.any(String),
      },
    ]);
    expect(storms()).toBe(1);
  });
});

describe('past the router`s limit', () => {
  beforeEach(async () => {
    await setLimits({ limite_rechazos_router: 2 });
    await declineTimes(2);
  });

  it('what is refused writes no purchase and asks no gateway', async () => {
    const before = { purchases: (await newestPurchases(market.services, shop.companyId, 100)).length };
    const calls = market.conekta.calls();
    expect((await good()).status).toBe(429);
    expect((await good({ mac_cliente: 'AA:BB:CC:99:99:98' })).status).toBe(429);
    expect((await newestPurchases(market.services, shop.companyId, 100)).length).toBe(before.purchases);
    expect(market.conekta.calls()).toEqual(calls);
  });

  it('without a MAC the router is not asked', async () => {
    const asked = market.router.books.commands();
    expect((await good()).status).toBe(429);
    expect(market.router.books.commands()).toEqual(asked);
  });

  it('with one the router is asked for that MAC alone', async () => {
    const before = market.router.books.commands();
    await good({ mac_cliente: 'AA:BB:CC:99:99:97' });
    const { recent } = market.router.books.commands();
    expect(recent.slice(before.recent.length).map(({ path }) => path)).toEqual(['/login', '/ip/hotspot/host/print']);
  });

  it('a phone that the router knows is asked after once, and a card of its own that is declined counts', async () => {
    const before = market.router.books.commands();
    expect((await bad({ mac_cliente: newPhone() })).status).toBe(402);
    const { recent } = market.router.books.commands();
    const asked = recent.slice(before.recent.length).filter(({ path }) => path === '/ip/hotspot/host/print');
    expect(asked).toHaveLength(1);
    expect(await onRouter()).toBe(3);
    expect(await notices()).toHaveLength(1);
    expect(storms()).toBe(1);
  });

  it('a router is asked after 120 devices a minute, and then knows nobody', async () => {
    const whom = `${shop.companyId}#${shop.routerId}`;
    for (let n = 0; n < 119; n += 1) await market.services.throttle.count('host-lookups', whom);
    expect((await good({ mac_cliente: newPhone() })).status).toBe(200);
    await market.settled();
    const asked = market.router.books.commands();
    const calls = await market.countCalls(async () =>
      expect((await good({ mac_cliente: newPhone() })).status).toBe(429),
    );
    expect(calls['SendMessage']).toBeUndefined();
    expect(market.router.books.commands()).toEqual(asked);
    market.clock.advance(MINUTE);
    expect((await good({ mac_cliente: newPhone() })).status).toBe(200);
  });

  it('a silent router knows nobody, and the answer comes in four seconds', async () => {
    const mac = newPhone();
    await market.router.addFault({ name: 'delay', ms: 30_000 });
    const began = market.clock.now();
    expect((await good({ mac_cliente: mac })).status).toBe(429);
    expect(market.clock.now() - began).toBeLessThan(5_500);
  });

  it('other routers sell on', async () => {
    const crowded = shop;
    shop = await market.openShop();
    expect((await good()).status).toBe(200);
    shop = crowded;
  });

  it('a second window that fills is a second notice, the newer one first', async () => {
    market.clock.advance(10 * MINUTE);
    await setLimits({ limite_rechazos_router: 1 });
    await declineTimes(1);
    const [newer, older, ...more] = await notices();
    expect(newer.mensaje).toContain('1 pagos');
    expect(older.mensaje).toContain('2 pagos');
    expect(more).toEqual([]);
    expect(newer.creado_en > older.creado_en).toBe(true);
  });

  it('a request that was made before is answered as before', async () => {
    const fresh = await market.openShop();
    shop = fresh;
    const body = { ...gateways.conekta.good(), email_cliente: 'again@correo.mx' };
    const [first, refused] = [await pay(body), { ...gateways.conekta.bad(), email_cliente: 'no@correo.mx' }];
    const declined = await pay(refused);
    await setLimits({ limite_rechazos_router: 1, limite_rechazos_email: 1 });
    expect((await good()).status).toBe(429);
    expect((await pay(body)).body).toEqual(first.body);
    expect((await pay(refused)).body).toEqual(declined.body);
  });
});

describe('of one e-mail', () => {
  it('five declines are borne, whatever its letter case; then another buyer still buys', async () => {
    const address = `${randomUUID()}@correo.mx`;
    await declineTimes(4, { email_cliente: address });
    await declineTimes(1, { email_cliente: address.toUpperCase() });
    const refused = await good({ email_cliente: address });
    expect(refused).toMatchObject({ status: 429, body: { detail: TOO_MANY } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(500);
    expect((await good({ email_cliente: address, mac_cliente: newPhone() })).status).toBe(429);
    expect((await good()).status).toBe(200);
    market.clock.advance(10 * MINUTE);
    expect((await good({ email_cliente: address })).status).toBe(200);
  });

  it('another company`s declines are none of this one`s business', async () => {
    const address = `${randomUUID()}@correo.mx`;
    await declineTimes(5, { email_cliente: address });
    shop = await market.openShop();
    expect((await good({ email_cliente: address })).status).toBe(200);
  });
});

describe('not counted are', () => {
  it('repeated requests', async () => {
    const body = { ...gateways.conekta.bad(), email_cliente: `${randomUUID()}@correo.mx` };
    for (let n = 0; n < 8; n += 1) expect((await pay(body)).status).toBe(402);
    expect(await onRouter()).toBe(1);
    expect((await good({ email_cliente: body.email_cliente })).status).toBe(200);
  });

  it('sales, before and after the first decline', async () => {
    await good();
    expect(await onRouter()).toBe(0);
    await declineTimes(1);
    await Promise.all([good(), good(), good()]);
    expect(await onRouter()).toBe(1);
  });

  it.each([
    ['authentication_error', 401],
    ['parameter_validation_error', 422],
    ['rate_limit_exceeded', 429],
    ['order_not_found', 404],
  ])('refusals that are not the card`s: %s', async (code, status) => {
    await declineTimes(1);
    expect((await pay({ token_tarjeta: newToken(`code_${code}`) })).status).toBe(status);
    expect(await onRouter()).toBe(1);
  });

  it('sixty good sales of phones that nobody knows, one after the other within moments', async () => {
    for (let n = 0; n < 60; n += 1) expect((await market.buy()).status).toBe(200);
  });

  it('a sale that broke on the way to the gateway', async () => {
    await declineTimes(1);
    const company = keys.company(shop.companyId);
    const sealed = { ':sealed': 'bm90IHNlYWxlZA==' };
    await market.services.table.update(company, 'SET #conekta.#sealedPrivateKey = :sealed', sealed);
    expect((await good()).status).toBe(504);
    expect(await onRouter()).toBe(1);
  });

  it('a router that cannot be sold on, and a charge whose answer was lost', async () => {
    await declineTimes(1);
    market.conekta.addFault({ kind: 'reset', route: 'create-charge', when: 'before', times: 1 });
    expect((await good()).status).toBe(504);
    market.clock.advance(2 * MINUTE);
    await market.router.addFault({ name: 'refuse-connections' });
    expect((await good()).status).toBe(500);
    expect(await onRouter()).toBe(1);
  });
});

describe('a sale', () => {
  it('costs one call of DynamoDB more than without throttling, a while after the one before too', async () => {
    await good();
    const { health } = market.services;
    await market.until(async () => (await health.find(shop.companyId, shop.routerId)).leaseOwner === null);
    market.clock.advance(11 * SECOND);
    // This one waits for a knock at the router.
    await good();
    const calls = await market.countCalls(() => good());
    expect(calls['GetItem'] ?? 0).toBe(0);
    // The router's lease twice and the burst; the key's use was written by the sale before.
    expect(calls['UpdateItem'] ?? 0).toBeLessThanOrEqual(3);
    expect(calls['PutItem']).toBe(1);
  });

  it('that loses the last place is closed, and its key is free', async () => {
    await setLimits({ limite_rechazos_router: 2 });
    await declineTimes(1);
    const card = gateways.conekta.good();
    const header = { 'idempotency-key': randomUUID() };
    const email_cliente = `${randomUUID()}@correo.mx`;
    // Both read one decline; one place is left.
    const answers = await Promise.all([bad(), bad(), bad(), bad(), pay(card, { email_cliente }, header)]);
    expect(statuses(answers, 402) + statuses(answers, 200)).toBeLessThanOrEqual(2);
    expect(statuses(answers, 429)).toBeGreaterThanOrEqual(3);
    const open = (await market.items()).filter(
      ({ pk, sk }) => pk === `COMPANY#${shop.companyId}` && String(sk).startsWith('OPEN#'),
    );
    expect(open).toEqual([]);
    market.clock.advance(10 * MINUTE);
    expect((await pay(card, { email_cliente }, header)).status).toBe(200);
  });

  it('of a phone that the router knows is made even when it loses the last place', async () => {
    await setLimits({ limite_rechazos_router: 2 });
    await declineTimes(1);
    const phones = [newPhone(), newPhone(), newPhone()];
    const answers = await Promise.all(phones.map((mac_cliente) => good({ mac_cliente })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('refused while its twin was let in is answered as its twin, not told to pay later', async () => {
    const { companies, routers, products } = market.services;
    const email = `${randomUUID()}@correo.mx`;
    const card = gateways.conekta.good();
    const sold = await pay(card, { email_cliente: email });
    const [company, router, product] = await Promise.all([
      companies.find(shop.companyId),
      routers.find(shop.companyId, shop.routerId),
      products.find(shop.companyId, shop.productId),
    ]);
    if (!company || !router) throw new Error('The shop is gone');
    const token = new Secret(card.token_tarjeta);
    const now = market.clock.now();
    const unasked = { paymentMethodId: null, installments: null, issuerId: null, deviceId: null, identification: null };
    // As it was read before the twin wrote anything, past the limit by now, and from no device that the router knows.
    const order: Order = {
      company,
      router,
      product,
      health: healthSchema.parse({}),
      productId: shop.productId,
      apiKeyId: 'key_1',
      gateway: 'conekta',
      credentials: company.conekta,
      card: { token, ...unasked },
      claimedMinor: null,
      customer: { name: 'Luis Mora', email, phone: null },
      userKind: 'usuario_contrasena',
      autoConnect: false,
      macAddress: null,
      ipAddress: null,
      keyHash: idempotencyHash(undefined, shop.routerId, shop.productId, token),
      standing: undefined,
      declines: { ofEmail: undefined, onRouter: { failures: 20, windowEndsAt: now + MINUTE } },
      extension: null,
      receivedAt: now,
    };
    const parts = market.services.buyParts(market.services.logger);
    expect(await start(order, parts)).toEqual({ kind: 'repeated', purchaseId: sold.body.id_compra });
    await expect(start({ ...order, keyHash: 'another' }, parts)).rejects.toMatchObject({
      code: 'too-many-declines',
      details: { retryAfterSeconds: 60 },
    });
  });

  it('ten times at once past the limit is one charge and ten equal answers', async () => {
    await setLimits({ limite_rechazos_router: 1 });
    await declineTimes(1);
    const body = { ...gateways.conekta.good(), mac_cliente: newPhone(), email_cliente: 'ten@correo.mx' };
    const before = gateways.conekta.tried();
    const answers = await Promise.all(Array.from({ length: 10 }, () => pay(body)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(gateways.conekta.tried()).toBe(before + 1);
  });
});
