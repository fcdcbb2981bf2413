/**
 * The daily comparison of a company's purchases with what its gateways say, both ways (design 3). It finds what no answer,
 * webhook or look told of: a second charge on an order whose answer arrived, refunds made by hand, lost notices, money of
 * closed purchases. Nothing here moves money: whatever disagrees is reviewed as any other purchase is, and what disagrees
 * still is told to the operator. Payments that are not ours are counted and left alone.
 *
 * It goes in turns: a page of a gateway's list, or a handful of purchases to ask about. Each turn is written by condition, so
 * that a crash, a sweep at its end or two sweeps at once lose and harm nothing.
 */
import { type GatewayName, gatewayNames, type ListedOrder } from '../gateways/gateway.ts';
import { firstPurchaseId } from '../platform/ids.ts';
import type {
  Comparison,
  ComparisonResult,
  ComparisonRun,
  ComparisonStore,
  Difference,
  GatewayComparison,
} from '../store/comparisons.ts';
import { credentialsInForce } from '../tenants/keys-in-force.ts';
import { agrees, differenceOf, keepsMoney, names, notAnswered, otherOrder, unknownPurchase } from './compare.ts';
import { askGateway } from './ask-gateway.ts';
import { reviewPurchase } from './review.ts';
import { type SettleParts } from './settle.ts';

export interface ComparisonParts extends SettleParts {
  readonly comparisons: ComparisonStore;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A sweep has others to serve: then the rest waits for the next one. */
const SLICE_MS = 5 * SECOND;
const CALL_WITHIN_MS = 8 * SECOND;
/** How far back changes are listed at least, and how far before the last complete run began. */
const WINDOW_MS = 48 * HOUR;
const OVERLAP_MS = HOUR;
/** Lists and searches lag: a sale this young is no news when it is missing there. The window brings it again tomorrow. */
const SETTLING_MS = HOUR;
/** Our purchases looked for in the gateway's list at a time, and asked about at once. */
const SEARCHED_AT_ONCE = 500;
const REVIEWED_AT_ONCE = 8;
/** A gateway that does not answer is asked again ever later, about half a day long in all. */
const FIRST_BACK_OFF_MS = 10 * MINUTE;
const LONGEST_BACK_OFF_MS = 4 * HOUR;
const BACK_OFFS = 6;
/** What is kept of what differs; the rest is counted. */
const KEPT_DIFFERENCES = 50;

/** Goes on with a comparison that is due, for as long as one item of a sweep may take. */
export async function compareBooks(comparison: Comparison, parts: ComparisonParts): Promise<void> {
  const { comparisons, clock } = parts;
  const endsAt = clock.now() + SLICE_MS;
  let current = comparison;
  while (current.dueAt <= clock.now() && clock.now() < endsAt) {
    const { after, found = [], named } = await takeTurn(current, parts);
    if (!(await comparisons.advance(current, after, named))) return;
    report(current, after, found, parts);
    current = after;
  }
}

/** What one turn changes, what it found to differ, and what the page it read named. */
interface Turn<T> {
  readonly after: T;
  readonly found?: readonly Difference[];
  readonly named?: Parameters<ComparisonStore['advance']>[2];
}

async function takeTurn(comparison: Comparison, parts: ComparisonParts): Promise<Turn<Comparison>> {
  const now = parts.clock.now();
  const { companyId, run } = comparison;
  if (!run) return { after: withRun(comparison, await newRun(comparison, parts), now) };
  const next = run.gateways.find((gateway) => !isOver(gateway) && gateway.nextAt <= now);
  if (!next) return { after: withRun(comparison, run, now) };
  const { after, ...rest } = await takeGatewayTurn(next, companyId, run, parts);
  const gateways = run.gateways.map((gateway) => (gateway === next ? after : gateway));
  return { after: withRun(comparison, { ...run, gateways }, now), ...rest };
}

async function newRun({ companyId, completeAt }: Comparison, parts: ComparisonParts): Promise<ComparisonRun> {
  const startedAt = parts.clock.now();
  const gateways: GatewayComparison[] = [];
  for (const gateway of gatewayNames) {
    if (!(await callOf(companyId, gateway, parts))) continue;
    const since = Math.min(startedAt - WINDOW_MS, (completeAt[gateway] ?? startedAt) - OVERLAP_MS);
    gateways.push(newComparison(gateway, since));
  }
  return { startedAt, gateways };
}

const newComparison = (gateway: GatewayName, since: number): GatewayComparison => ({
  gateway,
  stage: 'listing',
  since,
  cursor: null,
  pages: 0,
  searchedTo: 0,
  toReview: [],
  unanswered: 0,
  nextAt: 0,
  ours: 0,
  foreign: 0,
  agreeing: 0,
  corrected: 0,
  differing: 0,
  differences: [],
});

const isOver = ({ stage, toReview }: GatewayComparison): boolean =>
  stage === 'silent' || (stage === 'complete' && toReview.length === 0);

/** The comparison with its run gone on, or ended when all its gateways are done with. */
function withRun(comparison: Comparison, run: ComparisonRun, now: number): Comparison {
  const next = { ...comparison, version: comparison.version + 1 };
  const left = run.gateways.filter((gateway) => !isOver(gateway));
  if (left.length > 0) return { ...next, run, dueAt: Math.max(now, Math.min(...left.map(({ nextAt }) => nextAt))) };
  const complete = run.gateways.filter(({ stage }) => stage === 'complete');
  const last: ComparisonResult = { ...run, endedAt: now };
  return {
    ...next,
    run: null,
    last,
    completeAt: {
      ...comparison.completeAt,
      ...Object.fromEntries(complete.map(({ gateway }) => [gateway, run.startedAt])),
    },
    dueAt: Math.max(now, run.startedAt + DAY),
  };
}

function takeGatewayTurn(
  current: GatewayComparison,
  companyId: string,
  run: ComparisonRun,
  parts: ComparisonParts,
): Promise<Turn<GatewayComparison>> {
  if (current.toReview.length > 0) return review(current, companyId, parts);
  return current.stage === 'listing'
    ? readPage(current, companyId, parts)
    : searchOwn(current, companyId, run.startedAt, parts);
}

/** One page of what changed at the gateway, held against our books. */
async function readPage(
  current: GatewayComparison,
  companyId: string,
  parts: ComparisonParts,
): Promise<Turn<GatewayComparison>> {
  const call = await callOf(companyId, current.gateway, parts);
  // The credentials were taken away meanwhile.
  if (!call) return { after: { ...current, stage: 'silent' } };
  const page = await (await parts.gateway(current.gateway)).changes(current.since, current.cursor, call);
  if (page.kind === 'unknown')
    return { after: isGivenUp(current) ? { ...current, stage: 'silent' } : later(current, parts) };

  const purchases = await parts.purchases.findMany(companyId, [
    ...new Set(page.orders.map(({ purchaseId }) => purchaseId)),
  ]);
  const [toReview, named] = [new Set<number>(), new Set<number>()];
  const found: Difference[] = [];
  let [agreeing, elsewhere] = [0, 0];
  for (const order of page.orders) {
    const purchase = purchases.get(order.purchaseId);
    if (!purchase) {
      if (await isAnotherCompanys(order, parts)) elsewhere += 1;
      else found.push(unknownPurchase(order));
      continue;
    }
    const { orderRef, payments } = order;
    if (!payments) {
      toReview.add(purchase.id);
      continue;
    }
    const read = { orderRef, payments };
    if (names(read, purchase)) named.add(purchase.id);
    const other = otherOrder(read, purchase);
    if (other) found.push(other);
    else if (agrees(read, purchase)) agreeing += 1;
    else toReview.add(purchase.id);
  }
  const after: GatewayComparison = {
    ...current,
    stage: page.next === null ? 'searching' : 'listing',
    cursor: page.next,
    pages: current.pages + 1,
    toReview: [...toReview],
    ours: current.ours + page.orders.length - elsewhere,
    foreign: current.foreign + page.foreign + elsewhere,
    agreeing: current.agreeing + agreeing,
  };
  return {
    ...withDifferences(after, found),
    named: { gateway: current.gateway, page: current.pages, purchaseIds: [...named] },
  };
}

/** Two companies may sell on one account: each compares its own. */
const isAnotherCompanys = async ({ purchaseId }: ListedOrder, parts: ComparisonParts): Promise<boolean> =>
  (await parts.purchases.ownerOf(purchaseId)) !== undefined;

/** The other direction: our purchases whose money should be there, and that no page named. */
async function searchOwn(
  current: GatewayComparison,
  companyId: string,
  startedAt: number,
  parts: ComparisonParts,
): Promise<Turn<GatewayComparison>> {
  const { gateway, since, searchedTo } = current;
  const from = Math.max(searchedTo + 1, firstPurchaseId(since + SETTLING_MS));
  const own = await parts.purchases.inRange(
    companyId,
    from,
    firstPurchaseId(startedAt - SETTLING_MS),
    SEARCHED_AT_ONCE,
  );
  const last = own.at(-1);
  if (!last) return { after: { ...current, stage: 'complete' } };
  const named = await parts.comparisons.namedIn(companyId, startedAt, gateway);
  const unnamed = own.filter((one) => one.gateway === gateway && keepsMoney(one) && !named.has(one.id));
  return { after: { ...current, searchedTo: last.id, toReview: unnamed.map(({ id }) => id) } };
}

/** Asks the gateway about some of what disagrees: lists lag behind, and most of it needs no more than to be looked at. */
async function review(
  current: GatewayComparison,
  companyId: string,
  parts: ComparisonParts,
): Promise<Turn<GatewayComparison>> {
  const asked = current.toReview.slice(0, REVIEWED_AT_ONCE);
  const verdicts = await Promise.all(asked.map((purchaseId) => verdictOn(purchaseId, companyId, parts)));
  const count = (wanted: Verdict['kind']) => verdicts.filter(({ kind }) => kind === wanted).length;
  const unanswered = asked.filter((_, index) => verdicts[index]?.kind === 'unknown');
  const isLast = isGivenUp(current);
  const found = verdicts.flatMap((verdict) => (verdict.kind === 'differs' ? [verdict.difference] : []));
  const after: GatewayComparison = {
    ...current,
    // One whose credentials are long gone must not keep the others from their turn.
    toReview: [...current.toReview.slice(REVIEWED_AT_ONCE), ...(isLast ? [] : unanswered)],
    agreeing: current.agreeing + count('agrees'),
    corrected: current.corrected + count('corrected'),
  };
  const turn = withDifferences(after, [...found, ...(isLast ? unanswered.map(notAnswered) : [])]);
  return unanswered.length > 0 && !isLast ? { ...turn, after: later(turn.after, parts) } : turn;
}

type Verdict =
  { readonly kind: 'agrees' | 'corrected' | 'unknown' } | { readonly kind: 'differs'; readonly difference: Difference };

async function verdictOn(purchaseId: number, companyId: string, parts: ComparisonParts): Promise<Verdict> {
  try {
    const before = await parts.purchases.find(companyId, purchaseId);
    if (!before || (await reviewPurchase(before, parts)) === 'unknown') return { kind: 'unknown' };
    const after = (await parts.purchases.find(companyId, purchaseId)) ?? before;
    const { orderRef } = after;
    if (orderRef === null) return { kind: 'agrees' };
    const { answer } = await askGateway(after, parts, (gateway, call) => gateway.paymentsOf(orderRef, call));
    if (answer.kind === 'unknown') return { kind: 'unknown' };
    const whole = { orderRef, payments: answer.payments };
    const difference = differenceOf(whole, after);
    if (difference) return { kind: 'differs', difference };
    return { kind: differenceOf(whole, before) ? 'corrected' : 'agrees' };
  } catch (error) {
    parts.logger.error('purchase could not be compared', error, { companyId, purchaseId });
    return { kind: 'unknown' };
  }
}

const isGivenUp = ({ unanswered }: GatewayComparison): boolean => unanswered >= BACK_OFFS;

function later(current: GatewayComparison, { clock }: ComparisonParts): GatewayComparison {
  const backOffMs = Math.min(FIRST_BACK_OFF_MS * 2 ** current.unanswered, LONGEST_BACK_OFF_MS);
  return { ...current, unanswered: current.unanswered + 1, nextAt: clock.now() + backOffMs };
}

/** Two entries of a list may be about one purchase: what differs is told once. */
function withDifferences(current: GatewayComparison, found: readonly Difference[]): Turn<GatewayComparison> {
  const isSame = (one: Difference) => (other: Difference) =>
    one.purchaseId === other.purchaseId && one.kind === other.kind;
  const fresh = found.filter(
    (one, index) => !current.differences.some(isSame(one)) && found.findIndex(isSame(one)) === index,
  );
  const differences = [...current.differences, ...fresh].slice(0, KEPT_DIFFERENCES);
  return { after: { ...current, differing: current.differing + fresh.length, differences }, found: fresh };
}

const callOf = (companyId: string, gateway: GatewayName, parts: ComparisonParts) =>
  credentialsInForce(companyId, gateway, parts, parts.clock.now() + CALL_WITHIN_MS);

function report(
  before: Comparison,
  after: Comparison,
  found: readonly Difference[],
  { logger }: ComparisonParts,
): void {
  const { companyId } = before;
  for (const { purchaseId, kind } of found)
    logger.warn('books differ', { companyId, purchaseId, difference: kind, alarm: 'books-differ' });
  if (after.run || !after.last) return;
  for (const { gateway, stage, ours, foreign, agreeing, corrected, differing } of after.last.gateways) {
    const fields = { companyId, gateway, ours, foreign, agreeing, corrected, differing };
    if (stage === 'silent') logger.warn('books not compared', { ...fields, alarm: 'gateway-silent' });
    else logger.info('books compared', fields);
  }
}
