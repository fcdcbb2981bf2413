import { createHash, randomInt } from 'node:crypto';
import * as z from 'zod';
import { siteCurrency } from './money.ts';
import type { TokenMeaning } from './tokens.ts';

/**
 * How the gateway keeps things; times in milliseconds since 1970, amounts in minor units. Whose a payment is, which
 * token paid it, and the requests it remembers stand here as SHA-256 only.
 */
const rememberedRequest = z.object({ keyHash: z.string(), bodyHash: z.string() });
export type RememberedRequest = Readonly<z.infer<typeof rememberedRequest>>;

export const paymentRecord = z.object({
  id: z.int(),
  owner: z.string(),
  isLive: z.boolean(),
  tokenHash: z.string().nullable(),
  /** The one it was made by; null without an idempotency key. */
  request: rememberedRequest.nullable(),
  amount: z.int(),
  currency: siteCurrency,
  status: z.enum([
    'pending',
    'approved',
    'authorized',
    'in_process',
    'in_mediation',
    'rejected',
    'cancelled',
    'refunded',
    'charged_back',
  ]),
  statusDetail: z.string(),
  createdAt: z.int(),
  updatedAt: z.int(),
  approvedAt: z.int().nullable(),
  challengeUrl: z.string().nullable(),
  description: z.string().nullable(),
  externalReference: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  payerEmail: z.string(),
  paymentMethodId: z.string(),
  issuerId: z.string().nullable(),
  installments: z.int(),
  statementDescriptor: z.string().nullable(),
  notificationUrl: z.string().nullable(),
  isBinary: z.boolean(),
  refunds: z.array(
    z.object({
      id: z.int(),
      request: rememberedRequest.nullable(),
      amount: z.int(),
      status: z.enum(['approved', 'in_process', 'rejected']),
      createdAt: z.int(),
    }),
  ),
});

export type PaymentRecord = Readonly<z.infer<typeof paymentRecord>>;
export type RefundRecord = PaymentRecord['refunds'][number];

/** How a payment begins. */
export type Beginning = Pick<PaymentRecord, 'status' | 'statusDetail' | 'challengeUrl'>;

/** What a payment is for, and by whom: everything but what becomes of it. */
export type PaymentTerms = Omit<
  PaymentRecord,
  'id' | 'createdAt' | 'updatedAt' | 'approvedAt' | 'refunds' | keyof Beginning
>;

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Eleven digits, or twelve: more than fit 32 bits. */
export const newId = (): number => randomInt(10_000_000_000, 200_000_000_000);

const beginning = (status: PaymentRecord['status'], statusDetail: string, challengeUrl: string | null = null) => ({
  status,
  statusDetail,
  challengeUrl,
});

/** What a card's bank says at once. A binary payment is never left open: what would wait is rejected. */
export function beginningOf(
  meaning: Exclude<TokenMeaning, { kind: 'expired' }>,
  asked: { readonly isBinary: boolean; readonly takesChallenges: boolean; readonly capture: boolean },
): Beginning {
  switch (meaning.kind) {
    case 'approves':
      return asked.capture ? beginning('approved', 'accredited') : beginning('authorized', 'pending_capture');
    case 'rejects':
      return beginning('rejected', meaning.detail);
    case 'reviews':
      return asked.isBinary
        ? beginning('rejected', 'cc_rejected_other_reason')
        : beginning('in_process', meaning.detail);
    case 'challenges':
      return asked.takesChallenges && !asked.isBinary
        ? beginning('pending', 'pending_challenge', `https://acs.example/challenges/${newId()}`)
        : beginning('rejected', 'cc_rejected_3ds_mandatory');
  }
}

/** Cash: a voucher to pay at a counter. */
export const awaitingCash: Beginning = beginning('pending', 'pending_waiting_payment');

export function newPayment(id: number, terms: PaymentTerms, began: Beginning, nowMs: number): PaymentRecord {
  return {
    ...terms,
    ...began,
    id,
    createdAt: nowMs,
    updatedAt: nowMs,
    approvedAt: began.status === 'approved' ? nowMs : null,
    refunds: [],
  };
}

/** The gateway's own mistake: the same payment made once more, under the same reference. */
export function twinOf(payment: PaymentRecord, id: number): PaymentRecord {
  return { ...payment, id, request: null };
}

const isOpen = ({ status }: PaymentRecord): boolean =>
  status === 'pending' || status === 'in_process' || status === 'authorized';

/** @returns undefined when it is not pending, in_process or authorized (B.5) */
export function cancelled(payment: PaymentRecord, nowMs: number): PaymentRecord | undefined {
  return isOpen(payment) ? changed(payment, 'cancelled', 'by_collector', nowMs) : undefined;
}

const settlements = {
  approved: { status: 'approved', detail: 'accredited' },
  rejected: { status: 'rejected', detail: 'cc_rejected_other_reason' },
  expired: { status: 'cancelled', detail: 'expired' },
  cancelled: { status: 'cancelled', detail: 'by_payer' },
} as const;
export type Settlement = keyof typeof settlements;

/**
 * What became of a payment that waited: decided, paid, never paid. A cancelled one can still be paid late, in cash.
 *
 * @returns undefined when it cannot end so
 */
export function settled(payment: PaymentRecord, outcome: Settlement, nowMs: number): PaymentRecord | undefined {
  const isLate = outcome === 'approved' && payment.status === 'cancelled';
  if (!isOpen(payment) && !isLate) return undefined;
  const { status, detail } = settlements[outcome];
  const failedChallenge = outcome === 'rejected' && payment.challengeUrl !== null;
  return changed(payment, status, failedChallenge ? 'cc_rejected_3ds_challenge' : detail, nowMs);
}

/** A payment after its status changed. No challenge outlives that. */
export function changed(
  payment: PaymentRecord,
  status: PaymentRecord['status'],
  statusDetail: string,
  nowMs: number,
): PaymentRecord {
  return {
    ...payment,
    status,
    statusDetail,
    updatedAt: nowMs,
    approvedAt: status === 'approved' ? nowMs : payment.approvedAt,
    challengeUrl: null,
  };
}

/** What may still be given back. A refund that is under way is already taken off, a rejected one is not. */
export function refundable(payment: PaymentRecord): number {
  if (payment.status !== 'approved') return 0;
  return payment.amount - sumOfRefunds(payment, ['approved', 'in_process']);
}

export function amountRefunded(payment: PaymentRecord): number {
  return sumOfRefunds(payment, ['approved']);
}

function sumOfRefunds({ refunds }: PaymentRecord, statuses: readonly RefundRecord['status'][]): number {
  return refunds.filter(({ status }) => statuses.includes(status)).reduce((sum, { amount }) => sum + amount, 0);
}

export function withRefund(payment: PaymentRecord, refund: RefundRecord, nowMs: number): PaymentRecord {
  return withMoneyCounted({ ...payment, updatedAt: nowMs, refunds: [...payment.refunds, refund] });
}

export type RefundSettlement = Exclude<RefundRecord['status'], 'in_process'>;

/** @returns undefined when it has no such refund that waits */
export function withRefundSettled(
  payment: PaymentRecord,
  refundId: number,
  outcome: RefundSettlement,
  nowMs: number,
): PaymentRecord | undefined {
  if (!payment.refunds.some(({ id, status }) => id === refundId && status === 'in_process')) return undefined;
  const refunds = payment.refunds.map((refund) => (refund.id === refundId ? { ...refund, status: outcome } : refund));
  return withMoneyCounted({ ...payment, updatedAt: nowMs, refunds });
}

/** What is back decides how a kept payment is called; what is under way does not. */
export function withMoneyCounted(payment: PaymentRecord): PaymentRecord {
  const back = amountRefunded(payment);
  if (payment.status !== 'approved' || back === 0) return payment;
  return back >= payment.amount
    ? { ...payment, status: 'refunded', statusDetail: 'refunded' }
    : { ...payment, statusDetail: 'partially_refunded' };
}
