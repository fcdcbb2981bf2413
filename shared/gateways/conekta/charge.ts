import * as z from 'zod';
import type { Approval, Dispute } from '../gateway.ts';

export const optionalText = z.string().optional().catch(undefined);

/**
 * What a charge's `chargeback` says: won and lost are ends, every other word of the specification (`under_review`,
 * `represented` ...), and every one not yet invented, is a dispute that goes on.
 */
const dispute = z
  .unknown()
  .optional()
  .transform((said): Dispute | null => {
    if (typeof said !== 'object' || said === null) return said ? 'open' : null;
    // An empty object is how some servers write "none".
    if (Object.keys(said).length === 0) return null;
    const status = 'status' in said && typeof said.status === 'string' ? said.status.toLowerCase() : '';
    return status === 'won' || status === 'lost' ? status : 'open';
  });

export const chargeBody = z.object({
  object: z.literal('charge'),
  id: z.string().min(1),
  order_id: z.string(),
  status: z.string().toLowerCase(),
  amount: z.int(),
  currency: z.string(),
  livemode: z.boolean(),
  created_at: z.number().catch(0),
  failure_code: optionalText,
  chargeback: dispute,
});
export type Charge = z.infer<typeof chargeBody>;

/** The buyer's bank asks for the money, or has it. The same words for orders and for charges. */
export const chargedBack: ReadonlySet<string> = new Set(['chargeback', 'charged_back']);

/** How a dispute about this charge stands; null where there is none. */
export function disputeOf({ status, chargeback }: Charge): Dispute | null {
  return chargeback ?? (chargedBack.has(status) ? 'open' : null);
}

export function approvalOf({ id, amount, currency, livemode }: Charge): Approval {
  return { paymentId: id, amount: { minor: amount, currency }, live: livemode };
}

/** Oldest first, and always the same first: which of two charges is the one we keep must not depend on the listing. */
export function byAge(a: Charge, b: Charge): number {
  return a.created_at - b.created_at || (a.id < b.id ? -1 : 1);
}
