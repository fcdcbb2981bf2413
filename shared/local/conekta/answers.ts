import { randomBytes } from 'node:crypto';
import { amountRefunded, type ChargeRecord, isTakenBack, type OrderRecord } from './orders.ts';
import type { Problem } from './problem.ts';

/** How long the operator has to answer the bank. */
const EVIDENCE_WITHIN_SECONDS = 3 * 24 * 60 * 60;

/** JSON as Conekta's specification 2.3.0 shows it. A record's owner and token hash never leave the books. */
export function orderAnswer(order: OrderRecord): object {
  return {
    object: 'order',
    id: order.id,
    livemode: false,
    amount: order.amount,
    amount_refunded: amountRefunded(order),
    currency: order.currency,
    // Absent, not null, until there is a charge.
    ...(order.paymentStatus !== null && { payment_status: order.paymentStatus }),
    ...(order.challengeUrl !== null && {
      next_action: { type: 'redirect_to_url', redirect_to_url: { url: order.challengeUrl } },
    }),
    customer_info: { object: 'customer_info', ...order.customer },
    line_items: list(
      order.items.map(({ id, name, unitPrice, quantity }) => ({
        object: 'line_item',
        id,
        parent_id: order.id,
        name,
        unit_price: unitPrice,
        quantity,
      })),
    ),
    ...(order.charges.length > 0 && { charges: list(order.charges.map((charge) => chargeAnswer(order, charge))) }),
    metadata: order.metadata,
    is_refundable: order.charges.some((charge) => charge.status === 'paid' && !isTakenBack(charge)),
    created_at: order.createdAt,
    updated_at: order.updatedAt,
  };
}

export function chargeAnswer(order: OrderRecord, charge: ChargeRecord): object {
  return {
    object: 'charge',
    id: charge.id,
    order_id: order.id,
    livemode: false,
    amount: charge.amount,
    currency: order.currency,
    status: charge.status,
    description: 'Payment from order',
    reference_id: charge.referenceId,
    ...(charge.failureCode !== null && {
      failure_code: charge.failureCode,
      failure_message: 'Este cargo ha sido declinado.',
    }),
    payment_method: {
      object: 'card_payment',
      type: 'credit',
      name: order.customer.name,
      last4: charge.last4,
      exp_month: '12',
      exp_year: '30',
      country: 'MX',
    },
    refunds: list(
      order.refunds
        .filter((refund) => refund.chargeId === charge.id)
        .map((refund) => ({
          object: 'refund',
          id: refund.id,
          amount: -refund.amount,
          status: refund.status,
          created_at: refund.createdAt,
        })),
    ),
    // A charge that is taken back stays `paid`: what its bank does stands here only.
    chargeback: chargebackAnswer(charge),
    created_at: charge.createdAt,
    paid_at: charge.paidAt,
  };
}

function chargebackAnswer({ id, chargeback }: ChargeRecord): object | null {
  if (chargeback === null) return null;
  return {
    object: 'chargeback',
    id: chargeback.id,
    charge_id: id,
    status: chargeback.status,
    reason: 'unrecognized',
    note: null,
    followup_status: null,
    response_from_client: null,
    files: [],
    created_at: chargeback.createdAt,
    evidence_due_by: chargeback.createdAt + EVIDENCE_WITHIN_SECONDS,
  };
}

/** What `POST /orders/{id}/charges` answers: there, `refunds` is a bare array. */
export function newChargeAnswer(order: OrderRecord, charge: ChargeRecord): object {
  return { ...chargeAnswer(order, charge), refunds: [] };
}

function list(data: readonly object[]): object {
  return { object: 'list', has_more: false, total: data.length, data };
}

export function problemAnswer({ type, detail }: Problem): object {
  return {
    object: 'error',
    type,
    log_id: randomBytes(12).toString('hex'),
    details: [
      {
        code: detail.code,
        param: detail.param ?? null,
        message: detail.text,
        debug_message: detail.text,
      },
    ],
    ...(detail.order && { data: detail.order }),
  };
}
