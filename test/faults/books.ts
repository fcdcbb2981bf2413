/** The promises, checked from the simulators' own books; our own rows are only asked what they claim. */
import { parseDuration } from '#shared/local/router/durations.ts';
import { factsOf } from '#shared/purchases/figures.ts';
import { accessSchema } from '#shared/store/accesses.ts';
import { type Purchase, purchaseSchema } from '#shared/store/purchases.ts';
import { type Attributes, keys, prefixes } from '#shared/store/table.ts';
import type { Shop } from '../stage/market.ts';
import type { FarCharge, FarGateway } from '../stage/gateways/far-gateway.ts';
import type { Call } from './modes.ts';
import type { World } from './world.ts';

/** What the far ends say of one purchase. */
export interface Truth {
  readonly purchaseId: number;
  readonly chargedMinor: number;
  readonly refundedMinor: number;
  /** What banks took back for good. */
  readonly takenMinor: number;
  /** Charges whose money is ours, in whole or in part; what a bank holds is not, until it has decided. */
  readonly keptCharges: number;
  /** How far a bank has come in taking back the charge that the buyer meant to pay. */
  readonly dispute: FarCharge['dispute'];
  /** Of charges beyond that one: what banks hold, and what they hold or took. Either is not ours to give back. */
  readonly surplusHeldMinor: number;
  readonly surplusWithBanksMinor: number;
  /** Users on the router for its access. */
  readonly users: number;
}

export interface Findings {
  readonly items: readonly Attributes[];
  readonly purchases: readonly Purchase[];
  readonly truths: ReadonlyMap<number, Truth>;
  /** Seconds of time online that the router allows, by access; of those users that have a limit. */
  readonly limits: ReadonlyMap<string, number>;
}

/** Reads all books about one shop. */
export async function readBooks(world: World, shop: Shop, far: FarGateway): Promise<Findings> {
  const items = await world.itemsOf(shop);
  const rows = items.filter(({ sk }) => String(sk).startsWith(prefixes.purchases));
  const purchases = rows.map((row) => purchaseSchema.parse(row));
  const charges = far.charges();
  const rowsOfUsers = world.router.books.users();
  const users = rowsOfUsers.map(({ comment }) => comment);
  const limits = rowsOfUsers.flatMap(({ comment, 'limit-uptime': limit }) =>
    comment?.startsWith('px:') && limit !== undefined ? [[comment.slice(3), parseDuration(limit) ?? 0] as const] : [],
  );
  const ids = new Set([...purchases.map(({ id }) => id), ...charges.map(({ purchaseId }) => purchaseId)]);
  const truths = [...ids].map((purchaseId) => {
    const purchase = purchases.find(({ id }) => id === purchaseId);
    const all = charges.filter((charge) => charge.purchaseId === purchaseId);
    const known = users.filter((comment) => comment === `px:${purchase?.accessId}`).length;
    return truthOf(purchaseId, purchase?.paymentId ?? null, all, known);
  });
  return {
    items,
    purchases,
    truths: new Map(truths.map((truth) => [truth.purchaseId, truth])),
    limits: new Map(limits),
  };
}

function truthOf(purchaseId: number, paymentId: string | null, charges: readonly FarCharge[], users: number): Truth {
  // Before any is known to us, each may be the one.
  const own = charges.filter(({ id }) => paymentId === null || id === paymentId);
  const surplus = charges.filter((charge) => !own.includes(charge));
  const left = ({ amountMinor, refundedMinor }: FarCharge) => amountMinor - refundedMinor;
  const lost = charges.filter(({ dispute }) => dispute === 'lost');
  return {
    purchaseId,
    chargedMinor: sum(charges.map(({ amountMinor }) => amountMinor)),
    refundedMinor: sum(charges.map(({ refundedMinor }) => refundedMinor)),
    takenMinor: sum(lost.map(left)),
    keptCharges: charges.filter((one) => one.dispute !== 'lost' && one.dispute !== 'open' && left(one) > 0).length,
    dispute: (['lost', 'open', 'won'] as const).find((step) => own.some(({ dispute }) => dispute === step)) ?? null,
    surplusHeldMinor: sum(surplus.filter(({ dispute }) => dispute === 'open').map(left)),
    surplusWithBanksMinor: sum(surplus.filter(({ dispute }) => dispute === 'open' || dispute === 'lost').map(left)),
    users,
  };
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/**
 * What somebody has to come back to, and by when. A dispute that its bank has not decided is looked at each day for as long
 * as that takes, and what comes each day for ever is not owed either.
 */
export function owed({ items, truths }: Findings): readonly (Attributes & { readonly dueAt: number })[] {
  const isOpenDispute = ({ sk, id, disputedAt, state, refundedMinor, refundTargetMinor }: Attributes) => {
    const truth = String(sk).startsWith(prefixes.purchases) ? truths.get(Number(id)) : undefined;
    const isOwn = typeof disputedAt === 'number' && truth?.dispute === 'open';
    // What of the own payment is owed back does not wait for what becomes of a second one.
    const isOnlySurplus = state === 'refund_pending' && Number(refundedMinor) >= Number(refundTargetMinor);
    return isOwn || (isOnlySurplus && (truth?.surplusHeldMinor ?? 0) > 0);
  };
  return items.flatMap((item) => {
    const { dueAt } = item;
    const isForEver =
      isRetention(item) || isComparison(item) || isReconcile(item) || isOpenDispute(item) || isRunning(item);
    return typeof dueAt === 'number' && !isForEver ? [{ ...item, dueAt }] : [];
  });
}

/** Time that runs is due at its end. */
const isRunning = ({ sk, desired, observed, uncertainSince }: Attributes): boolean =>
  String(sk).startsWith(prefixes.accesses) &&
  desired === 'present' &&
  observed === 'present' &&
  uncertainSince === null;
export const isComparison = ({ sk }: Attributes): boolean => String(sk).startsWith(prefixes.comparisons);
export const isReconcile = ({ sk }: Attributes): boolean => String(sk).startsWith(prefixes.reconciles);
export const isRetention = ({ sk }: Attributes): boolean => String(sk).startsWith(prefixes.forgets);
export const isWatch = ({ sk }: Attributes): boolean => String(sk).startsWith(prefixes.watches);
export const isRegistration = ({ sk }: Attributes): boolean => String(sk).startsWith(prefixes.registrations);

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
const ended: ReadonlySet<string> = new Set([
  ...['paid', 'declined', 'not_charged', 'expired'],
  ...['refunded', 'refund_failed', 'charged_back'],
]);
const unpaid: ReadonlySet<string> = new Set(['declined', 'not_charged', 'expired', 'refunded', 'charged_back']);

export interface Expectation {
  /** What admins asked to give back, by purchase: no more may go back but by a rule. */
  readonly askedMinor: ReadonlyMap<number, number>;
  /** What operators gave back at the gateway itself, by purchase. */
  readonly byHandMinor: ReadonlyMap<number, number>;
  /** Purchases whose user stood on the router, and whose row knew it, before the delivery deadline. */
  readonly delivered: ReadonlySet<number>;
}

/** What must hold when time has passed and nothing is owed any more. */
export function brokenAtEnd(found: Findings, expected: Expectation, now: number): string[] {
  const { items, purchases, truths } = found;
  const broken: string[] = [];
  for (const truth of truths.values()) {
    const purchase = purchases.find(({ id }) => id === truth.purchaseId);
    if (purchase) broken.push(...brokenMoney(purchase, truth, found), ...brokenRefunds(purchase, truth, expected));
    else if (truth.chargedMinor > truth.refundedMinor) broken.push('charged without a purchase');
  }
  broken.push(...brokenTime(found), ...brokenFigures(found));
  for (const item of owed(found))
    broken.push(`still owed: ${String(item['sk']).split('#')[0]} ${String(item['state'] ?? item['desired'] ?? '')}`);
  for (const item of items) {
    const kind = String(item['sk']).split('#')[0];
    if (kind === 'OPEN') broken.push('an open-purchase guard is left');
    if (kind === 'ACCESS' && item['desired'] !== item['observed'])
      broken.push(`access wanted ${String(item['desired'])}, seen ${String(item['observed'])}`);
    if (kind === 'HEALTH' && Number(item['leaseUntil'] ?? 0) > now + 60_000) broken.push('a lease is left');
  }
  return broken;
}

/** Money kept is access delivered, and no access without: but for what a bank disputes. */
function brokenMoney(purchase: Purchase, truth: Truth, { purchases, truths }: Findings): string[] {
  const { state, withdrawnAt } = purchase;
  const { users, dispute } = truth;
  const keptMinor = keptOf(truth);
  const buyingMinor = buyingOf(truth);
  const buysAccess = purchases.some(
    ({ id, accessId }) => accessId === purchase.accessId && buyingOf(truths.get(id)) > 0,
  );
  const isHeld = dispute === 'open';
  const isOwing = buyingMinor > 0 && !isHeld && withdrawnAt === null && state !== 'refund_failed';
  return [
    ...(truth.keptCharges > 1 ? [`two kept charges for one purchase (${state})`] : []),
    ...(keptMinor < 0 ? [`refunds of ${truth.refundedMinor} exceed charges of ${truth.chargedMinor}`] : []),
    ...(isOwing && users !== 1 ? [`money kept (${buyingMinor}), ${users} users on the router (${state})`] : []),
    ...(!buysAccess && users > 0 ? [`access without money (${state})`] : []),
    ...(isHeld && users > 0 ? [`access while a bank holds the money (${state})`] : []),
    ...(withdrawnAt !== null && users > 0 ? [`access that was withdrawn (${state})`] : []),
    ...(withdrawnAt !== null && dispute === null ? [`withdrawn, and no bank disputes it (${state})`] : []),
    ...(state === 'paid' && buyingMinor <= 0 ? ['paid, but no money was kept'] : []),
    ...(isHeld && purchase.disputedAt === null ? [`disputed, and nobody knows (${state})`] : []),
    // One that a bank took before anybody here knew of it was never ours: declined, as the gateway says.
    ...((purchase.chargedBackAt !== null) !== (dispute === 'lost') &&
    state !== 'refunded' &&
    purchase.paymentId !== null
      ? [`${state}, and the bank's dispute is ${dispute}`]
      : []),
    ...(unpaid.has(state) && keptMinor > 0 ? [`money kept (${keptMinor}) for a purchase that is ${state}`] : []),
    ...(!ended.has(state) && purchase.dueAt === null ? [`left ${state}, and nobody comes back`] : []),
  ];
}

const keptOf = ({ chargedMinor, refundedMinor, takenMinor }: Truth): number =>
  chargedMinor - refundedMinor - takenMinor;
/** What a bank holds of a second payment buys nothing. */
const buyingOf = (truth: Truth | undefined): number => (truth ? keptOf(truth) - truth.surplusHeldMinor : 0);

/** The router allows as much time as the money bought that was kept: each purchase has its own, whatever became of the others. */
function brokenTime({ purchases, truths, limits }: Findings): string[] {
  return [...new Set(purchases.map(({ accessId }) => accessId))].flatMap((id) => {
    const allowed = limits.get(id);
    if (allowed === undefined) return [];
    const buying = purchases.filter((purchase) => purchase.accessId === id && buyingOf(truths.get(purchase.id)) > 0);
    const bought = sum(buying.map(({ timeSold }) => timeSold.seconds ?? 0));
    return allowed === bought ? [] : [`the router allows ${allowed} s, bought were ${bought}`];
  });
}

/** Each change of a purchase was counted, and once. */
function brokenFigures({ items, purchases }: Findings): string[] {
  const counted = items.find(({ sk }) => sk === keys.figures('', 'COMPANY').sk);
  const facts = purchases.map(factsOf);
  const truth = {
    sales: sum(facts.map(({ sales }) => sales)),
    paid: sum(facts.map(({ paid }) => paid)),
    pending: sum(facts.map(({ pending }) => pending)),
    MXN: sum(facts.map(({ incomeMinor }) => incomeMinor)),
  };
  return Object.entries(truth).flatMap(([name, value]) =>
    Number(counted?.[name] ?? 0) === value
      ? []
      : [`the figures say ${Number(counted?.[name] ?? 0)} ${name}, it is ${value}`],
  );
}

/** As much goes back as was decided, by whom it may be decided. */
function brokenRefunds(
  purchase: Purchase,
  truth: Truth,
  { askedMinor, byHandMinor, delivered }: Expectation,
): string[] {
  const { id, state, refundDecidedBy, refundTargetMinor } = purchase;
  const owedMinor = refundTargetMinor + purchase.surplusPaymentIds.length * purchase.amountMinor;
  const backMinor = truth.refundedMinor;
  const goneMinor = backMinor + truth.surplusWithBanksMinor;
  const byHand = byHandMinor.get(id) ?? 0;
  const asked = (askedMinor.get(id) ?? 0) + byHand;
  const byRule = refundDecidedBy === null || !refundDecidedBy.includes('@');
  // What a bank holds or took is not ours to give.
  const mayBeLess = state === 'refund_failed' || state === 'charged_back' || truth.dispute === 'open';
  return [
    ...(backMinor > owedMinor + byHand ? [`gave back ${backMinor}, decided were ${owedMinor}`] : []),
    ...(goneMinor < owedMinor && !mayBeLess ? [`gave back ${backMinor} of ${owedMinor} (${state})`] : []),
    ...(!byRule && refundTargetMinor > asked ? [`decided to give back ${refundTargetMinor}, asked were ${asked}`] : []),
    ...(refundDecidedBy === 'delivery-deadline' && delivered.has(id)
      ? ['given back by the deadline although it was delivered in time']
      : []),
  ];
}

/** A refund that is refused is tried each day for a month, and Mercado Pago is read by two calls. */
const MAX_CALLS = 1200;

/** One charge per order, and no endless loops. */
export function brokenCalls(calls: readonly Call[], purchases: number): string[] {
  const charges = new Map<string, number>();
  for (const { deed, orderId } of calls) if (deed === 'charge') charges.set(orderId, (charges.get(orderId) ?? 0) + 1);
  const repeated = [...charges.values()].some((times) => times > 1);
  const refunds = calls.filter(({ deed }) => deed === 'refund').length;
  return [
    ...(repeated ? ['a charge was sent twice on one order'] : []),
    ...(calls.length > MAX_CALLS * Math.max(1, purchases) ? [`${calls.length} calls for ${purchases} purchases`] : []),
    ...(refunds > 40 * Math.max(1, purchases) ? [`${refunds} refunds sent for ${purchases} purchases`] : []),
  ];
}
