/**
 * What the sweep does with a purchase whose time has come: whatever a request left behind is brought to its end by the
 * gateway's answer only (design 3, "Doubt ends by the gateway's answer only").
 */
import type { Purchase } from '../store/purchases.ts';
import { checkDelivery } from './give-back.ts';
import { advanceRefund } from './refund.ts';
import { lookAt, lookOnceMore, type Reviewed, watchPayments } from './review.ts';
import { settle, type SettleParts } from './settle.ts';

/** Moves one due purchase on. Safe to run twice at once: every write is conditional, and a look changes nothing. */
export async function reconcilePurchase(purchase: Purchase, parts: SettleParts): Promise<void> {
  switch (purchase.state) {
    case 'created':
      await settle(purchase, { kind: 'abandoned' }, parts);
      return;
    case 'charging': {
      // Its handler died between the charge and the write. From here it is a doubt like any other.
      const doubt = await settle(purchase, { kind: 'answer-lost' }, parts);
      if (doubt.purchase.state === 'in_doubt') await lookAt(doubt.purchase, parts);
      return;
    }
    case 'in_doubt':
    case 'action_required':
    case 'awaiting_payment':
      await lookAt(purchase, parts);
      return;
    case 'not_charged':
    case 'expired':
      return againUnless(await lookOnceMore(purchase, parts), purchase, parts);
    case 'paid':
      return checkOn(purchase, parts);
    case 'refunding':
    case 'refund_pending':
    case 'refund_failed':
      if (purchase.disputedAt !== null) return againUnless(await watchPayments(purchase, parts), purchase, parts);
      await advanceRefund(purchase, parts);
      return;
    case 'disputed':
      return againUnless(await watchPayments(purchase, parts), purchase, parts);
    case 'declined':
    case 'refunded':
    case 'charged_back':
      return;
  }
}

/** A gateway that does not tell is asked again, ever more seldom: else what nobody answers would be due in every sweep. */
async function againUnless(reviewed: Reviewed, purchase: Purchase, parts: SettleParts): Promise<void> {
  if (reviewed === 'settled') return;
  const { purchase: after } = await settle(purchase, { kind: 'unanswered' }, parts);
  const about = { purchaseId: purchase.id, state: purchase.state, alarm: 'gateway-silent' };
  if (after.dueAt === null) parts.logger.warn('gateway not asked any more', about);
}

/**
 * Once, at its delivery deadline. A doubt was ended by a look, which takes one approval: a second charge, and what befell
 * the money while nobody knew of it, are seen only when its payments are read.
 */
async function checkOn(purchase: Purchase, parts: SettleParts): Promise<void> {
  const wasInDoubt = purchase.waitingSince !== null;
  const watched = wasInDoubt ? await watchPayments(purchase, parts) : 'settled';
  // No buyer waits for the gateway's answer with neither access nor money.
  if (watched === 'unknown' && purchase.deliveredAt !== null) return againUnless(watched, purchase, parts);
  const current = wasInDoubt ? await parts.purchases.find(purchase.companyId, purchase.id) : purchase;
  if (current?.state === 'paid') await checkDelivery(current, parts);
}
