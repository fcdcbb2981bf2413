import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Jobs } from '#shared/routers/jobs.ts';
import { type Purchase, PurchaseStore } from '#shared/store/purchases.ts';
import { newestPurchases } from '../../stage/newest-purchases.ts';
import { type Market, newToken, startMarket } from '../../stage/market.ts';

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
const look = async (purchaseId: number) => (await market.call('GET', `/api/v1/compras/${purchaseId}`)).body;

/** The process dies instead of writing this state: the write never reaches the table. */
async function dieBeforeWriting(state: Purchase['state'], work: () => Promise<unknown>): Promise<void> {
  const move = PurchaseStore.prototype.move;
  PurchaseStore.prototype.move = function (change) {
    if (change.after.state === state) throw new Error('killed');
    return move.call(this, change);
  };
  try {
    await work();
  } finally {
    PurchaseStore.prototype.move = move;
  }
}

const newestPurchase = async () => (await newestPurchases(market.services, market.shop.companyId, 1))[0];

describe('when the gateway charges and its answer is lost', () => {
  it('the order tells at once, and the buyer gets the code', async () => {
    const charges = keptCharges();
    market.conekta.addFault({ kind: 'reset', route: 'create-charge', when: 'after', times: 1 });
    const answer = await market.buy();
    expect(answer).toMatchObject({ status: 200, body: { estado_entrega: 'entregado' } });
    expect(keptCharges()).toBe(charges + 1);
  });

  it('and the order cannot be read either, the buyer is asked to wait and is delivered to by the sweep', async () => {
    const [charges, users] = [keptCharges(), market.customers().length];
    market.conekta.addFault({ kind: 'server-error', route: 'create-charge', when: 'after', times: 1 });
    market.conekta.addFault({ kind: 'server-error', route: 'get-order', when: 'before', times: 1 });
    const answer = await market.buy();
    expect(answer).toMatchObject({
      status: 504,
      body: { detail: 'Estamos confirmando tu pago. No vuelvas a pagar.', consulta_url: expect.any(String) },
    });
    expect(answer.body).not.toHaveProperty('usuario_hotspot');
    await market.later(31 * SECOND);
    await market.until(() => market.customers().length === users + 1);
    await market.until(async () => (await look(answer.body.id_compra)).estado_entrega === 'entregado');
    expect(keptCharges()).toBe(charges + 1);
  });
});

describe('when the charge never reached the gateway', () => {
  it('the doubt ends as "no charge" only after three looks, a cancelled order and one look more', async () => {
    const charges = keptCharges();
    market.conekta.addFault({ kind: 'reset', route: 'create-charge', when: 'before', times: 1 });
    const buyer = { email_cliente: 'doubt@correo.mx' };
    const answer = await market.buy(buyer);
    expect(answer.status).toBe(504);
    const id: number = answer.body.id_compra;
    for (const wait of [31, 91]) {
      await market.later(wait * SECOND);
      expect(await look(id)).toMatchObject({ estado_pago: 'pending' });
    }
    expect((await market.buy(buyer)).status).toBe(402);
    await market.later(61 * SECOND);
    expect(await look(id)).toMatchObject({ estado_pago: 'canceled', mensaje: 'No se hizo ningún cargo.' });
    const order = market.conekta.ledger().orders.find((row) => row.metadata['purchase_id'] === String(id));
    expect(order?.payment_status).toBe('canceled');
    expect(keptCharges()).toBe(charges);
    expect((await market.buy(buyer)).status).toBe(200);
  });
});

describe('when the process dies', () => {
  it('between the charge and its record, the sweep finds the charge and delivers once', async () => {
    const [charges, users] = [keptCharges(), market.customers().length];
    await dieBeforeWriting('paid', async () => expect((await market.buy()).status).toBe(504));
    expect(keptCharges()).toBe(charges + 1);
    const purchase = await newestPurchase();
    expect(purchase?.state).toBe('charging');
    await market.later(21 * SECOND);
    await market.until(() => market.customers().length === users + 1);
    await market.later(120 * SECOND);
    expect(keptCharges()).toBe(charges + 1);
    expect(market.customers().length).toBe(users + 1);
  });

  it('before the charge is sent, the purchase is closed, nothing is charged and the request may come again', async () => {
    const charges = keptCharges();
    const body = { token_tarjeta: newToken(), email_cliente: `${randomUUID()}@correo.mx` };
    await dieBeforeWriting('charging', async () => expect((await market.buy(body)).status).toBe(504));
    await market.later(61 * SECOND);
    expect((await newestPurchase())?.state).toBe('expired');
    expect(keptCharges()).toBe(charges);
    expect((await market.buy(body)).status).toBe(200);
    expect(keptCharges()).toBe(charges + 1);
  });

  it('with its message lost, the due index delivers without it', async () => {
    await market.buy();
    const users = market.customers().length;
    const send = Jobs.prototype.send;
    Jobs.prototype.send = () => Promise.resolve();
    const buying = market.buy();
    await market.until(async () => (await newestPurchase())?.state === 'paid');
    Jobs.prototype.send = send;
    await market.later(16 * SECOND);
    await market.until(() => market.customers().length === users + 1);
    await market.later(60 * SECOND);
    expect((await buying).status).toBe(200);
    expect(market.customers().length).toBe(users + 1);
  });
});

describe('when the router goes away after the charge', () => {
  it('the buyer gets the code at once, and the router the user when it is back', async () => {
    await market.buy();
    const [charges, users] = [keptCharges(), market.customers().length];
    await market.router.addFault({ name: 'refuse-connections' });
    const answer = await market.buy();
    expect(answer).toMatchObject({
      status: 200,
      body: { estado_entrega: 'pendiente', usuario_hotspot: { usuario: expect.any(String) } },
    });
    await market.later(20 * SECOND);
    // The visit that this sweep asked for is over before the router is back.
    await market.settled();
    expect(market.customers().length).toBe(users);
    await market.router.clearFaults();
    await market.later(60 * SECOND);
    await market.until(() => market.customers().length === users + 1);
    await market.until(async () => (await look(answer.body.id_compra)).estado_entrega === 'entregado');
    expect(keptCharges()).toBe(charges + 1);
  });

  it('nothing more is sold until it answers again', async () => {
    await market.router.addFault({ name: 'refuse-connections' });
    await market.later(61 * SECOND);
    const orders = market.conekta.ledger().orders.length;
    const refused = {
      status: 500,
      body: { detail: 'No se pudo crear el usuario: El router no responde. No se hizo ningún cargo.' },
    };
    expect(await market.buy()).toMatchObject(refused);
    expect(await market.buy()).toMatchObject(refused);
    expect(market.conekta.ledger().orders.length).toBe(orders);
    await market.router.clearFaults();
    market.clock.advance(3 * SECOND);
    expect((await market.buy()).status).toBe(200);
  });

  it('in the middle of adding the user, it is added once and read again a minute later', async () => {
    const users = market.customers().length;
    await market.router.addFault({ name: 'close', when: 'after', command: '/ip/hotspot/user/add', times: 1 });
    const answer = await market.buy();
    expect(answer).toMatchObject({ status: 200, body: { estado_entrega: 'pendiente' } });
    await market.later(6 * SECOND);
    await market.until(async () => (await look(answer.body.id_compra)).estado_entrega === 'entregado');
    const { accessId, companyId } = (await newestPurchase()) ?? { accessId: '', companyId: '' };
    expect((await market.services.accesses.find(companyId, accessId))?.dueAt).not.toBeNull();
    await market.later(70 * SECOND);
    await market.until(async () => (await market.services.accesses.find(companyId, accessId))?.dueAt === null);
    expect(market.customers().length).toBe(users + 1);
  });
});
