import { transactionRows } from '#shared/http/contracts/transactions.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { listedStates, toListed } from '#shared/http/wire/transaction.ts';

export const handler = endpoint(transactionRows.list, async ({ caller: { companyId }, query }, { purchases }) => {
  const { limit, offset, estado } = query;
  const states = estado === undefined ? listedStates : [estado];
  const found = await purchases.newest(companyId, offset + limit, states);
  return {
    status: 200,
    body: {
      empresa_id: companyId,
      total: estado === undefined ? await purchases.count(companyId, states) : null,
      limit,
      offset,
      transacciones: found.slice(offset).map(toListed),
    },
  };
});
