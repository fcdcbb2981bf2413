import { sign } from 'node:crypto';
import type { Notification } from '../gateway/outbox.ts';
import { chargeAnswer, orderAnswer } from './answers.ts';
import { amountRefunded, type ChargebackRecord, type ChargeRecord, newObjectId, type OrderRecord } from './orders.ts';
import type { WebhookBooks } from './webhook-books.ts';

/** Something that became of an order, and the order or charge as it is since then. */
interface OrderEvent {
  /** As payments A.9 lists them. */
  readonly type: string;
  readonly subject: object;
}

const chargebackEvents: Readonly<Record<ChargebackRecord['status'], string>> = {
  under_review: 'charge.chargeback.created',
  won: 'charge.chargeback.won',
  lost: 'charge.chargeback.lost',
};

/**
 * What a change of an order is told as: what became of its charges, then what became of the order.
 *
 * @param before undefined for a new order
 */
export function eventsOf(before: OrderRecord | undefined, after: OrderRecord): OrderEvent[] {
  const ofOrder = (change: string): OrderEvent => ({ type: `order.${change}`, subject: orderAnswer(after) });
  const ofCharges = after.charges.flatMap((charge) => {
    const known = before?.charges.find(({ id }) => id === charge.id);
    return chargeEvents(known, charge).map((type) => ({ type, subject: chargeAnswer(after, charge) }));
  });
  const events = [
    ...(before ? [] : [ofOrder('created')]),
    ...ofCharges,
    ...(after.paymentStatus !== null && isToldAnew(before, after) ? [ofOrder(after.paymentStatus)] : []),
  ];
  // A refund that is on its way, or came to nothing, changes no status.
  return events.length > 0 ? events : [ofOrder('updated')];
}

function chargeEvents(before: ChargeRecord | undefined, { status, chargeback }: ChargeRecord): string[] {
  const isNewStatus = status !== before?.status;
  const isNewStep = chargeback !== null && chargeback.status !== before?.chargeback?.status;
  return [
    ...(isNewStatus ? [`charge.${status === 'pending_payment' ? 'created' : status}`] : []),
    ...(isNewStep ? [chargebackEvents[chargeback.status]] : []),
  ];
}

function isToldAnew(before: OrderRecord | undefined, after: OrderRecord): boolean {
  if (!before || before.paymentStatus !== after.paymentStatus) return true;
  // Each part that is given back is told.
  return after.paymentStatus === 'partially_refunded' && amountRefunded(before) !== amountRefunded(after);
}

/**
 * An event on its way to every webhook of the company that wants it, signed with the company's newest active key; unsigned
 * without one. No time is signed: the same bytes are valid for ever (payments A.9).
 */
export function notificationsOf(
  { type, subject }: OrderEvent,
  owner: string,
  books: WebhookBooks,
  nowSeconds: number,
): Notification[] {
  const listening = books
    .webhooksOf(owner)
    .filter(({ active, subscribedEvents: wanted }) => active && (wanted.length === 0 || wanted.includes(type)));
  if (listening.length === 0) return [];
  const body = JSON.stringify({
    id: newObjectId(),
    object: 'event',
    type,
    created_at: nowSeconds,
    livemode: false,
    data: { object: subject, previous_attributes: {} },
    webhook_status: 'pending',
    webhook_logs: [],
  });
  const key = books.keysOf(owner).findLast(({ active }) => active);
  const headers = key ? { digest: sign('RSA-SHA256', Buffer.from(body), key.privateKeyPem).toString('base64') } : {};
  return listening.map(({ url }) => ({ url, headers, body }));
}
