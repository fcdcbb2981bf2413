import { type ChargebackRecord, type ChargeRecord, newId, type OrderRecord, withMoneyCounted } from './orders.ts';

/** The buyer's bank asks for the money of a charge, and how that ended for the operator. */
export const chargebackSteps = ['opened', 'won', 'lost'] as const;
export type ChargebackStep = (typeof chargebackSteps)[number];

/**
 * Of several charges the oldest takes the step.
 *
 * @returns undefined when no paid charge is without a chargeback, or none that should end was opened
 */
export function chargedBack(order: OrderRecord, step: ChargebackStep, nowSeconds: number): OrderRecord | undefined {
  const charge = order.charges.find(step === 'opened' ? isUntouched : isUnderReview);
  if (!charge) return undefined;
  const chargeback: ChargebackRecord =
    charge.chargeback && step !== 'opened'
      ? { ...charge.chargeback, status: step }
      : { id: newId('chbk_'), status: 'under_review', createdAt: nowSeconds };
  return withMoneyCounted({
    ...order,
    updatedAt: nowSeconds,
    charges: order.charges.map((one) => (one === charge ? { ...charge, chargeback } : one)),
  });
}

const isUntouched = ({ status, chargeback }: ChargeRecord): boolean => status === 'paid' && chargeback === null;
const isUnderReview = ({ chargeback }: ChargeRecord): boolean => chargeback?.status === 'under_review';
