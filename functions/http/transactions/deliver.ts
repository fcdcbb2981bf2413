import { transactionRows } from '#shared/http/contracts/transactions.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toTransaction } from '#shared/http/wire/transaction.ts';
import { deliverInstead } from '#shared/purchases/give-back.ts';
import { requirePurchase } from '#shared/purchases/look-up.ts';

export const handler = endpoint(transactionRows.deliver, async ({ caller, params, logger }, services) => {
  const purchase = await requirePurchase(caller.companyId, params.id, services.purchases);
  const after = await deliverInstead(purchase, caller.user.email, services.settleParts(logger));
  return { status: 200, body: { message: 'Acceso en entrega', transaccion: toTransaction(after) } };
});
