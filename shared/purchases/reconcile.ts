/**
 * What the sweep does with a purchase whose time has come: whatever a request left behind is brought to its end by the
 * gateway's answer only (design 3, "Doubt ends by the gateway's answer only").
 */
import type { LookAnswer } from '../gateways/gateway.ts';
import type { Purchase } from '../store/purchases.ts';
import { checkDelivery } from './give-back.ts';
import { mayGiveUp, type PurchaseEvent } from './purchase.ts';
import { advanceRefund } from './refund.ts';
import { eventOf, gatewayCall, settle, type Settled, type SettleParts } from './settle.ts';

/** Each look or cancel of the sweep, at most. */
const CALL_WITHIN_MS = 8_000;

/** Moves one due purchase on. Safe to run twice at once: every write is conditional, and a look changes nothing. */
export async function reconcilePurchase(purchase: Purchase, parts: SettleParts): Promise<void> {
  switch (purchase.state) {
    case 'created':
      await settle(purchase, { kind: 'abandoned' }, parts);
      return;
    case 'charging': {
      // Its handler died between the charge and the write. From here it is a doubt like any other.
      const doubt = await settle(purchase, { kind: 'answer-lost' }, parts);
      return doubt.purchase.state === 'in_doubt' ? look(doubt.purchase, parts) : undefined;
    }
    case 'in_doubt':
    case 'action_required':
    case 'awaiting_payment':
      return look(purchase, parts);
    case 'not_charged':
    case 'expired':
      return lookOnceMore(purchase, parts);
    case 'paid':
      return checkDelivery(purchase, parts);
    case 'refunding':
    case 'refund_pending':
    case 'refund_failed':
      await advanceRefund(purchase, parts);
      return;
    case 'declined':
    case 'refunded':
    case 'disputed':
    case 'charged_back':
      return;
  }
}

async function look(purchase: Purchase, parts: SettleParts): Promise<void> {
  const ask = async (current: Purchase): Promise<PurchaseEvent> =>
    eventOf(current, await endOf(current, parts), parts.logger);
  await follow(await settle(purchase, await ask(purchase), parts, { refresh: ask }), parts);
}

/** A closed order is read once more a day later: an approval that came all the same goes back (design 3, rules 5 and 9). */
async function lookOnceMore(purchase: Purchase, parts: SettleParts): Promise<void> {
  const { orderRef } = purchase;
  if (orderRef === null) return;
  const gateway = await parts.gateway(purchase.gateway);
  const answer = await gateway.look(orderRef, await gatewayCall(purchase, parts, parts.clock.now() + CALL_WITHIN_MS));
  // Without an answer it stays due.
  if (answer.kind === 'unknown') return;
  const event: PurchaseEvent =
    answer.kind === 'approved' ? eventOf(purchase, answer, parts.logger) : { kind: 'looked' };
  await follow(await settle(purchase, event, parts), parts);
}

/** Sends the router job of a step, and begins a refund that the step made due. */
async function follow({ purchase, job, moved }: Settled, parts: SettleParts): Promise<void> {
  if (job) await parts.jobs.send(job);
  if (moved && purchase.state === 'refunding') await advanceRefund(purchase, parts);
}

/**
 * What the gateway says of the order. When the time for it is over and there is still no charge, the order is cancelled and
 * read once more; only then is "no charge" an end. A refused cancel means that something is there: it keeps reading.
 */
async function endOf(purchase: Purchase, parts: SettleParts): Promise<LookAnswer> {
  const { orderRef } = purchase;
  if (orderRef === null) return { kind: 'closed' };
  const gateway = await parts.gateway(purchase.gateway);
  const call = () => gatewayCall(purchase, parts, parts.clock.now() + CALL_WITHIN_MS);
  const seen = await gateway.look(orderRef, await call());
  const unfinished = seen.kind === 'no-charge' || seen.kind === 'action-required' || seen.kind === 'awaiting-payment';
  if (!unfinished || !mayGiveUp(purchase, parts.clock.now())) return seen;
  if ((await gateway.cancel(orderRef, await call())) !== 'cancelled') return { kind: 'unknown', cause: 'unreadable' };
  const last = await gateway.look(orderRef, await call());
  return last.kind === 'no-charge' ? { kind: 'closed' } : last;
}
