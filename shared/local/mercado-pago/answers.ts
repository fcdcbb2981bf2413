import type { Answer } from '../gateway/answer.ts';
import { decimalOf, type SiteCurrency, sites } from './money.ts';
import { amountRefunded, type PaymentRecord, type RefundRecord } from './payments.ts';
import type { Problem } from './problem.ts';
import { type Seller, userIdOf } from './seller.ts';

/** JSON as Mercado Pago's specification shows it. A record's owner and hashes never leave the books. */
export function paymentAnswer(payment: PaymentRecord): object {
  const { currency, challengeUrl } = payment;
  const amount = decimalOf(payment.amount, currency);
  const isCard = payment.tokenHash !== null;
  return {
    id: payment.id,
    date_created: dateOf(payment.createdAt),
    date_approved: payment.approvedAt === null ? null : dateOf(payment.approvedAt),
    date_last_updated: dateOf(payment.updatedAt),
    money_release_date: payment.approvedAt === null ? null : dateOf(payment.approvedAt),
    operation_type: 'regular_payment',
    issuer_id: payment.issuerId,
    payment_method_id: payment.paymentMethodId,
    payment_type_id: isCard ? 'credit_card' : 'ticket',
    status: payment.status,
    status_detail: payment.statusDetail,
    currency_id: currency,
    description: payment.description,
    live_mode: payment.isLive,
    collector_id: userIdOf(payment.owner),
    payer: { email: payment.payerEmail },
    metadata: payment.metadata,
    external_reference: payment.externalReference,
    transaction_amount: amount,
    transaction_amount_refunded: decimalOf(amountRefunded(payment), currency),
    transaction_details: {
      total_paid_amount: amount,
      external_resource_url: isCard ? null : `https://voucher.example/${payment.id}`,
    },
    captured: payment.status !== 'authorized',
    binary_mode: payment.isBinary,
    statement_descriptor: payment.statementDescriptor,
    installments: payment.installments,
    notification_url: payment.notificationUrl,
    ...(challengeUrl !== null && {
      three_ds_info: {
        external_resource_url: challengeUrl,
        creq: Buffer.from(JSON.stringify({ messageType: 'CReq', paymentId: payment.id })).toString('base64url'),
      },
    }),
    ...(isCard && { card: { first_six_digits: '407559', last_four_digits: '3764' } }),
    refunds: payment.refunds.map((refund) => refundAnswer(payment, refund)),
    processing_mode: 'aggregator',
  };
}

export function refundAnswer(payment: PaymentRecord, refund: RefundRecord): object {
  return {
    id: refund.id,
    payment_id: payment.id,
    amount: decimalOf(refund.amount, payment.currency),
    status: refund.status,
    refund_mode: 'standard',
    date_created: dateOf(refund.createdAt),
  };
}

/** The account behind an access token. A test credential's is that of a test user. */
export function userAnswer({ owner, isLive }: Seller, currency: SiteCurrency): object {
  const id = userIdOf(owner);
  return {
    id,
    nickname: `${isLive ? 'SELLER' : 'TESTUSER'}${id}`,
    site_id: sites[currency],
    tags: isLive ? ['normal'] : ['normal', 'test_user'],
  };
}

export function jsonAnswer(status: number, value: object): Answer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

export function problemAnswer({ status, error, message, causes }: Problem): Answer {
  return jsonAnswer(status, { status, error, message, cause: causes.map((one) => ({ ...one, data: null })) });
}

const OFFSET_MS = -4 * 3_600_000;

/** With milliseconds and an offset, as the real one writes times. */
export function dateOf(ms: number): string {
  return new Date(ms + OFFSET_MS).toISOString().replace('Z', '-04:00');
}
