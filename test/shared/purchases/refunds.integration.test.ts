import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { settle } from '#shared/purchases/settle.ts';
import { type Market, startMarket } from '../../stage/market.ts';
import type { Headers } from '../../stage/stage.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterEach(async () => {
  market.conekta.clearFaults();
  await market.router.clearFaults();
});
afterAll(() => market.stop());

/** What Conekta gave back for one purchase, in centavos, and how many times it was asked to. */
function refundsOf(purchaseId: number) {
  const { orders, refunds } = market.conekta.ledger();
  const order = orders.find((row) => row.metadata['purchase_id'] === String(purchaseId));
  return refunds.filter((refund) => refund.order_id === order?.id).map((refund) => refund.amount);
}

const isOnRouter = (name: string) => market.router.books.users().some((user) => user['name'] === name);
const look = async (purchaseId: number) => (await market.call('GET', `/api/v1/compras/${purchaseId}`)).body;

/** Signed in anew each time: some of these stories take days. */
const admin = () => market.asCompanyAdmin(market.shop.companyId);

const act = async (purchaseId: number, action: string, body?: unknown, headers?: Headers) =>
  market.call('POST', `/api/v1/admin/mi-empresa/transacciones/${purchaseId}/${action}`, {
    headers: headers ?? (await admin()),
    ...(body !== undefined && { body }),
  });

async function bought(): Promise<{ id: number; name: string }> {
  const { body } = await market.buy();
  return { id: body.id_compra, name: body.usuario_hotspot.usuario };
}

describe('a refund by the admin', () => {
  it('of everything gives the money back once and takes the access', async () => {
    const { id, name } = await bought();
    const answer = await act(id, 'reembolsar');
    expect(answer).toMatchObject({
      status: 200,
      body: {
        message: 'Reembolso realizado correctamente',
        transaccion: { estado_pago: 'refunded', monto_reembolsado: 15, reembolso: { estado: 'completo' } },
      },
    });
    expect(refundsOf(id)).toEqual([1500]);
    await market.until(() => !isOnRouter(name));
    expect(await look(id)).toMatchObject({
      estado_pago: 'refunded',
      estado_entrega: 'sin_acceso',
      mensaje: 'Te devolvimos $15.00; tu banco puede tardar hasta 10 días.',
    });
    await market.later(10 * MINUTE);
    expect(refundsOf(id)).toEqual([1500]);
  });

  it('of a part keeps the access; the rest can follow, and no more than that', async () => {
    const { id, name } = await bought();
    expect(await act(id, 'reembolsar', { monto: 5.5 })).toMatchObject({
      status: 200,
      body: { transaccion: { estado_pago: 'paid', monto_reembolsado: 5.5, reembolso: { estado: 'parcial' } } },
    });
    expect(isOnRouter(name)).toBe(true);
    expect(await act(id, 'reembolsar', { monto: '9.51' })).toMatchObject({
      status: 422,
      body: { detail: 'El monto excede lo que queda por reembolsar ($9.50).' },
    });
    expect(await act(id, 'reembolsar')).toMatchObject({ body: { transaccion: { estado_pago: 'refunded' } } });
    expect(refundsOf(id)).toEqual([550, 950]);
    await market.until(() => !isOnRouter(name));
  });

  it.each([0, -5, 1.005, 'mucho', true, '1e1'])('of %s is refused and nothing is sent', async (monto) => {
    const { id } = await bought();
    const answer = await act(id, 'reembolsar', { monto });
    expect(answer).toMatchObject({
      status: 422,
      body: { detail: 'El monto a reembolsar debe ser mayor que cero y tener como máximo dos decimales.' },
    });
    expect(refundsOf(id)).toEqual([]);
  });

  it('of another company’s, an unknown, an unpaid or a refunded transaction is refused and nothing is sent', async () => {
    const { id } = await bought();
    const other = await market.openShop();
    const missing = { status: 404, body: { detail: 'Transacción no encontrada' } };
    expect(await act(id, 'reembolsar', {}, other.admin)).toMatchObject(missing);
    expect(await act(4242, 'reembolsar')).toMatchObject(missing);
    const declined = await market.buy({ token_tarjeta: 'tok_test_card_declined' });
    expect(await act(declined.body.id_compra, 'reembolsar')).toMatchObject({
      status: 409,
      body: { detail: 'Solo se puede reembolsar una transacción pagada.' },
    });
    expect(refundsOf(id)).toEqual([]);
    await act(id, 'reembolsar');
    expect(await act(id, 'reembolsar')).toMatchObject({
      status: 409,
      body: { detail: 'La transacción ya fue reembolsada.' },
    });
    expect(await act(id, 'entregar')).toMatchObject({ status: 409 });
    expect(refundsOf(id)).toEqual([1500]);
  });

  it('asked for five times at once is made once', async () => {
    const { id } = await bought();
    await Promise.all(Array.from({ length: 5 }, () => act(id, 'reembolsar')));
    await market.later(3 * MINUTE);
    expect(refundsOf(id)).toEqual([1500]);
    expect(await look(id)).toMatchObject({ estado_pago: 'refunded' });
  });
});

describe('a refund whose answer is lost', () => {
  it('after it took effect is found by reading, and never sent again', async () => {
    const { id } = await bought();
    market.conekta.addFault({ route: 'refund', kind: 'reset', when: 'after', times: 1 });
    await act(id, 'reembolsar');
    await market.later(31 * SECOND);
    expect(await look(id)).toMatchObject({ estado_pago: 'refunded' });
    await market.later(10 * MINUTE);
    expect(refundsOf(id)).toEqual([1500]);
  });

  it('before it took effect is only read for two minutes, and then sent again', async () => {
    const { id } = await bought();
    market.conekta.addFault({ route: 'refund', kind: 'reset', when: 'before', times: 1 });
    await act(id, 'reembolsar');
    await market.later(31 * SECOND);
    await market.later(31 * SECOND);
    expect(refundsOf(id)).toEqual([]);
    await market.later(61 * SECOND);
    expect(refundsOf(id)).toEqual([1500]);
    expect(await look(id)).toMatchObject({ estado_pago: 'refunded' });
  });
});

describe('a refund that the gateway refuses', () => {
  it('is listed for a person, tried again each day, and can be retried by hand', async () => {
    const { id, name } = await bought();
    market.conekta.addFault({ route: 'refund', kind: 'no-balance' });
    expect(await act(id, 'reembolsar')).toMatchObject({
      body: { transaccion: { reembolso: { estado: 'fallido' } } },
    });
    const listed = await market.call('GET', '/api/v1/admin/mi-empresa/transacciones?estado=refund_failed', {
      headers: await admin(),
    });
    expect(listed.body).toMatchObject({ total: null, transacciones: [{ id, estado: 'refund_failed' }] });
    await market.until(() => !isOnRouter(name));
    const asked = market.conekta.calls()['refund'] ?? 0;
    await market.later(25 * 60 * MINUTE);
    expect(market.conekta.calls()['refund']).toBe(asked + 1);
    market.conekta.clearFaults();
    expect(await act(id, 'reintentar-reembolso')).toMatchObject({ body: { transaccion: { estado_pago: 'refunded' } } });
    expect(refundsOf(id)).toEqual([1500]);
  });

  it('can be turned into a delivery', async () => {
    const { id, name } = await bought();
    market.conekta.addFault({ route: 'refund', kind: 'no-balance' });
    await act(id, 'reembolsar');
    await market.until(() => !isOnRouter(name));
    expect(await act(id, 'entregar')).toMatchObject({ status: 200, body: { transaccion: { estado_pago: 'paid' } } });
    await market.until(() => isOnRouter(name));
    await market.later(20 * MINUTE);
    expect(isOnRouter(name)).toBe(true);
    expect(refundsOf(id)).toEqual([]);
  });
});

describe('a second payment on the same purchase', () => {
  it('goes back whole, once, and the buyer keeps what was paid for', async () => {
    market.conekta.addFault({ route: 'create-charge', kind: 'charged-twice', times: 1 });
    const { id, name } = await bought();
    expect(refundsOf(id)).toEqual([]);
    const purchase = await market.services.purchases.find(market.shop.companyId, id);
    const charges = market.conekta.ledger().charges.filter((charge) => charge.order_id === purchase?.orderRef);
    const second = charges.find((charge) => charge.id !== purchase?.paymentId);
    if (!purchase || !second) throw new Error('not charged twice');
    const approval = { paymentId: second.id, amount: { minor: 1500, currency: 'MXN' }, live: false };
    await settle(purchase, { kind: 'approved', approval }, market.services.settleParts(market.services.logger));
    await market.later(MINUTE);
    expect(refundsOf(id)).toEqual([1500]);
    expect(await look(id)).toMatchObject({ estado_pago: 'paid', estado_entrega: 'entregado' });
    expect(isOnRouter(name)).toBe(true);
    expect(await act(id, 'reembolsar')).toMatchObject({ body: { transaccion: { monto_reembolsado: 15 } } });
    expect(refundsOf(id)).toEqual([1500, 1500]);
  });
});

describe('a purchase that is not delivered within ten minutes', () => {
  it('is given back by itself, and the router gets no user when it returns', async () => {
    await bought();
    await market.router.addFault({ name: 'refuse-connections' });
    const { body } = await market.buy();
    expect(body.estado_entrega).toBe('pendiente');
    await market.later(11 * MINUTE);
    expect(await look(body.id_compra)).toMatchObject({ estado_pago: 'refunded', estado_entrega: 'sin_acceso' });
    expect(refundsOf(body.id_compra)).toEqual([1500]);
    await market.router.clearFaults();
    await market.later(2 * MINUTE);
    await market.later(2 * MINUTE);
    expect(isOnRouter(body.usuario_hotspot.usuario)).toBe(false);
  });

  it('is left alone when it was delivered, whatever happens to the router later', async () => {
    const { id } = await bought();
    market.router.factoryReset();
    await market.later(11 * MINUTE);
    expect(await look(id)).toMatchObject({ estado_pago: 'paid' });
    expect(refundsOf(id)).toEqual([]);
  });
});
