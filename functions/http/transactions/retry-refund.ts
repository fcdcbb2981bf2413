import { transactionRows } from '#shared/http/contracts/transactions.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { refundMessage, toTransaction } from '#shared/http/wire/transaction.ts';
import { retryRefund } from '#shared/purchases/give-back.ts';
import { requirePurchase } from '#shared/purchases/look-up.ts';

export const handler = endpoint(transactionRows.retryRefund, async ({ caller, params, logger }, services) => {
  const purchase = await requirePurchase(caller.companyId, params.id, services.purchases);
  const after = await retryRefund(purchase, services.settleParts(logger));
  return { status: 200, body: { message: refundMessage(after), transaccion: toTransaction(after) } };
});
