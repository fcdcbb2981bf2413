/**
 * A purchase from the request to the answer, in the order of design 3: refuse what can be refused for free, write the
 * intent, ask after the router, charge, write the result, deliver, answer. Whatever dies between two lines is picked up by
 * `reconcile.ts`.
 */
import { type AccessCode, openCode } from '../access/code.ts';
import type { LogInResult } from '../access/log-in-device.ts';
import { Refusal } from '../platform/refusal.ts';
import { preflight } from '../routers/health.ts';
import { waitFor } from '../platform/wait-for.ts';
import type { Secret } from '../security/secret.ts';
import type { Access } from '../store/accesses.ts';
import type { Job } from '../store/jobs.ts';
import type { Purchase } from '../store/purchases.ts';
import { leavePlace, takePlace } from './card-testers.ts';
import { grantsAccess } from './purchase.ts';
import { eventOf, intentOf, settle } from './settle.ts';
import { isKeyRefusal, tellOfRefusedKey } from './refused-key.ts';
import { type BuyParts, type Created, type Order, start } from './start.ts';

export type Delivery = 'delivered' | 'pending';

export type BuyResult =
  | {
      readonly kind: 'paid';
      readonly purchase: Purchase;
      readonly access: Access;
      readonly code: AccessCode;
      readonly delivery: Delivery;
      readonly logIn: LogInResult | null;
    }
  /** Not paid, or not known yet; the state tells. */
  | { readonly kind: 'unpaid'; readonly purchase: Purchase; readonly consultToken: Secret }
  /** A purchase of this buyer is open on this router, or this very request's cannot be read now: no second charge. */
  | { readonly kind: 'other-open'; readonly purchaseId: number };

const SECOND = 1000;
/** API Gateway cuts at 30 s; the answer has to be on its way by then. */
const ANSWER_WITHIN_MS = 25 * SECOND;
/** The router's answer, where what is known of it is not fresh. */
const PROBE_WITHIN_MS = 4 * SECOND;
/** Order, charge and a first look at a lost answer, together. */
const CHARGE_WITHIN_MS = 10 * SECOND;
const FIRST_LOOK_WITHIN_MS = 4 * SECOND;

/**
 * @throws Refusal for what the request itself is refused for; nothing is stored then
 */
export async function buy(order: Order, parts: BuyParts): Promise<BuyResult> {
  const until = order.receivedAt + ANSWER_WITHIN_MS;
  const started = await start(order, parts);
  switch (started.kind) {
    case 'other-open':
      return started;
    case 'repeated':
      return repeat(started.purchaseId, order, until, parts);
    case 'started':
      return pay(started, order, until, parts);
  }
}

/**
 * The purchase is written, so whatever breaks, the sweep brings it to its end and its link tells the buyer; an answer that
 * sounds like a failure would make them pay again.
 */
async function pay(created: Created, order: Order, until: number, parts: BuyParts): Promise<BuyResult> {
  const { purchase, consultToken } = created;
  const { id: purchaseId, accessId, routerId } = purchase;
  parts.logger.info('purchase begun', { purchaseId, accessId, routerId });
  try {
    const refused = await refuseIfRouterCannotSell(created.purchase, order, parts);
    return await answer(refused ?? (await chargeInPlace(created, order, until, parts)), until, parts);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    parts.logger.error('purchase left to the sweep', error, { purchaseId, alarm: 'purchase-interrupted' });
    return { kind: 'unpaid', purchase, consultToken };
  }
}

/**
 * Asked after the write, not before: of two equal requests at once only one may decide, or one would be told that nothing
 * was charged while the other one charges.
 */
async function refuseIfRouterCannotSell(
  purchase: Purchase,
  { health: known }: Order,
  parts: BuyParts,
): Promise<Purchase | undefined> {
  const { companyId, routerId, profileName } = purchase;
  const subject = { companyId, routerId, known, profileName };
  const outlook = await preflight(subject, parts, parts.clock.now() + PROBE_WITHIN_MS);
  if (outlook === 'sells') return undefined;
  return (await settle(purchase, { kind: 'router-refused', cause: outlook }, parts)).purchase;
}

/** The first request may have charged by now: the second one too is told to wait, whatever it cannot read. */
async function repeat(purchaseId: number, order: Order, until: number, parts: BuyParts): Promise<BuyResult> {
  try {
    return await follow(purchaseId, order, until, parts);
  } catch (error) {
    parts.logger.error('repeated request not answered', error, { purchaseId, alarm: 'purchase-interrupted' });
    return { kind: 'other-open', purchaseId };
  }
}

/**
 * One card may be tried in the place that was taken for it (card-testers.ts).
 *
 * @throws Refusal too-many-declines, the purchase closed and its key free, when others were faster
 */
async function chargeInPlace(created: Created, order: Order, until: number, parts: BuyParts): Promise<Purchase> {
  const place = await takePlace(order, created.isKnownDevice, parts);
  if (place.kind === 'none') {
    await settle(created.purchase, { kind: 'abandoned' }, parts);
    throw new Refusal('too-many-declines', { retryAfterSeconds: place.retryAfterSeconds });
  }
  let charged: Purchase | undefined;
  try {
    charged = await charge(created, order, until, parts);
    if (isKeyRefusal(charged)) await tellOfRefusedKey(charged, parts);
    return charged;
  } finally {
    await leavePlace(charged, order, place, parts);
  }
}

/** Order without money, its id stored, then the charge: at most one, whatever happens (payments A.6). */
async function charge(
  { purchase: created, access, sealedPrivateKey }: Created,
  order: Order,
  until: number,
  parts: BuyParts,
): Promise<Purchase> {
  const gateway = await parts.gateway(created.gateway);
  const privateKey = await parts.gatewayCredentials.open(created.companyId, sealedPrivateKey);
  // Late already, the order is not even made: what is charged must still be looked at and answered in time.
  const call = {
    privateKey,
    deadlineAt: Math.min(parts.clock.now() + CHARGE_WITHIN_MS, until - FIRST_LOOK_WITHIN_MS),
  };
  const intent = intentOf(created);

  const opened = await gateway.open(intent, call);
  if (opened.kind !== 'opened') {
    const failure = opened.kind === 'refused' ? opened.refusal : opened.cause;
    return (await settle(created, { kind: 'order-failed', failure }, parts)).purchase;
  }
  const { purchase: charging } = await settle(created, { kind: 'charge-sent', orderRef: opened.orderRef }, parts);
  // Somebody closed the purchase meanwhile (this function slept for a minute): it must not be charged any more.
  if (charging.state !== 'charging' || charging.orderRef !== opened.orderRef) return charging;

  const answered = await gateway.charge(opened.orderRef, order.card, intent, call);
  let settled = await settle(charging, eventOf(charging, answered, parts.logger), parts, { access });
  if (settled.purchase.state === 'in_doubt') {
    // The answer was lost. The order tells, and often at once.
    const look = { privateKey, deadlineAt: Math.min(parts.clock.now() + FIRST_LOOK_WITHIN_MS, until) };
    const seen = await gateway.look(opened.orderRef, look);
    settled = await settle(settled.purchase, eventOf(settled.purchase, seen, parts.logger), parts, { access });
  }
  if (settled.job) await parts.jobs.send(settled.job);
  return settled.purchase;
}

/** A repeated request waits for the first one's purchase and answers the same. */
async function follow(purchaseId: number, order: Order, until: number, parts: BuyParts): Promise<BuyResult> {
  const find = () => parts.purchases.find(order.company.id, purchaseId);
  const known = (purchase: Purchase | undefined) => (purchase && !isBeingCharged(purchase) ? purchase : undefined);
  const purchase =
    known(await find()) ?? (await waitFor(async () => known(await find()), until, parts.clock)) ?? (await find());
  if (!purchase) throw new Error('An idempotency key names a purchase that is not there');
  return answer(purchase, until, parts);
}

/** The first request is still at it, its first look at a lost answer included. */
const isBeingCharged = ({ state, looks }: Purchase): boolean =>
  state === 'created' || state === 'charging' || (state === 'in_doubt' && looks === 0);

/**
 * Waits for the router while it is being served, and says what the buyer may know. The last thing read before the answer is
 * the purchase itself: a code is never shown for one that is no longer paid (design 3, rule 7).
 */
async function answer(purchase: Purchase, until: number, parts: BuyParts): Promise<BuyResult> {
  const { companyId, id, accessId, jobId } = purchase;
  const read = () => parts.purchases.findWithAccess(companyId, id, accessId, jobId);
  const isBeingServed = grantsAccess(purchase) && purchase.deliveredAt === null;
  const settled = isBeingServed ? await waitFor(async () => whenVisited(await read()), until, parts.clock) : undefined;
  const { purchase: current, access, job } = settled ?? (await read());
  if (!current || !access) throw new Error('A purchase or its access is gone');
  const code = await openCode(parts.accessCodes, companyId, access.sealedCode);
  if (!grantsAccess(current)) return { kind: 'unpaid', purchase: current, consultToken: code.consultToken };
  return {
    kind: 'paid',
    purchase: current,
    access,
    code,
    delivery: current.deliveredAt === null ? 'pending' : 'delivered',
    logIn: job?.outcome?.kind === 'converged' ? job.outcome.logIn : null,
  };
}

/** Visited by the job that was sent for it, or delivered by another when that one's message was lost. */
const whenVisited = <R extends { readonly purchase: Purchase | undefined; readonly job: Job | undefined }>(found: R) =>
  found.job?.outcome === null && found.purchase?.deliveredAt === null ? undefined : found;
