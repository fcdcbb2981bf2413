import { purchaseRows } from '#shared/http/contracts/purchases.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { showPurchase } from '#shared/http/wire/purchase-view.ts';
import { awaitsGateway } from '#shared/purchases/purchase.ts';
import { lookUpPurchase } from '#shared/purchases/look-up.ts';

export const handler = endpoint(purchaseRows.showPurchase, async ({ params, query, receivedAt }, services) => {
  const found = await lookUpPurchase(params.id_compra, query.t, {
    purchases: services.purchases,
    accessCodes: services.box('access-codes'),
  });
  // Whoever comes back from the bank's page asks here first: the gateway is asked at once, not with the next sweep.
  if (found.isOwn && awaitsGateway(found.purchase))
    await services.hints.fromBuyer(found.purchase.companyId, found.purchase.id);
  return { status: 200, body: showPurchase(found, receivedAt), headers: { 'cache-control': 'no-store' } };
});
