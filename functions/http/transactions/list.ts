import { transactionRows } from '#shared/http/contracts/transactions.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { salesFilters, toListed } from '#shared/http/wire/transaction.ts';
import { listSales } from '#shared/purchases/list-sales.ts';

export const handler = endpoint(transactionRows.list, async ({ caller: { companyId }, query }, services) => {
  const { limit, offset, cursor, desde: from, hasta: to } = query;
  const filters = salesFilters(query);
  const isWhole = filters.length === 0 && cursor === undefined && from === undefined && to === undefined;
  const [{ sales, next }, figures] = await Promise.all([
    listSales(companyId, { limit, offset, cursor, filters, from, to }, services),
    isWhole ? services.figures.ofCompany(companyId) : undefined,
  ]);
  return {
    status: 200,
    body: {
      empresa_id: companyId,
      total: figures?.sales ?? null,
      limit,
      offset,
      transacciones: sales.map(toListed),
      siguiente: next === undefined ? null : String(next),
    },
  };
});
