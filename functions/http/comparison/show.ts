import { comparisonRows } from '#shared/http/contracts/comparison.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toShownComparison } from '#shared/http/wire/comparison.ts';

export const handler = endpoint(comparisonRows.show, async ({ caller }, { comparisons }) => ({
  status: 200,
  body: toShownComparison(await comparisons.find(caller.companyId)),
}));
