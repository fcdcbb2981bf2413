import type { Services } from '#shared/services.ts';
import { type Purchase, purchaseSchema } from '#shared/store/purchases.ts';
import { keys, prefixes } from '#shared/store/table.ts';

/** Of a company, newest first; those that took no money too. */
export const newestPurchases = ({ table }: Services, companyId: string, limit: number): Promise<Purchase[]> =>
  table.queryPrefix(keys.company(companyId).pk, prefixes.purchases, purchaseSchema, { newestFirst: true, limit });
