import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { TokenMeaning } from './tokens.ts';

/** How the gateway keeps things. Whose an order is, and which token paid it, stand here as SHA-256 only. */
const scalar = z.union([z.string(), z.number(), z.boolean()]);

export const orderRecord = z.object({
  id: z.string(),
  owner: z.string(),
  amount: z.int(),
  currency: z.string(),
  createdAt: z.int(),
  updatedAt: z.int(),
  paymentStatus: z
    .enum(['pending_payment', 'paid', 'declined', 'canceled', 'expired', 'partially_refunded', 'refunded'])
    .nullable(),
  challengeUrl: z.string().nullable(),
  customer: z.object({ name: z.string(), email: z.string(), phone: z.string() }),
  items: z.array(z.object({ id: z.string(), name: z.string(), unitPrice: z.int(), quantity: z.int() })),
  metadata: z.record(z.string(), scalar),
  charges: z.array(
    z.object({
      id: z.string(),
      tokenHash: z.string(),
      amount: z.int(),
      status: z.enum(['pending_payment', 'paid', 'declined', 'canceled', 'expired', 'refunded']),
      createdAt: z.int(),
      paidAt: z.int().nullable(),
      referenceId: z.string().nullable(),
      failureCode: z.string().nullable(),
      last4: z.string(),
    }),
  ),
  refunds: z.array(
    z.object({ id: z.string(), chargeId: z.string(), amount: z.int(), status: z.string(), createdAt: z.int() }),
  ),
});

export type OrderRecord = Readonly<z.infer<typeof orderRecord>>;
export type ChargeRecord = OrderRecord['charges'][number];

export interface OrderTerms {
  readonly currency: string;
  readonly customer: OrderRecord['customer'];
  readonly items: readonly { readonly name: string; readonly unitPrice: number; readonly quantity: number }[];
  readonly metadata: OrderRecord['metadata'];
}

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

const newId = (prefix: string): string => prefix + randomBytes(9).toString('hex').slice(0, 17);
const newObjectId = (): string => randomBytes(12).toString('hex');

export function newOrder(owner: string, terms: OrderTerms, nowSeconds: number): OrderRecord {
  return {
    ...terms,
    id: newId('ord_'),
    owner,
    amount: terms.items.reduce((sum, item) => sum + item.unitPrice * item.quantity, 0),
    createdAt: nowSeconds,
    updatedAt: nowSeconds,
    paymentStatus: null,
    challengeUrl: null,
    items: terms.items.map((item) => ({ ...item, id: newId('line_item_') })),
    charges: [],
    refunds: [],
  };
}

/** A charge that waits or was kept locks its order; a declined one leaves it open for another card. */
export function isOpenForCharge({ paymentStatus }: OrderRecord): boolean {
  return paymentStatus === null || paymentStatus === 'declined';
}

export function withCharge(
  order: OrderRecord,
  card: { readonly tokenHash: string; readonly referenceId: string | null },
  meaning: Exclude<TokenMeaning, { kind: 'refuses' }>,
  nowSeconds: number,
): OrderRecord {
  const status = ({ pays: 'paid', waits: 'pending_payment', declines: 'declined' } as const)[meaning.kind];
  const charge: ChargeRecord = {
    ...card,
    id: newObjectId(),
    amount: order.amount,
    status,
    createdAt: nowSeconds,
    paidAt: status === 'paid' ? nowSeconds : null,
    failureCode: meaning.kind === 'declines' ? meaning.failureCode : null,
    last4: meaning.kind === 'waits' ? '3220' : meaning.last4,
  };
  return {
    ...order,
    updatedAt: nowSeconds,
    paymentStatus: status,
    challengeUrl:
      meaning.kind === 'waits' && meaning.challenge ? `https://pay.conekta.com/${newObjectId()}` : order.challengeUrl,
    charges: [...order.charges, charge],
  };
}

/** What became of a charge that waited: the buyer passed the challenge, failed it, or never came. */
export function settled(order: OrderRecord, outcome: Settlement, nowSeconds: number): OrderRecord {
  return {
    ...order,
    updatedAt: nowSeconds,
    paymentStatus: outcome,
    challengeUrl: null,
    charges: order.charges.map((charge) =>
      charge.status === 'pending_payment'
        ? {
            ...charge,
            status: outcome,
            paidAt: outcome === 'paid' ? nowSeconds : null,
            failureCode: outcome === 'declined' ? 'card_declined' : null,
          }
        : charge,
    ),
  };
}
export type Settlement = 'paid' | 'declined' | 'expired' | 'canceled';

/** What is left to give back of the order's kept charge. */
export function refundable(order: OrderRecord): { readonly chargeId: string; readonly amount: number } | undefined {
  const kept = order.charges.find((charge) => charge.status === 'paid');
  return kept && { chargeId: kept.id, amount: kept.amount - amountRefunded(order) };
}

export function amountRefunded(order: OrderRecord): number {
  return order.refunds.reduce((sum, refund) => sum + refund.amount, 0);
}

/** Gives back part or all. Has no memory of requests: the same one again gives back again, as the real gateway would. */
export function withRefund(order: OrderRecord, chargeId: string, amount: number, nowSeconds: number): OrderRecord {
  const refund = { id: newObjectId(), chargeId, amount, status: 'refunded', createdAt: nowSeconds };
  const whole = amountRefunded(order) + amount >= order.amount;
  return {
    ...order,
    updatedAt: nowSeconds,
    paymentStatus: whole ? 'refunded' : 'partially_refunded',
    charges: order.charges.map((charge) =>
      charge.id === chargeId && whole ? { ...charge, status: 'refunded' } : charge,
    ),
    refunds: [...order.refunds, refund],
  };
}
