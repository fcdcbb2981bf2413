/** The promises, checked from the simulators' own books; our own rows are only asked what they claim. */
import * as z from 'zod';
import { accessSchema } from '#shared/store/accesses.ts';
import { type Purchase, purchaseSchema } from '#shared/store/purchases.ts';
import { type Attributes, prefixes } from '#shared/store/table.ts';
import type { Shop } from '../stage/market.ts';
import type { Call } from './modes.ts';
import type { World } from './world.ts';

/** What the far ends say of one purchase. */
export interface Truth {
  readonly purchaseId: number;
  readonly chargedMinor: number;
  readonly refundedMinor: number;
  /** Charges that were made and not given back whole. */
  readonly keptCharges: number;
  /** Users on the router for its access. */
  readonly users: number;
}

const soldOrder = z.object({ purchase_id: z.string(), empresa_id: z.string() });
const chargedStatuses: ReadonlySet<string> = new Set(['paid', 'refunded', 'partially_refunded']);

export interface Findings {
  readonly items: readonly Attributes[];
  readonly purchases: readonly Purchase[];
  readonly truths: ReadonlyMap<number, Truth>;
}

/** Reads all books about one shop. */
export async function readBooks(world: World, shop: Shop): Promise<Findings> {
  const items = await world.itemsOf(shop);
  const rows = items.filter(({ sk }) => String(sk).startsWith(prefixes.purchases));
  const purchases = rows.map((row) => purchaseSchema.parse(row));
  const ledger = world.conekta.ledger();
  const users = world.router.books.users().map(({ comment }) => comment);
  const truths = new Map<number, Truth>();
  const ordersOf = new Map<number, Set<string>>(purchases.map(({ id }) => [id, new Set<string>()]));
  for (const { id, metadata } of ledger.orders) {
    const sold = soldOrder.safeParse(metadata);
    if (!sold.success || sold.data.empresa_id !== shop.companyId) continue;
    const purchaseId = Number(sold.data.purchase_id);
    ordersOf.set(purchaseId, (ordersOf.get(purchaseId) ?? new Set()).add(id));
  }
  for (const [purchaseId, orders] of ordersOf) {
    const charges = ledger.charges.filter(
      ({ order_id, status }) => orders.has(order_id) && chargedStatuses.has(status),
    );
    const refunds = ledger.refunds.filter(({ order_id, status }) => orders.has(order_id) && status === 'refunded');
    const backOf = (chargeId: string) => sum(refunds.filter((one) => one.charge_id === chargeId));
    const accessId = purchases.find(({ id }) => id === purchaseId)?.accessId;
    truths.set(purchaseId, {
      purchaseId,
      chargedMinor: sum(charges),
      refundedMinor: sum(refunds),
      keptCharges: charges.filter(({ id, amount }) => backOf(id) < amount).length,
      users: users.filter((comment) => comment === `px:${accessId}`).length,
    });
  }
  return { items, purchases, truths };
}

const sum = (rows: readonly { readonly amount: number }[]): number =>
  rows.reduce((total, { amount }) => total + amount, 0);

/**
 * What must hold whenever nobody is at work: no row says of a router what its books do not show, and a user who was seen
 * there is known as delivered, for good, by whoever paid for it.
 */
export function brokenAtRest({ items, purchases }: Findings, world: World): string[] {
  const users = world.router.books.users().map(({ comment }) => comment);
  const rows = items.filter(({ sk }) => String(sk).startsWith(prefixes.accesses));
  return rows.flatMap((row) => {
    const { id, desired, observed, uncertainSince, grants } = accessSchema.parse(row);
    const isThere = users.includes(`px:${id}`);
    const unknowing = purchases.some(
      (purchase) => purchase.deliveredAt === null && grants.some(({ purchaseId }) => purchaseId === purchase.id),
    );
    const isUntrue = observed !== 'unknown' && uncertainSince === null && (observed === 'present') !== isThere;
    return [
      ...(isUntrue ? [`a row says seen ${observed} (wanted ${desired}), the router shows otherwise`] : []),
      ...(observed === 'present' && isThere && unknowing ? ['seen on the router, and not known as delivered'] : []),
    ];
  });
}

/** States in which nobody has to do anything more. */
const ended: ReadonlySet<string> = new Set(['paid', 'declined', 'not_charged', 'expired', 'refunded', 'refund_failed']);

export interface Expectation {
  /** What admins asked to give back, by purchase: no more may go back but by a rule. */
  readonly askedMinor: ReadonlyMap<number, number>;
  /** Purchases whose user stood on the router, and whose row knew it, before the delivery deadline. */
  readonly delivered: ReadonlySet<number>;
}

/** What must hold when time has passed and nothing is owed any more. */
export function brokenAtEnd(found: Findings, { askedMinor, delivered }: Expectation, now: number): string[] {
  const { items, purchases, truths } = found;
  const broken: string[] = [];
  for (const truth of truths.values()) {
    const purchase = purchases.find(({ id }) => id === truth.purchaseId);
    if (!purchase) {
      if (truth.chargedMinor > truth.refundedMinor) broken.push('charged without a purchase');
      continue;
    }
    const { state } = purchase;
    const keptMinor = truth.chargedMinor - truth.refundedMinor;
    if (truth.keptCharges > 1) broken.push(`two kept charges for one purchase (${state})`);
    if (keptMinor < 0) broken.push(`refunds of ${truth.refundedMinor} exceed charges of ${truth.chargedMinor}`);
    if (keptMinor > 0 && truth.users !== 1 && state !== 'refund_failed')
      broken.push(`money kept (${keptMinor}), ${truth.users} users on the router (${state})`);
    if (keptMinor <= 0 && truth.users > 0) broken.push(`access without money (${state})`);
    if (state === 'paid' && keptMinor <= 0) broken.push('paid, but no money was kept');
    if (['declined', 'not_charged', 'expired', 'refunded'].includes(state) && keptMinor > 0)
      broken.push(`money kept (${keptMinor}) for a purchase that is ${state}`);
    const owedMinor = purchase.refundTargetMinor + purchase.surplusPaymentIds.length * purchase.amountMinor;
    if (truth.refundedMinor > owedMinor) broken.push(`gave back ${truth.refundedMinor}, decided were ${owedMinor}`);
    if (state !== 'refund_failed' && truth.refundedMinor < owedMinor)
      broken.push(`gave back ${truth.refundedMinor} of ${owedMinor} (${state})`);
    const byRule = purchase.refundDecidedBy === null || !purchase.refundDecidedBy.includes('@');
    if (!byRule && purchase.refundTargetMinor > (askedMinor.get(purchase.id) ?? 0))
      broken.push(`decided to give back ${purchase.refundTargetMinor}, asked were ${askedMinor.get(purchase.id) ?? 0}`);
    if (purchase.refundDecidedBy === 'delivery-deadline' && delivered.has(purchase.id))
      broken.push('given back by the deadline although it was delivered in time');
    if (!ended.has(state) && purchase.dueAt === null) broken.push(`left ${state}, and nobody comes back`);
  }
  for (const item of items) {
    const kind = String(item['sk']).split('#')[0];
    if (kind === 'OPEN') broken.push('an open-purchase guard is left');
    if (typeof item['dueAt'] === 'number')
      broken.push(`still owed: ${kind} ${String(item['state'] ?? item['desired'])}`);
    if (kind === 'ACCESS' && item['desired'] !== item['observed'])
      broken.push(`access wanted ${String(item['desired'])}, seen ${String(item['observed'])}`);
    if (kind === 'HEALTH' && Number(item['leaseUntil'] ?? 0) > now + 60_000) broken.push('a lease is left');
  }
  return broken;
}

const MAX_CALLS = 600;

/** One charge per order, and no endless loops. */
export function brokenCalls(calls: readonly Call[], purchases: number): string[] {
  const charges = new Map<string, number>();
  for (const { label, orderId } of calls)
    if (label.endsWith('/charges')) charges.set(orderId, (charges.get(orderId) ?? 0) + 1);
  const repeated = [...charges.values()].some((times) => times > 1);
  const refunds = calls.filter(({ label }) => label.endsWith('/refunds')).length;
  return [
    ...(repeated ? ['a charge was sent twice on one order'] : []),
    ...(calls.length > MAX_CALLS * Math.max(1, purchases) ? [`${calls.length} calls for ${purchases} purchases`] : []),
    ...(refunds > 40 * Math.max(1, purchases) ? [`${refunds} refunds sent for ${purchases} purchases`] : []),
  ];
}
