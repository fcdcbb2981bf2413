import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { PurchaseStore } from '#shared/store/purchases.ts';
import { keys } from '#shared/store/table.ts';
import { newestPurchases } from '../../stage/newest-purchases.ts';
import { type Market, newToken, type Shop, startMarket } from '../../stage/market.ts';

const SECOND = 1000;

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterEach(async () => {
  market.conekta.clearFaults();
  await market.router.clearFaults();
});
afterAll(() => market.stop());

const keptCharges = () => market.conekta.ledger().charges.filter((charge) => charge.status === 'paid').length;
const newestPurchase = async () => (await newestPurchases(market.services, market.shop.companyId, 1))[0];
const probeAskedAt = async ({ companyId, routerId }: Shop) =>
  (await market.services.health.find(companyId, routerId)).probeAskedAt;
const unreachable = 'No se pudo crear el usuario: El router no responde. No se hizo ningún cargo.';
const confirming = { detail: 'Estamos confirmando tu pago. No vuelvas a pagar.', consulta_url: expect.any(String) };

/** Until the test ends, or is told earlier, a method of this class does something else first or instead. */
function replace<K extends string>(
  owner: Record<K, unknown>,
  method: K,
  make: (original: (...args: unknown[]) => Promise<unknown>) => (...args: unknown[]) => Promise<unknown>,
): () => void {
  const original = owner[method] as (...args: unknown[]) => Promise<unknown>;
  owner[method] = function (this: unknown, ...args: unknown[]) {
    return make((...given) => original.apply(this, given))(...args);
  };
  const restore = () => void (owner[method] = original);
  onTestFinished(restore);
  return restore;
}

/** A purchase that has read what stands under its key, and does not write yet. */
async function buyHeldBeforeWriting(body: Record<string, unknown>) {
  let letGo: () => void = () => undefined;
  const mayWrite = new Promise<void>((resolve) => (letGo = resolve));
  let isHeld = false;
  const restore = replace(PurchaseStore.prototype as never, 'start', (start) => async (...args) => {
    isHeld = true;
    await mayWrite;
    return start(...args);
  });
  const held = market.buy(body);
  await market.until(() => isHeld);
  restore();
  return { held, letGo };
}

describe('when something breaks after the charge', () => {
  it('a queue that takes no messages costs the buyer time, not the answer', async () => {
    await market.buy();
    const users = market.customers().length;
    let refused = false;
    const restore = replace(SQSClient.prototype as never, 'send', (send) => (command, ...rest) => {
      if (!(command instanceof SendMessageCommand)) return send(command, ...rest);
      refused = true;
      return Promise.reject(new Error('the queue is down'));
    });
    const buying = market.buy();
    await market.until(() => refused);
    restore();
    await market.later(16 * SECOND);
    expect(await buying).toMatchObject({ status: 200, body: { estado_entrega: 'entregado' } });
    expect(market.customers().length).toBe(users + 1);
  });

  it('a store that cannot be read is no "failed" to the buyer, who would pay again', async () => {
    const charges = keptCharges();
    const restore = replace(
      PurchaseStore.prototype as never,
      'findWithAccess',
      () => () => Promise.reject(new Error('the table is down')),
    );
    const answer = await market.buy();
    restore();
    expect(answer).toMatchObject({ status: 504, body: confirming });
    expect(keptCharges()).toBe(charges + 1);
    const link = String(answer.body.consulta_url);
    await market.until(async () => (await market.call('GET', link)).body.estado_entrega === 'entregado');
    expect((await market.call('GET', link)).body).toMatchObject({ usuario_hotspot: { usuario: expect.any(String) } });
  });
});

describe('the same request again', () => {
  it('while the first one looks for its lost answer, waits for it and answers the same', async () => {
    market.conekta.addFault({ kind: 'reset', route: 'create-charge', when: 'after', times: 1 });
    market.conekta.addFault({ kind: 'delay', route: 'get-order', when: 'before', ms: 300, times: 1 });
    const body = { token_tarjeta: newToken(), email_cliente: 'doubled@correo.mx' };
    const first = market.buy(body);
    await market.until(async () => (await newestPurchase())?.state === 'in_doubt');
    const again = await market.buy(body);
    expect(again).toMatchObject({ status: 200 });
    expect(again.body).toEqual((await first).body);
  });

  it('while the first one still asks after the router, is refused as that one is; then it may be tried again', async () => {
    market.clock.advance(11 * 60 * SECOND);
    const restore = replace(SQSClient.prototype as never, 'send', (send) => (command, ...rest) => {
      const isLost = command instanceof SendMessageCommand;
      return isLost ? Promise.resolve({}) : send(command, ...rest);
    });
    const body = { token_tarjeta: newToken(), email_cliente: 'twins@correo.mx' };
    const [orders, before] = [market.conekta.ledger().orders.length, await probeAskedAt(market.shop)];
    const first = market.buy(body);
    await market.until(async () => (await probeAskedAt(market.shop)) !== before);
    let follows = false;
    replace(PurchaseStore.prototype as never, 'find', (find) => (...args) => {
      follows = true;
      return find(...args);
    });
    const again = market.buy(body);
    await market.until(() => follows);
    market.clock.advance(4 * SECOND);
    expect(await first).toMatchObject({ status: 500, body: { detail: unreachable } });
    expect((await again).body).toEqual((await first).body);
    expect(market.conekta.ledger().orders.length).toBe(orders);
    restore();
    market.clock.advance(61 * SECOND);
    expect((await market.buy(body)).status).toBe(200);
  });

  it('that found the router down, but came second, gives the code of the first one, which found it up', async () => {
    await market.router.addFault({ name: 'refuse-connections' });
    market.clock.advance(61 * SECOND);
    expect(await market.buy()).toMatchObject({ status: 500, body: { detail: unreachable } });
    await market.router.clearFaults();
    const body = { token_tarjeta: newToken(), email_cliente: 'second@correo.mx' };
    const { held: second, letGo } = await buyHeldBeforeWriting(body);
    market.clock.advance(3 * SECOND);
    const first = await market.buy(body);
    letGo();
    expect(first.status).toBe(200);
    expect(await second).toMatchObject({ status: 200, body: first.body });
  });

  it('that arrived before the order of the first one failed, is told the same; one that comes later is charged', async () => {
    market.conekta.addFault({ kind: 'server-error', route: 'create-order', when: 'before', times: 1 });
    const body = { token_tarjeta: newToken(), email_cliente: 'failed@correo.mx' };
    const charges = keptCharges();
    const { held: second, letGo } = await buyHeldBeforeWriting(body);
    market.clock.advance(1);
    const first = await market.buy(body);
    letGo();
    expect(first.status).toBe(500);
    expect((await second).body).toEqual(first.body);
    expect(keptCharges()).toBe(charges);
    expect((await market.buy(body)).status).toBe(200);
  });

  it('in a moment when the store cannot be read is no "failed" either: the first one was charged', async () => {
    const body = { token_tarjeta: newToken(), email_cliente: 'again@correo.mx' };
    const first = await market.buy(body);
    const charges = keptCharges();
    const restore = replace(
      PurchaseStore.prototype as never,
      'find',
      () => () => Promise.reject(new Error('the table is down')),
    );
    const again = await market.buy(body);
    restore();
    expect(again).toMatchObject({
      status: 402,
      body: { detail: 'El pago está pendiente de confirmación.', id_compra: first.body.id_compra },
    });
    expect(await market.buy(body)).toMatchObject({ status: 200, body: first.body });
    expect(keptCharges()).toBe(charges);
  });

  it('after its product went off sale still gives the code that was paid for', async () => {
    const { companyId, productId } = market.shop;
    const body = { token_tarjeta: newToken(), email_cliente: 'late@correo.mx' };
    const first = await market.buy(body);
    const sale = (on: boolean) =>
      market.services.table.update(keys.product(companyId, productId), 'SET #active = :on', { ':on': on });
    await sale(false);
    const again = await market.buy(body);
    const another = await market.buy();
    await sale(true);
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(another.status).toBe(404);
  });
});

it('a request that has run out of time is not charged', async () => {
  const orders = market.conekta.ledger().orders.length;
  replace(PurchaseStore.prototype as never, 'start', (start) => async (...args) => {
    const started = await start(...args);
    market.clock.advance(22 * SECOND);
    return started;
  });
  const answer = await market.buy();
  expect(answer).toMatchObject({ status: 504, body: { detail: 'Tiempo de espera agotado. Intente nuevamente.' } });
  expect(market.conekta.ledger().orders.length).toBe(orders);
});

it('a profile known to be gone is not sold while the router is too slow to say it again', async () => {
  const shop = await market.openShop();
  const created = await market.call('POST', '/api/v1/admin/products', {
    headers: shop.admin,
    body: {
      router_id: shop.routerId,
      perfil_mikrotik_id: '*99',
      perfil_mikrotik_nombre: 'gone',
      nombre_venta: 'Gone',
      precio: 20,
    },
  });
  const buy = () => market.buy({ producto_id: created.body.id }, { 'x-api-key': shop.apiKey });
  const refused = {
    status: 500,
    body: { detail: "No se pudo crear el usuario: Perfil 'gone' no encontrado. No se hizo ningún cargo." },
  };
  expect(await buy()).toMatchObject(refused);
  market.clock.advance(61 * SECOND);
  await market.router.addFault({ name: 'silence' });
  const askedBefore = await probeAskedAt(shop);
  const buying = buy();
  await market.until(async () => (await probeAskedAt(shop)) !== askedBefore);
  market.clock.advance(4 * SECOND);
  expect(await buying).toMatchObject(refused);
});

it('the time of delivery is the first time the user was seen, however often the router is read again', async () => {
  await market.router.addFault({ name: 'close', when: 'after', command: '/ip/hotspot/user/add', times: 1 });
  await market.buy();
  await market.later(6 * SECOND);
  await market.until(async () => typeof (await newestPurchase())?.deliveredAt === 'number');
  const first = await newestPurchase();
  await market.later(70 * SECOND);
  await market.until(async () => {
    const access = await market.services.accesses.find(market.shop.companyId, first?.accessId ?? '');
    return access?.dueAt === null;
  });
  expect((await newestPurchase())?.deliveredAt).toBe(first?.deliveredAt);
});
