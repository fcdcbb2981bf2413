import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Market, startMarket } from '../../stage/market.ts';

const SECOND = 1000;

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());

const find = async (id: number) => market.services.purchases.find(market.shop.companyId, id);
const toggle = async () =>
  market.call('PUT', `/admin/empresas/${market.shop.companyId}/toggle-activo`, {
    headers: await market.asSuperAdmin(),
  });

describe('a purchase in doubt whose company is switched off meanwhile', () => {
  it('is settled, delivered and given back all the same; the company sells nothing more until it is on again', async () => {
    market.conekta.addFault({ kind: 'reset', route: 'create-charge', when: 'after', times: 1 });
    market.conekta.addFault({ kind: 'reset', route: 'get-order', when: 'before' });
    const { status, body } = await market.buy();
    const id: number = body.id_compra;
    expect([status, (await find(id))?.state]).toEqual([504, 'in_doubt']);
    expect((await toggle()).body).toMatchObject({ message: 'Empresa desactivada', activa: false });
    expect(await market.buy()).toMatchObject({ status: 401, body: { detail: 'Empresa no activa' } });

    market.conekta.clearFaults();
    await market.later(31 * SECOND);
    expect(await find(id)).toMatchObject({ state: 'paid' });
    await market.until(async () => ((await find(id))?.deliveredAt ?? null) !== null);
    expect(market.customers()).toHaveLength(1);

    const path = `/api/v1/admin/mi-empresa/transacciones/${id}/reembolsar`;
    const admin = await market.asCompanyAdmin(market.shop.companyId);
    expect(await market.call('POST', path, { headers: admin })).toMatchObject({ status: 200 });
    expect(await find(id)).toMatchObject({ state: 'refunded' });
    await market.until(() => market.customers().length === 0);

    await toggle();
    expect(await market.buy()).toMatchObject({ status: 200 });
  });
});
