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
    .enum([
      'pending_payment',
      'paid',
      'declined',
      'canceled',
      'expired',
      'partially_refunded',
      'refunded',
      'charged_back',
    ])
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
      chargeback: z
        .object({ id: z.string(), status: z.enum(['under_review', 'won', 'lost']), createdAt: z.int() })
        .nullable()
        // Books from before there were chargebacks.
        .default(null),
    }),
  ),
  refunds: z.array(
    z.object({
      id: z.string(),
      chargeId: z.string(),
      amount: z.int(),
      status: z.enum(['pending', 'refunded', 'failed', 'canceled', 'expired']),
      createdAt: z.int(),
    }),
  ),
});

export type OrderRecord = Readonly<z.infer<typeof orderRecord>>;
export type ChargeRecord = OrderRecord['charges'][number];
export type ChargebackRecord = NonNullable<ChargeRecord['chargeback']>;
export type RefundRecord = OrderRecord['refunds'][number];

export interface OrderTerms {
  readonly currency: string;
  readonly customer: OrderRecord['customer'];
  readonly items: readonly { readonly name: string; readonly unitPrice: number; readonly quantity: number }[];
  readonly metadata: OrderRecord['metadata'];
}

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export const newId = (prefix: string): string => prefix + randomBytes(9).toString('hex').slice(0, 17);
export const newObjectId = (): string => randomBytes(12).toString('hex');

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
    chargeback: null,
  };
  return withMoneyCounted({
    ...order,
    updatedAt: nowSeconds,
    paymentStatus: status,
    challengeUrl:
      meaning.kind === 'waits' && meaning.challenge ? `https://pay.conekta.com/${newObjectId()}` : order.challengeUrl,
    charges: [...order.charges, charge],
  });
}

/** The same card charged again by one request: another charge, with an id of its own. */
export function withSameCharge(
  order: OrderRecord,
  charge: ChargeRecord,
): { readonly order: OrderRecord; readonly charge: ChargeRecord } {
  const again = { ...charge, id: newObjectId() };
  return { order: { ...order, charges: [...order.charges, again] }, charge: again };
}

/** The charge whose end is open: one that waits, or, when it is paid late, one that was called off or ran out. */
export function canSettle(order: OrderRecord, outcome: Settlement): boolean {
  return order.charges.some(({ status }) => isOpenTo(outcome, status));
}

function isOpenTo(outcome: Settlement, status: ChargeRecord['status']): boolean {
  return status === 'pending_payment' || (outcome === 'paid' && (status === 'canceled' || status === 'expired'));
}

/** What became of a charge that waited: the buyer passed the challenge, failed it, never came, or paid in cash too late. */
export function settled(order: OrderRecord, outcome: Settlement, nowSeconds: number): OrderRecord {
  return withMoneyCounted({
    ...order,
    updatedAt: nowSeconds,
    paymentStatus: outcome,
    challengeUrl: null,
    charges: order.charges.map((charge) =>
      isOpenTo(outcome, charge.status)
        ? {
            ...charge,
            status: outcome,
            paidAt: outcome === 'paid' ? nowSeconds : null,
            failureCode: outcome === 'declined' ? 'card_declined' : null,
          }
        : charge,
    ),
  });
}
export type Settlement = 'paid' | 'declined' | 'expired' | 'canceled';

/** Kept money, whether or not it was given back later. */
const isKept = ({ status }: ChargeRecord): boolean => status === 'paid' || status === 'refunded';

/** The buyer's bank asks for the money, or has it: then the operator cannot give it back as well. */
export const isTakenBack = ({ chargeback }: ChargeRecord): boolean =>
  chargeback !== null && chargeback.status !== 'won';

/** What may still be given back of each kept charge, oldest first. A refund that is under way is already taken off. */
export function refundable(order: OrderRecord): { readonly chargeId: string; readonly amount: number }[] {
  return order.charges
    .filter((charge) => isKept(charge) && !isTakenBack(charge))
    .map(({ id, amount }) => ({ chargeId: id, amount: amount - sumOfRefunds(order, id, ['refunded', 'pending']) }));
}

export function amountRefunded(order: OrderRecord): number {
  return order.charges.reduce((sum, { id }) => sum + sumOfRefunds(order, id, ['refunded']), 0);
}

function sumOfRefunds(order: OrderRecord, chargeId: string, statuses: readonly RefundRecord['status'][]): number {
  return order.refunds
    .filter((refund) => refund.chargeId === chargeId && statuses.includes(refund.status))
    .reduce((sum, { amount }) => sum + amount, 0);
}

/** Gives back part or all. Has no memory of requests: the same one again gives back again, as the real gateway would. */
export function withRefund(
  order: OrderRecord,
  terms: Pick<RefundRecord, 'chargeId' | 'amount' | 'status'>,
  nowSeconds: number,
): OrderRecord {
  const refund = { ...terms, id: newObjectId(), createdAt: nowSeconds };
  return withMoneyCounted({ ...order, updatedAt: nowSeconds, refunds: [...order.refunds, refund] });
}

/** What became of a refund that was under way. */
export function withRefundSettled(
  order: OrderRecord,
  refundId: string,
  status: RefundSettlement,
  nowSeconds: number,
): OrderRecord {
  return withMoneyCounted({
    ...order,
    updatedAt: nowSeconds,
    refunds: order.refunds.map((refund) => (refund.id === refundId ? { ...refund, status } : refund)),
  });
}
export type RefundSettlement = Exclude<RefundRecord['status'], 'pending'>;

/**
 * Once money was kept, money alone decides the status of the order and of its kept charges: what is back counts, what is
 * under way does not, and a second charge that was not kept takes nothing from the first. While a bank holds or has any of
 * it, the order is `charged_back`: Conekta sends `order.charged_back` when a chargeback is reported, not when it is lost.
 */
export function withMoneyCounted(order: OrderRecord): OrderRecord {
  if (!order.charges.some(isKept)) return order;
  const charges = order.charges.map((charge) =>
    isKept(charge) && sumOfRefunds(order, charge.id, ['refunded']) >= charge.amount
      ? { ...charge, status: 'refunded' as const }
      : charge,
  );
  if (charges.some(isTakenBack)) return { ...order, charges, paymentStatus: 'charged_back' };
  const isWhole = charges.filter(isKept).every(({ status }) => status === 'refunded');
  const inPart = amountRefunded(order) > 0 ? 'partially_refunded' : 'paid';
  return { ...order, charges, paymentStatus: isWhole ? 'refunded' : inPart };
}
