import { createHmac, randomUUID } from 'node:crypto';
import type { Notification } from '../gateway/outbox.ts';
import { dateOf } from './answers.ts';
import { newId, type PaymentRecord } from './payments.ts';
import { userIdOf, webhookSecretOf } from './seller.ts';

export type PaymentAction = 'payment.created' | 'payment.updated';

/** What a payment's `notification_url` is told after a change; nothing where it has none (payments.md B.10). */
export function paymentNotifications(payment: PaymentRecord, action: PaymentAction, nowMs: number): Notification[] {
  const id = String(payment.id);
  return signed(payment, 'payment', id, nowMs, (common) => JSON.stringify({ ...common, action, data: { id } }));
}

/** The step of a chargeback, told besides the payment's own change: here the payment stands in the body only. */
export function chargebackNotifications(payment: PaymentRecord, nowMs: number): Notification[] {
  const id = chargebackIdOf(payment.id);
  return signed(payment, 'topic_chargebacks_wh', id, nowMs, (common) =>
    JSON.stringify({
      ...common,
      actions: ['changed_case_status'],
      data: { id, payment_id: payment.id },
    }).replace(`"${id}"`, id),
  );
}

/**
 * More than 2^53, and odd: whoever reads it as a number has another one. The body has it as a number all the same, as the
 * real one does, so that only the address tells it truly.
 */
const chargebackIdOf = (paymentId: number): string => `217${String(paymentId).padStart(12, '0')}001`;

function signed(
  { notificationUrl, owner, isLive }: PaymentRecord,
  topic: string,
  dataId: string,
  nowMs: number,
  bodyOf: (common: object) => string,
): Notification[] {
  if (notificationUrl === null) return [];
  const requestId = randomUUID();
  const manifest = `id:${dataId};request-id:${requestId};ts:${nowMs};`;
  const signature = createHmac('sha256', webhookSecretOf(owner)).update(manifest).digest('hex');
  const body = bodyOf({
    id: newId(),
    live_mode: isLive,
    type: topic,
    date_created: dateOf(nowMs),
    user_id: userIdOf(owner),
    api_version: 'v1',
  });
  const url = `${notificationUrl}${notificationUrl.includes('?') ? '&' : '?'}data.id=${dataId}&type=${topic}`;
  return [{ url, headers: { 'x-signature': `ts=${nowMs},v1=${signature}`, 'x-request-id': requestId }, body }];
}
