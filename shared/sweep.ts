import { carryOn, type ReconcileDueParts, reconcileIfUp } from './access/reconcile-due.ts';
import { redriveAccess } from './access/redrive.ts';
import { Arrears, arrearsOfAccess, arrearsOfPurchase } from './purchases/arrears.ts';
import { countSales, type CountingParts } from './purchases/count-sales.ts';
import { compareBooks, type ComparisonParts } from './purchases/comparison.ts';
import { reconcilePurchase } from './purchases/reconcile.ts';
import { type ForgetParts, walkAndForget } from './purchases/forget.ts';
import { followHint, type HintParts } from './purchases/follow-hint.ts';
import type { Measured } from './platform/metrics.ts';
import type { Courier } from './notify/courier.ts';
import { beat, type WatchParts } from './routers/watch.ts';
import { accessSchema } from './store/accesses.ts';
import { comparisonSchema } from './store/comparisons.ts';
import { messageSchema } from './store/messages.ts';
import { owedNoticeSchema } from './store/notices.ts';
import { purchaseSchema } from './store/purchases.ts';
import { forgetSchema } from './store/forgets.ts';
import { hintSchema } from './store/hints.ts';
import { type Reconcile, reconcileSchema } from './store/reconciles.ts';
import { registrationSchema } from './store/registrations.ts';
import { tallySchema } from './store/figures.ts';
import { type Attributes, type Key, keys, prefixes, type Table } from './store/table.ts';
import { watchSchema } from './store/watches.ts';
import { peersOwedSchema } from './store/tunnel-peers.ts';
import { type PeerParts, tellHub } from './onboarding/peers.ts';
import { registerWebhook, type RegistrationParts } from './tenants/conekta-webhook.ts';

interface SweepParts
  extends
    HintParts,
    RegistrationParts,
    ComparisonParts,
    CountingParts,
    ForgetParts,
    WatchParts,
    ReconcileDueParts,
    PeerParts {
  readonly table: Table;
  /** Of this sweep alone. */
  readonly courier: Courier;
}

/** One batched read's worth at a time keeps memory flat, however much is owed. */
const PAGE = 100;
/** Those that are down stand first; that so many are is all that an alarm has to know. */
const FLEET_PAGE = 100;
/** Within it each router's heartbeat, and the look that confirms it, come by at the usual pace. */
const JUST_LOST_MS = 30 * 60_000;
/** Items worked on at once: enough to hide the gateway's latency, few enough to spare its rate limit. */
const AT_ONCE = 8;
/** Leaves the function's 55 s in time to finish what it began; the rest is due still and comes with the next sweep. */
const STOP_AFTER_MS = 40_000;

/**
 * Re-drives everything owed, oldest first. The index lags behind the items, so each item is read again and acted on by
 * condition: two sweeps at once, or one that dies half-way, do no harm.
 */
export async function sweepDue(parts: SweepParts): Promise<void> {
  const { table, watches, clock, logger } = parts;
  const startedAt = clock.now();
  const hasTime = () => clock.now() - startedAt < STOP_AFTER_MS;
  const seen = new Set<string>();
  const carriedOn: Promise<void>[] = [];
  const arrears = new Arrears();
  const failed = (key: Key) => (error: unknown) =>
    logger.error('due item failed', error, { item: key.sk, alarm: 'due-item-failed' });
  const turn = async (key: Key, item: Attributes | undefined): Promise<void> => {
    const reconcile = item && isDue(item, startedAt) ? reconcileUnderWay(key, item) : undefined;
    if (!reconcile) return settleItem(key, item, startedAt, { ...parts, arrears });
    // Goes on beside the others: it takes as long as there is time.
    carriedOn.push(carryOn(reconcile, parts, startedAt + STOP_AFTER_MS).catch(failed(key)));
  };
  while (hasTime()) {
    // An item that stays due after its turn waits for the next sweep, or this loop would never end. It may stand in front
    // of others: however many there are of its kind, the page reaches beyond them.
    const due = await table.queryDue(startedAt, seen.size + PAGE);
    const fresh = due.filter((key) => !seen.has(nameOf(key))).slice(0, PAGE);
    if (fresh.length === 0) break;
    for (const key of fresh) seen.add(nameOf(key));
    const items = await table.batchGet(fresh);
    for (const item of items) if (item && isDue(item, startedAt)) arrears.add(waitOf(item, startedAt));
    await inParallel(fresh, AT_ONCE, async (key, index) => {
      if (hasTime()) await turn(key, items[index]).catch(failed(key));
    });
    const tallies = items.flatMap((item) =>
      item && isTally(item) && isDue(item, startedAt) ? [tallySchema.parse(item)] : [],
    );
    // Together, since they add to the same sums.
    for (const [companyId, ofCompany] of Map.groupBy(tallies, ({ companyId }) => companyId))
      if (hasTime()) await countSales(companyId, ofCompany, parts).catch(failed(keys.company(companyId)));
    logger.info('due items settled', { count: fresh.length });
  }
  await Promise.all(carriedOn);
  const fleet = await watches.fleet('', FLEET_PAGE);
  const down = fleet.flatMap(({ toldDownSince }) => toldDownSince ?? []);
  const lost = down.filter((since) => startedAt - since < JUST_LOST_MS);
  logger.measure({
    ...arrears.oldest,
    ...parts.courier.measured,
    'routers-down': down.length,
    'routers-lost': lost.length,
  });
}

/** Messages stay due while their bot or Telegram does not take them: that is no lag of ours, nor another's. */
function waitOf({ sk, dueAt }: Attributes, now: number): Measured {
  const seconds = (now - Number(dueAt)) / 1000;
  return isForTelegram(String(sk)) ? { untold: seconds } : { 'due-lag': seconds };
}

const isForTelegram = (sk: string): boolean => sk.startsWith(prefixes.messages) || sk.startsWith(prefixes.notices);

const isTally = ({ sk }: Attributes): boolean => typeof sk === 'string' && sk.startsWith(prefixes.tallies);

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

/** One whose first slice did not do. */
function reconcileUnderWay(key: Key, item: Attributes): Reconcile | undefined {
  if (!key.sk.startsWith(prefixes.reconciles)) return undefined;
  const reconcile = reconcileSchema.parse(item);
  return reconcile.run === null ? undefined : reconcile;
}

async function settleItem(
  key: Key,
  item: Attributes | undefined,
  now: number,
  parts: SweepParts & { readonly arrears: Arrears },
): Promise<void> {
  if (!item || !isDue(item, now)) return;
  if (key.sk.startsWith(prefixes.purchases)) {
    const purchase = purchaseSchema.parse(item);
    parts.arrears.add(arrearsOfPurchase(purchase, now));
    await reconcilePurchase(purchase, parts);
  }
  if (key.sk.startsWith(prefixes.accesses)) {
    const access = accessSchema.parse(item);
    parts.arrears.add(arrearsOfAccess(access, now));
    await redriveAccess(access, parts);
  }
  if (key.sk.startsWith(prefixes.hints)) await followHint(hintSchema.parse(item), parts);
  if (key.sk.startsWith(prefixes.registrations)) await registerWebhook(registrationSchema.parse(item), parts);
  if (key.sk.startsWith(prefixes.comparisons)) await compareBooks(comparisonSchema.parse(item), parts);
  if (key.sk.startsWith(prefixes.reconciles)) await reconcileIfUp(reconcileSchema.parse(item), parts);
  if (key.sk.startsWith(prefixes.watches)) await beat(watchSchema.parse(item), parts);
  if (key.sk.startsWith(prefixes.forgets)) await walkAndForget(forgetSchema.parse(item), parts);
  if (key.sk === prefixes.tunnelPeers) await tellHub(peersOwedSchema.parse(item), parts);
  if (key.sk.startsWith(prefixes.messages)) await parts.courier.bringMessage(messageSchema.parse(item));
  if (key.sk.startsWith(prefixes.notices)) await parts.courier.bringNotice(owedNoticeSchema.parse(item));
}

const isDue = (item: Attributes, now: number): boolean => typeof item['dueAt'] === 'number' && item['dueAt'] <= now;

async function inParallel<T>(things: readonly T[], width: number, work: (thing: T, index: number) => Promise<void>) {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < things.length; index = next++) {
      const thing = things[index];
      if (thing !== undefined) await work(thing, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, things.length) }, lane));
}
