import { transactionRows } from '#shared/http/contracts/transactions.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { refundAmount, refundMessage, toTransaction } from '#shared/http/wire/transaction.ts';
import { refundByAdmin } from '#shared/purchases/give-back.ts';
import { requirePurchase } from '#shared/purchases/look-up.ts';

export const handler = endpoint(transactionRows.refund, async ({ caller, params, body, logger }, services) => {
  const amountMinor = refundAmount(body.monto);
  const purchase = await requirePurchase(caller.companyId, params.id, services.purchases);
  const refund = { amountMinor, by: caller.user.email };
  const after = await refundByAdmin(purchase, refund, services.settleParts(logger));
  return { status: 200, body: { message: refundMessage(after), transaccion: toTransaction(after) } };
});
