import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Notification } from '#shared/local/gateway/outbox.ts';
import { type Market, newMercadoPagoToken, newToken, startMarket } from '../../stage/market.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

let market: Market;
beforeAll(async () => {
  market = await startMarket();
  await market.connectMercadoPago();
  // Conekta learns where the webhooks of this shop go.
  await market.sweep();
});
beforeEach(() => {
  market.conekta.notifications.take();
  market.mercadoPago.notifications.take();
});
afterEach(() => {
  market.conekta.clearFaults();
  market.mercadoPago.clearFaults();
});
afterAll(() => market.stop());

/** What differs between the two, as a test sees it. */
interface Counter {
  readonly name: string;
  /** A sale; `lost` loses the answer and the looks after it. */
  sell(how?: 'lost' | 'challenged'): Promise<{ id: number; status: number; consult: string }>;
  mail(): readonly Notification[];
  /** Reads of orders and payments so far. */
  reads(): number;
  refundByHand(id: number): Promise<void>;
  chargeBack(id: number, step: 'opened' | 'won' | 'lost'): Promise<void>;
  pass(id: number): Promise<void>;
  forge(notification: Notification): readonly Notification[];
}

const sold = (answer: { status: number; body: { id_compra: number; consulta_url: string } }) => ({
  id: answer.body.id_compra,
  status: answer.status,
  consult: answer.body.consulta_url,
});
const find = async (id: number) => {
  const purchase = await market.services.purchases.find(market.shop.companyId, id);
  if (!purchase) throw new Error('The purchase is gone');
  return purchase;
};
const orderRef = async (id: number) => (await find(id)).orderRef ?? '';
const paymentOf = async (id: number) => {
  const reference = await orderRef(id);
  return market.mercadoPago.ledger().payments.find((one) => one.external_reference === reference)?.id ?? 0;
};
const sum = (numbers: readonly (number | undefined)[]) => numbers.reduce<number>((all, one) => all + (one ?? 0), 0);

const counters: readonly Counter[] = [
  {
    name: 'Conekta',
    sell: async (how) => {
      if (how === 'lost') {
        market.conekta.addFault({ route: 'create-charge', kind: 'reset', when: 'after', times: 1 });
        market.conekta.addFault({ route: 'get-order', kind: 'server-error', when: 'before', times: 1 });
      }
      return sold(await market.buy({ token_tarjeta: newToken(how === 'challenged' ? '3ds' : 'visa_4242') }));
    },
    mail: () => market.conekta.notifications.take(),
    reads: () => market.conekta.calls()['get-order'],
    refundByHand: async (id) => {
      const order = await orderRef(id);
      const { privateKey } = await keyOf(id);
      const body = JSON.stringify({ amount: 1500, reason: 'requested_by_client' });
      const headers = { authorization: `Bearer ${privateKey}`, accept: 'application/vnd.conekta-v2.3.0+json' };
      await fetch(`${market.conekta.url}/orders/${order}/refunds`, { method: 'POST', headers, body });
    },
    chargeBack: async (id, step) => market.conekta.chargeBack(await orderRef(id), step),
    pass: async (id) => market.conekta.settle(await orderRef(id), 'paid'),
    forge: (real) => [
      { ...real, headers: { ...real.headers, digest: Buffer.from('forged').toString('base64') } },
      { ...real, body: real.body.replace('"paid"', '"PAID"') },
      { ...real, headers: {} },
    ],
  },
  {
    name: 'Mercado Pago',
    sell: async (how) => {
      if (how === 'lost') {
        market.mercadoPago.addFault({ route: 'create-payment', kind: 'reset', when: 'after', times: 1 });
        market.mercadoPago.addFault({ route: 'search-payments', kind: 'server-error', when: 'before', times: 1 });
      }
      const token = newMercadoPagoToken(how === 'challenged' ? '3DS' : 'APRO');
      return sold(await market.buyWithMercadoPago({ token }));
    },
    mail: () => market.mercadoPago.notifications.take(),
    reads: () => sum([market.mercadoPago.calls()['search-payments'], market.mercadoPago.calls()['get-payment']]),
    refundByHand: async (id) => {
      const { privateKey } = await keyOf(id);
      await fetch(`${market.mercadoPago.url}/v1/payments/${await paymentOf(id)}/refunds`, {
        method: 'POST',
        headers: { authorization: `Bearer ${privateKey}`, 'x-idempotency-key': randomUUID() },
        body: '{}',
      });
    },
    chargeBack: async (id, step) => market.mercadoPago.chargeBack(await paymentOf(id), step),
    pass: async (id) => market.mercadoPago.settle(await paymentOf(id), 'approved'),
    forge: (real) => [
      { ...real, headers: { ...real.headers, 'x-signature': 'ts=1,v1=00' } },
      { ...real, url: real.url.replace(/data\.id=\d+/, 'data.id=99999999999') },
      { ...real, headers: {} },
    ],
  },
];

async function keyOf(id: number) {
  const { companyId, gateway, credentialsVersion } = await find(id);
  const stored = await market.services.companies.findCredentials(companyId, gateway, credentialsVersion);
  const box = market.services.box('gateway-credentials');
  return { privateKey: (await box.open(companyId, stored?.sealedPrivateKey ?? '')).reveal() };
}

async function usersOf(id: number): Promise<number> {
  const { accessId } = await find(id);
  return market.customers().filter((user) => user['comment'] === `px:${accessId}`).length;
}

const until = (condition: () => Promise<boolean>, withinMs?: number) => market.until(condition, withinMs);
const deliverAll = (mail: readonly Notification[]) => Promise.all(mail.map((one) => market.deliver(one)));

describe.each(counters)('a webhook of $name', (counter) => {
  it('delivers a purchase whose answer was lost, within two seconds, and says nothing about the company', async () => {
    const { id, status } = await counter.sell('lost');
    expect(status).toBe(504);
    expect(await usersOf(id)).toBe(0);
    const answers = await deliverAll(counter.mail());
    expect(answers.length).toBeGreaterThan(0);
    for (const answer of answers)
      expect([answer.status, answer.body]).toEqual([
        200,
        { status: 'received', message: 'Webhook received and queued', received_at: expect.any(String) },
      ]);
    await until(async () => (await usersOf(id)) === 1, 2000);
    expect((await find(id)).state).toBe('paid');
  });

  it('of a sale that went well costs no call to the gateway, before its answer or after', async () => {
    const { id } = await counter.sell();
    const before = counter.reads();
    const mail = counter.mail();
    expect(mail.length).toBeGreaterThan(0);
    await deliverAll(mail);
    await market.sweep();
    expect(counter.reads()).toBe(before);
    expect(await usersOf(id)).toBe(1);
  });

  it('that is forged changes nothing and asks the gateway once at most', async () => {
    const { id } = await counter.sell('lost');
    const real = counter.mail().filter(({ body }) => body.includes('paid') || body.includes('payment.created'));
    const [first] = real;
    if (!first) throw new Error('There was no mail');
    market.conekta.addFault({ route: 'get-order', kind: 'server-error', when: 'before' });
    market.mercadoPago.addFault({ route: 'search-payments', kind: 'server-error', when: 'before' });
    const reads = counter.reads();
    for (const forged of counter.forge(first)) expect((await market.deliver(forged)).status).toBe(401);
    expect(await usersOf(id)).toBe(0);
    expect((await find(id)).paymentId).toBeNull();
    expect(counter.reads() - reads).toBeLessThanOrEqual(1);
    market.conekta.clearFaults();
    market.mercadoPago.clearFaults();
    await market.later(2 * MINUTE);
    await until(async () => (await usersOf(id)) === 1);
  });

  it('sent a hundred times at once is one delivery and one look, and one more look a minute later at most', async () => {
    const { id } = await counter.sell('lost');
    const [mail] = counter.mail().slice(-1);
    if (!mail) throw new Error('There was no mail');
    const reads = counter.reads();
    await deliverAll(Array.from({ length: 100 }, () => mail));
    await until(async () => (await usersOf(id)) === 1);
    expect(counter.reads() - reads).toBe(1);
    await market.later(61 * SECOND);
    const later = counter.reads();
    await market.later(MINUTE);
    await market.later(MINUTE);
    expect(counter.reads() - later).toBeLessThanOrEqual(1);
    expect(await usersOf(id)).toBe(1);
  });

  it('tells of a refund made by hand at the gateway, which takes the access', async () => {
    const { id } = await counter.sell();
    expect(await usersOf(id)).toBe(1);
    counter.mail();
    await counter.refundByHand(id);
    await deliverAll(counter.mail());
    await until(async () => (await find(id)).state === 'refunded');
    await until(async () => (await usersOf(id)) === 0);
  });

  it('of a dispute takes the access; won, the money stays and the access stays away', async () => {
    const { id } = await counter.sell();
    counter.mail();
    await counter.chargeBack(id, 'opened');
    await deliverAll(counter.mail());
    await until(async () => (await find(id)).state === 'disputed');
    await until(async () => (await usersOf(id)) === 0);
    await counter.chargeBack(id, 'won');
    market.clock.advance(61 * SECOND);
    await deliverAll(counter.mail());
    await until(async () => (await find(id)).state === 'paid');
    expect(await usersOf(id)).toBe(0);
    expect((await find(id)).refundedMinor).toBe(0);
  });

  it('of a dispute that was lost ends the purchase', async () => {
    const { id } = await counter.sell();
    counter.mail();
    await counter.chargeBack(id, 'opened');
    await counter.chargeBack(id, 'lost');
    await deliverAll(counter.mail());
    await until(async () => (await find(id)).state === 'charged_back');
    await until(async () => (await usersOf(id)) === 0);
  });

  it('out of order settles what the gateway says now: refunded, though "paid" comes last', async () => {
    const { id } = await counter.sell();
    const paid = counter.mail();
    await counter.refundByHand(id);
    const refunded = counter.mail();
    for (const one of [...refunded, ...paid]) await market.deliver(one);
    await until(async () => (await find(id)).state === 'refunded');
    await market.later(61 * SECOND);
    expect((await find(id)).state).toBe('refunded');
    await until(async () => (await usersOf(id)) === 0);
  });

  it('is followed again later while the gateway cannot be asked', async () => {
    const { id } = await counter.sell();
    counter.mail();
    await counter.refundByHand(id);
    market.conekta.addFault({ route: 'get-order', kind: 'server-error', when: 'before', times: 1 });
    market.mercadoPago.addFault({ route: 'search-payments', kind: 'server-error', when: 'before', times: 1 });
    const [mail] = counter.mail().slice(-1);
    const told = market.log.length;
    if (mail) await market.deliver(mail);
    const said = () => market.log.slice(told).some((line) => line.includes('"outcome":"unknown"'));
    await until(() => Promise.resolve(said()));
    expect((await find(id)).state).toBe('paid');
    await market.later(2 * MINUTE);
    expect((await find(id)).state).toBe('refunded');
  });

  it('of a challenge that the buyer passed delivers, and nothing delivers before it', async () => {
    const { id, status } = await counter.sell('challenged');
    expect(status).toBe(402);
    await deliverAll(counter.mail());
    await market.sweep();
    await market.settled();
    expect(await usersOf(id)).toBe(0);
    await counter.pass(id);
    await deliverAll(counter.mail());
    await until(async () => (await usersOf(id)) === 1);
  });

  it('is not needed by a buyer who comes back from the challenge and asks', async () => {
    const { id, consult } = await counter.sell('challenged');
    const before = await market.call('GET', consult);
    expect(before.body).toMatchObject({ estado_pago: 'pending', next_action: { type: 'redirect_to_url' } });
    await counter.pass(id);
    market.clock.advance(6 * SECOND);
    await market.call('GET', consult);
    await until(async () => (await usersOf(id)) === 1);
    expect((await market.call('GET', consult)).body).toMatchObject({ usuario_hotspot: expect.anything() });
  });

  it('of a payment that is not ours is traced and left alone', async () => {
    const { id } = await counter.sell();
    const [mail] = counter.mail().slice(-1);
    const other = await market.openShop();
    if (!mail) throw new Error('There was no mail');
    const elsewhere = mail.url.replace(market.shop.companyId, other.companyId);
    const answer = await market.deliver({ ...mail, url: elsewhere });
    expect([200, 401]).toContain(answer.status);
    expect((await find(id)).state).toBe('paid');
  });
});

describe('a webhook that names a payment', () => {
  it('delivers it although the gateway`s own search does not show it for minutes', async () => {
    const { mercadoPago } = market;
    mercadoPago.addFault({ route: 'create-payment', kind: 'reset', when: 'after', times: 1 });
    mercadoPago.addFault({ route: 'search-payments', kind: 'search-lag', ms: 10 * MINUTE });
    const { status, id } = sold(await market.buyWithMercadoPago());
    expect(status).toBe(504);
    await deliverAll(mercadoPago.notifications.take());
    await until(async () => (await usersOf(id)) === 1);
    expect((await find(id)).state).toBe('paid');
  });
});

describe('a webhook that makes no sense', () => {
  it.each([
    ['/api/v1/webhook/mercado-pago', '{"broken'],
    ['/api/v1/webhook/mercado-pago?empresa=EMP_NONE&data.id=1&type=payment', '{}'],
    ['/api/v1/webhook/mercado-pago?topic=payment&id=5', ''],
    ['/api/v1/webhook/conekta/EMP_NONE', '[]'],
  ])('is acknowledged and forgotten: %s', async (path, body) => {
    const { conekta, mercadoPago } = market;
    const calls = [conekta.calls(), mercadoPago.calls()];
    expect((await market.call('POST', path, { body })).status).toBe(200);
    expect([conekta.calls(), mercadoPago.calls()]).toEqual(calls);
  });
});
