/** What a purchase adds to its company's figures: pure. Sums over many are kept by store/figures.ts. */
import type { Facts, Tally } from '../store/figures.ts';
import { type Purchase, unlistedStates } from '../store/purchases.ts';
import { ownRefundedMinor } from './purchase.ts';

const NOTHING: Facts = { sales: 0, paid: 0, pending: 0, incomeMinor: 0 };

/**
 * Paid is what the wire calls `paid` or `approved`, and only that is income, less what was given back of it (contract 6.5,
 * #27 RULE). What a bank disputes, or took, is none.
 */
export function factsOf(purchase: Purchase): Facts {
  const { state } = purchase;
  // A request that is still under way is counted when its end is known, moments later.
  if (state === 'created' || state === 'charging' || unlistedStates.has(state)) return NOTHING;
  switch (state) {
    case 'paid':
    case 'refunding':
    case 'refund_pending':
    case 'refund_failed':
      return { sales: 1, paid: 1, pending: 0, incomeMinor: purchase.amountMinor - ownRefundedMinor(purchase) };
    case 'in_doubt':
    case 'action_required':
    case 'awaiting_payment':
      return { sales: 1, paid: 0, pending: 1, incomeMinor: 0 };
    default:
      return { sales: 1, paid: 0, pending: 0, incomeMinor: 0 };
  }
}

/** What has to be counted because of a move; undefined where the figures stay as they are. */
export function tallyOf(before: Purchase, after: Purchase): Tally | undefined {
  const [then, now] = [factsOf(before), factsOf(after)];
  const isSame =
    then.sales === now.sales &&
    then.paid === now.paid &&
    then.pending === now.pending &&
    then.incomeMinor === now.incomeMinor;
  if (isSame) return undefined;
  const { id: purchaseId, companyId, routerId, productId, currency, version } = after;
  // A sale is of the day on which it was paid; until then, of the day on which it was begun.
  return {
    purchaseId,
    companyId,
    routerId,
    productId,
    currency,
    version,
    at: after.paidAt ?? after.createdAt,
    facts: now,
  };
}
