import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Market, newToken, startMarket } from '../../stage/market.ts';
import { newestPurchases } from '../../stage/newest-purchases.ts';

const DAY = 24 * 60 * 60_000;

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());

const erase = (body: unknown, headers = market.shop.admin) =>
  market.call('POST', '/api/v1/admin/mi-empresa/datos-personales/eliminar', { headers, body });
const show = (id: string, headers = market.shop.admin) =>
  market.call('GET', `/api/v1/admin/mi-empresa/datos-personales/${id}`, { headers });
const detail = async (id: number) =>
  (await market.call('GET', `/api/v1/admin/mi-empresa/transacciones/${id}`, { headers: market.shop.admin })).body;
const buy = async (changes: Record<string, unknown>) => {
  const { body } = await market.buy({ token_tarjeta: newToken(), ...changes });
  await market.settled();
  return body.id_compra as number;
};
const nobody = { nombre: '', email: '', telefono: null, mac: null };

describe('a buyer who wants to be forgotten', () => {
  it.each([
    ['e-mail', { email: 'ROSA@correo.mx' }],
    ['phone', { telefono: '+52 55 9999 0001' }],
    ['device', { mac: 'aa-bb-cc-00-99-01' }],
  ])('is, by %s, in all purchases; the money stays', async (_, asked) => {
    const rosa = { email_cliente: 'rosa@correo.mx', telefono_cliente: '5599990001', mac_cliente: 'AA:BB:CC:00:99:01' };
    const bought = [
      await buy({ ...rosa, nombre_cliente: 'Rosa Planted' }),
      await buy({ ...rosa, nombre_cliente: 'Rosa' }),
    ];
    const other = await buy({});
    const { status, body } = await erase(asked);
    expect(status).toBe(202);
    expect(body).toMatchObject({ estado: 'en_proceso', compras: 0, terminada_en: null });
    await market.later(1);
    expect((await show(body.solicitud_id)).body).toMatchObject({ estado: 'terminada', compras: 2 });
    for (const id of bought)
      expect(await detail(id)).toMatchObject({
        cliente: nobody,
        monto: 15,
        estado: 'paid',
        transaccion_id: expect.any(String),
      });
    expect((await detail(other)).cliente.nombre).toBe('Luis Mora');
  });

  it('leaves no trace, and can still be given the money back', async () => {
    const id = await buy({
      email_cliente: 'planted@correo.mx',
      nombre_cliente: 'Ana Planted',
      mac_cliente: 'AA:BB:CC:00:98:01',
    });
    await erase({ email: 'planted@correo.mx' });
    await market.later(1);
    const left = (await market.items()).filter((item) => !String(item['sk']).startsWith('THROTTLE'));
    expect(JSON.stringify(left)).not.toMatch(/planted/i);
    const path = `/api/v1/admin/mi-empresa/transacciones/${id}/reembolsar`;
    const answer = await market.call('POST', path, { headers: market.shop.admin });
    expect(answer).toMatchObject({ status: 200, body: { transaccion: { estado_pago: 'refunded' } } });
    expect((await detail(id)).cliente).toEqual(nobody);
  });

  it('waits until it is known how a payment ends', async () => {
    market.conekta.addFault({ route: 'create-charge', kind: 'reset', when: 'after', times: 1 });
    market.conekta.addFault({ route: 'get-order', kind: 'reset', when: 'before', times: 1 });
    const { body } = await market.buy({ token_tarjeta: newToken(), email_cliente: 'doubt@correo.mx' });
    const asked = (await erase({ email: 'doubt@correo.mx' })).body.solicitud_id;
    await market.later(1);
    expect((await show(asked)).body).toMatchObject({ estado: 'en_proceso', compras: 0 });
    await market.until(async () => {
      await market.later(6 * 60_000);
      await market.settled();
      return (await show(asked)).body.estado === 'terminada';
    });
    expect((await show(asked)).body).toMatchObject({ compras: 1 });
    expect(await detail(body.id_compra)).toMatchObject({ estado: 'paid', cliente: nobody });
  });

  it.each([{}, { email: 'a@correo.mx', mac: 'AA:BB:CC:00:00:01' }, { email: 'nobody' }, { mac: 'x' }])(
    'has to be named by one thing: %j',
    async (body) => {
      expect((await erase(body)).status).toBe(422);
    },
  );

  it('is of one company; no other one sees the request, nor loses anything', async () => {
    const id = await buy({ email_cliente: 'both@correo.mx' });
    const other = await market.openShop();
    const { body } = await erase({ email: 'both@correo.mx' }, other.admin);
    await market.later(1);
    expect((await detail(id)).cliente.email).toBe('both@correo.mx');
    expect(await show(body.solicitud_id)).toMatchObject({ status: 404, body: { detail: 'Solicitud no encontrada' } });
    expect((await show('retention')).status).toBe(404);
  });
});

describe('after the retention time', () => {
  it('buyers are forgotten by themselves, day by day', async () => {
    const shop = await market.openShop();
    const sell = () =>
      market.call('POST', '/api/v1/payments/pagar-conekta', {
        headers: { 'x-api-key': shop.apiKey },
        body: {
          producto_id: shop.productId,
          token_tarjeta: newToken(),
          nombre_cliente: 'Luis Mora',
          email_cliente: 'luis@correo.mx',
        },
      });
    const settings = '/api/v1/admin/mi-empresa/ajustes';
    await market.call('PUT', settings, { headers: shop.admin, body: { retencion_meses: 6 } });
    expect((await sell()).status).toBe(200);
    await market.settled();
    await market.later(5 * 30 * DAY);
    expect((await sell()).status).toBe(200);
    await market.settled();
    const names = async () =>
      (await newestPurchases(market.services, shop.companyId, 9)).map(({ customer }) => customer.name);
    expect(await names()).toEqual(['Luis Mora', 'Luis Mora']);
    await market.later(45 * DAY);
    expect(await names()).toEqual(['Luis Mora', '']);
    await market.later(DAY);
    expect(await names()).toEqual(['Luis Mora', '']);
  });
});
