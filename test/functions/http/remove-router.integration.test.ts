import { afterAll, beforeAll, expect, it } from 'vitest';
import { keys } from '#shared/store/table.ts';
import { newestPurchases } from '../../stage/newest-purchases.ts';
import { type Market, type Shop, startMarket } from '../../stage/market.ts';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

async function remove({ companyId, routerId }: Shop) {
  const headers = await market.stage.asSuperAdmin();
  return market.call('DELETE', `/admin/empresas/${companyId}/routers/${routerId}`, { headers });
}

async function stopSelling(shop: Shop): Promise<void> {
  const headers = await market.stage.asCompanyAdmin(shop.companyId);
  const { status } = await market.call('DELETE', `/api/v1/admin/products/${shop.productId}`, { headers });
  if (status !== 200) throw new Error('still on sale');
}

const buyAt = (shop: Shop) => market.buy({ producto_id: shop.productId }, { 'x-api-key': shop.apiKey });

it('is refused while it sells, while somebody has time left, and while money moves; then it is gone with its key', async () => {
  const shop = await market.openShop();
  const { companyId, routerId, apiKey } = shop;
  const { body: sold } = await buyAt(shop);
  expect(await remove(shop)).toMatchObject({
    status: 400,
    body: { detail: 'No se puede eliminar el router porque tiene 1 producto(s) asociado(s)' },
  });
  await stopSelling(shop);
  expect(await remove(shop)).toMatchObject({
    status: 409,
    body: { detail: 'No se puede eliminar el router porque tiene 1 acceso(s) vigente(s)' },
  });
  market.conekta.addFault({ kind: 'no-balance', route: 'refund' });
  const admin = await market.stage.asCompanyAdmin(companyId);
  const path = `/api/v1/admin/mi-empresa/transacciones/${sold.id_compra}`;
  await market.call('POST', `${path}/reembolsar`, { headers: admin });
  await market.settled();
  expect(await remove(shop)).toMatchObject({
    status: 409,
    body: { detail: 'No se puede eliminar el router porque tiene 1 compra(s) con dinero en movimiento' },
  });
  market.conekta.clearFaults();
  await market.call('POST', `${path}/reintentar-reembolso`, { headers: admin });

  expect(await remove(shop)).toMatchObject({
    status: 200,
    body: { message: 'Router eliminado exitosamente', router_id: routerId, empresa_id: companyId },
  });
  const gone = { status: 404, body: { detail: 'Router no encontrado o no pertenece a la empresa' } };
  expect(await remove(shop)).toMatchObject(gone);
  const superAdmin = await market.stage.asSuperAdmin();
  const of = (rest: string) =>
    market.call('GET', `/admin/empresas/${companyId}/routers${rest}`, { headers: superAdmin });
  expect(await of(`/${routerId}`)).toMatchObject(gone);
  expect((await of('')).body).toEqual([]);
  expect(await of(`/${routerId}/api-keys`)).toMatchObject(gone);
  expect((await market.call('GET', '/admin/routers/salud', { headers: superAdmin })).body.routers).not.toContainEqual(
    expect.objectContaining({ id: routerId }),
  );
  const catalogue = await market.call('GET', '/api/v1/catalogo_perfiles_venta', { headers: { 'x-api-key': apiKey } });
  expect(catalogue).toMatchObject({ status: 401, body: { detail: 'API Key no válida o revocada' } });
  const { table } = market.services;
  const left = await table.batchGet([
    keys.watch(companyId, routerId),
    keys.reconcile(companyId, routerId),
    keys.health(companyId, routerId),
    keys.router(companyId, routerId),
  ]);
  expect(left.slice(0, 3)).toEqual([undefined, undefined, undefined]);
  expect(left[3]).toMatchObject({ sealedPassword: null, activeKey: null, active: false });
  // What was sold there is still to be seen.
  expect((await market.call('GET', path.replace(/\/\d+$/, ''), { headers: admin })).body.transacciones).toHaveLength(1);
});

it('a month after it was paid, an access without an end stands in the way no more', async () => {
  const shop = await market.openShop();
  await buyAt(shop);
  await stopSelling(shop);
  expect((await remove(shop)).status).toBe(409);
  await market.later(31 * DAY);
  expect((await remove(shop)).status).toBe(200);
});

it('a sale that slipped in is given back, and nothing is owed to a router that is gone', async () => {
  const shop = await market.openShop();
  const { companyId, routerId } = shop;
  const { routers, clock, accesses } = market.services;
  // The router has been asked, and sells.
  await buyAt(shop);
  market.conekta.addFault({ kind: 'delay', route: 'create-charge', when: 'before', ms: 300, times: 1 });
  const buying = buyAt(shop);
  await market.until(async () => (await newestPurchases(market.services, companyId, 1))[0]?.state === 'charging');
  const router = await routers.find(companyId, routerId);
  if (!router || !(await routers.remove(router, clock.now()))) throw new Error('not removed');
  expect((await buying).body).toMatchObject({ estado_entrega: 'pendiente' });
  await market.later(11 * MINUTE);
  await market.settled();
  await market.later(2 * MINUTE);
  await market.settled();
  const [purchase] = await newestPurchases(market.services, companyId, 1);
  expect(purchase).toMatchObject({ state: 'refunded', dueAt: null });
  expect(await accesses.find(companyId, purchase?.accessId ?? '')).toMatchObject({
    desired: 'absent',
    observed: 'absent',
    dueAt: null,
  });
});

it('belongs to the super admin', async () => {
  const { companyId, routerId } = market.shop;
  const headers = await market.stage.asCompanyAdmin(companyId);
  expect((await market.call('DELETE', `/admin/empresas/${companyId}/routers/${routerId}`, { headers })).status).toBe(
    403,
  );
});

it('a reconcile under way when its router is deleted leaves nothing due for ever', async () => {
  const { companyId, routerId } = await market.openShop();
  const { routers, reconciles, clock } = market.services;
  await market.router.addFault({ name: 'delay', ms: 300, command: '/ip/hotspot/user/print', times: 1 });
  const headers = await market.stage.asCompanyAdmin(companyId);
  const reconciling = market.call('POST', `/api/v1/admin/routers/${routerId}/reconcile`, { headers });
  const seen = () => market.router.books.commands().recent.at(-1)?.path;
  await market.until(() => seen() === '/ip/hotspot/active/print');
  const router = await routers.find(companyId, routerId);
  if (!router || !(await routers.remove(router, clock.now()))) throw new Error('not removed');
  await reconciling;
  expect(await reconciles.find(companyId, routerId)).toBeUndefined();
});
