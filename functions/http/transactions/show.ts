import { transactionRows } from '#shared/http/contracts/transactions.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toTransactionDetail } from '#shared/http/wire/transaction-detail.ts';
import { Refusal } from '#shared/platform/refusal.ts';

export const handler = endpoint(transactionRows.show, async ({ caller: { companyId }, params }, { purchases }) => {
  const history = await purchases.history(companyId, params.id);
  if (!history) throw new Refusal('transaction-not-found');
  return { status: 200, body: toTransactionDetail(history) };
});
