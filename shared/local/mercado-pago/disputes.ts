import { changed, newId, type PaymentRecord, refundable, withMoneyCounted, withRefund } from './payments.ts';

/** A chargeback, or a claim: opened, and how it ended for the seller. */
export const disputeSteps = ['opened', 'won', 'lost'] as const;
export type DisputeStep = (typeof disputeSteps)[number];

/** The three ways a chargeback is told, all `charged_back`: money held, won back, lost. */
const chargebacks = { opened: 'in_process', won: 'reimbursed', lost: 'settled' } as const;

/** @returns undefined when a payment was not kept, or a chargeback that should end was not opened */
export function chargedBack(payment: PaymentRecord, step: DisputeStep, nowMs: number): PaymentRecord | undefined {
  const isReady =
    step === 'opened'
      ? payment.status === 'approved'
      : payment.status === 'charged_back' && payment.statusDetail === chargebacks.opened;
  return isReady ? changed(payment, 'charged_back', chargebacks[step], nowMs) : undefined;
}

/**
 * The buyer complains at Mercado Pago: the payment is `in_mediation`, then kept as it was, or what is left goes back.
 *
 * @returns undefined when a payment was not kept, or a claim that should end was not opened
 */
export function claimed(payment: PaymentRecord, step: DisputeStep, nowMs: number): PaymentRecord | undefined {
  if (payment.status !== (step === 'opened' ? 'approved' : 'in_mediation')) return undefined;
  if (step === 'opened') return changed(payment, 'in_mediation', 'pending', nowMs);
  const kept = withMoneyCounted({ ...payment, status: 'approved', statusDetail: 'accredited', updatedAt: nowMs });
  const amount = refundable(kept);
  if (step === 'won' || amount === 0) return kept;
  return withRefund(kept, { id: newId(), request: null, amount, status: 'approved', createdAt: nowMs }, nowMs);
}
