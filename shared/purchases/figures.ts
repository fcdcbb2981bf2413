/** What a purchase adds to its company's figures: pure. Sums over many are kept by store/figures.ts. */
import { isDeepStrictEqual } from 'node:util';
import type { Facts, Tally } from '../store/figures.ts';
import type { Purchase } from '../store/purchases.ts';
import { ownRefundedMinor } from './purchase.ts';

const NOTHING: Facts = { sales: 0, paid: 0, pending: 0, declined: 0, incomeMinor: 0 };

/**
 * Paid is what the wire calls `paid` or `approved`, and only that is income, less what was given back of it (contract 6.5,
 * #27 RULE). What a bank disputes, or took, is none.
 */
export function factsOf(purchase: Purchase): Facts {
  switch (purchase.state) {
    // A request that is still under way is counted when its end is known, moments later.
    case 'created':
    case 'charging':
    case 'not_charged':
    case 'expired':
      return NOTHING;
    case 'declined':
      return { ...NOTHING, declined: 1 };
    case 'paid':
    case 'refunding':
    case 'refund_pending':
    case 'refund_failed':
      return { ...NOTHING, sales: 1, paid: 1, incomeMinor: purchase.amountMinor - ownRefundedMinor(purchase) };
    case 'in_doubt':
    case 'action_required':
    case 'awaiting_payment':
      return { ...NOTHING, sales: 1, pending: 1 };
    case 'refunded':
    case 'disputed':
    case 'charged_back':
      return { ...NOTHING, sales: 1 };
  }
}

/** Whether the money came, wherever it is now. */
export const wasPaid = ({ sales, pending }: Pick<Facts, 'sales' | 'pending'>): boolean => sales === 1 && pending === 0;

/** What has to be counted because of a move; undefined where the figures stay as they are. */
export function tallyOf(before: Purchase, after: Purchase): Tally | undefined {
  const facts = factsOf(after);
  if (isDeepStrictEqual(factsOf(before), facts)) return undefined;
  const { id: purchaseId, companyId, routerId, productId, currency, version, amountMinor } = after;
  // A sale is of the day on which it was paid; until then, of the day on which it was begun.
  return {
    purchaseId,
    companyId,
    routerId,
    productId,
    currency,
    version,
    at: after.paidAt ?? after.createdAt,
    amountMinor,
    facts,
  };
}
