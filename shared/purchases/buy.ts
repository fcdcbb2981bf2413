/**
 * A purchase from the request to the answer, in the order of design 3: refuse what can be refused for free, write the
 * intent, charge, write the result, deliver, answer. Whatever dies between two lines is picked up by `reconcile.ts`.
 */
import { createHash } from 'node:crypto';
import { type AccessCode, drawPassword, drawUsername, openCode, sealCode } from '../access/code.ts';
import type { LogInResult } from '../access/log-in-device.ts';
import { newAccessId, newConsultToken, newPurchaseId } from '../platform/ids.ts';
import { Refusal } from '../platform/refusal.ts';
import { preflight } from '../routers/health.ts';
import { waitFor } from '../routers/jobs.ts';
import { canonicalMac } from '../routers/mac-address.ts';
import { Secret } from '../security/secret.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Access } from '../store/accesses.ts';
import type { Company } from '../store/companies.ts';
import type { Job } from '../store/jobs.ts';
import type { Product } from '../store/products.ts';
import type { AccessKind, Purchase } from '../store/purchases.ts';
import type { Health, RouterHealthStore } from '../store/router-health.ts';
import type { Router } from '../store/routers.ts';
import { grantsAccess } from './purchase.ts';
import { eventOf, intentOf, settle, type SettleParts } from './settle.ts';

export interface Order {
  readonly company: Company;
  readonly router: Router;
  readonly health: Health;
  readonly productId: number;
  /** undefined when the caller asked for one that is not there. */
  readonly product: Product | undefined;
  readonly apiKeyId: string;
  readonly cardToken: Secret;
  readonly customer: Purchase['customer'];
  readonly userKind: AccessKind;
  readonly autoConnect: boolean;
  readonly macAddress: string | null;
  readonly ipAddress: string | null;
  /** From `idempotencyHash()`, and what already stands under it. */
  readonly keyHash: string;
  readonly standing: { readonly purchaseId: number; readonly bodyHash: string; readonly expiresAt: number } | undefined;
  readonly receivedAt: number;
}

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

export interface BuyParts extends SettleParts {
  readonly health: RouterHealthStore;
  readonly accessCodes: SecretBox;
}

const SECOND = 1000;
/** API Gateway cuts at 30 s; the answer has to be on its way by then. */
const ANSWER_WITHIN_MS = 25 * SECOND;
const PROBE_WITHIN_MS = 4 * SECOND;
/** Order, charge and a first look at a lost answer, together. */
const CHARGE_WITHIN_MS = 10 * SECOND;
const FIRST_LOOK_WITHIN_MS = 4 * SECOND;
const IDEMPOTENCY_KEPT_MS = 24 * 60 * 60 * SECOND;
const MAX_DRAWS = 5;

const isUsableToken = (token: Secret): boolean => token.reveal().trim() !== '';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Under which key a request is the same one again (design 3, step 3): the header's, or router, product and card token.
 *
 * @param header the `Idempotency-Key` header, if sent
 */
export function idempotencyHash(
  header: string | undefined,
  routerId: string,
  productId: number,
  cardToken: Secret,
): string {
  return sha256(header ?? `${routerId}\n${productId}\n${sha256(cardToken.reveal())}`);
}

/**
 * @throws Refusal for everything that is refused before any money moves; nothing is stored then
 */
export async function buy(order: Order, parts: BuyParts): Promise<BuyResult> {
  const until = order.receivedAt + ANSWER_WITHIN_MS;
  if (!isUsableToken(order.cardToken)) throw new Refusal('card-token-invalid');
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
 * From here on money may move. The purchase is written, so whatever breaks, the sweep brings it to its end and its link
 * tells the buyer; an answer that sounds like a failure would make them pay again.
 */
async function pay(created: Created, order: Order, until: number, parts: BuyParts): Promise<BuyResult> {
  const { purchase, consultToken } = created;
  try {
    return await answer(await charge(created, order, until, parts), until, parts);
  } catch (error) {
    parts.logger.error('purchase left to the sweep', error, { purchaseId: purchase.id, alarm: 'purchase-interrupted' });
    return { kind: 'unpaid', purchase, consultToken };
  }
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

function sellable({ product, router }: Order): Product {
  if (!product || !product.active || product.routerId !== router.id) throw new Refusal('product-unknown');
  return product;
}

interface Created {
  readonly purchase: Purchase;
  readonly access: Access;
  readonly consultToken: Secret;
}

type Started =
  | ({ readonly kind: 'started' } & Created)
  | { readonly kind: 'repeated'; readonly purchaseId: number }
  | { readonly kind: 'other-open'; readonly purchaseId: number };

/** The write before any money call (design 3, step 3). */
async function start(order: Order, parts: BuyParts): Promise<Started> {
  const { company } = order;
  const { keyHash, standing } = order;
  const bodyHash = sha256(canonicalBody(order));
  // A repeated request is answered from what is known, even while the router is down or the product is no longer sold.
  if (standing && standing.expiresAt > order.receivedAt) return sameRequest(standing, bodyHash);

  const product = sellable(order);
  await refuseIfRouterCannotSell(order, product, parts);
  const code: AccessCode = { password: drawPassword(order.userKind), consultToken: new Secret(newConsultToken()) };
  const sealedCode = await sealCode(parts.accessCodes, company.id, code);
  for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
    const now = parts.clock.now();
    const access = draftAccess(order, product, sealedCode, now);
    const purchase = draftPurchase({ order, product, access, keyHash, consultToken: code.consultToken, now });
    const idempotency = { keyHash, bodyHash, expiresAt: now + IDEMPOTENCY_KEPT_MS };
    const result = await parts.purchases.start(purchase, access, idempotency, now);
    switch (result.kind) {
      case 'started':
        return { kind: 'started', purchase, access, consultToken: code.consultToken };
      case 'same-request':
        return sameRequest(result, bodyHash);
      case 'open-purchase':
        return { kind: 'other-open', purchaseId: result.purchaseId };
      case 'collision':
        continue;
    }
  }
  throw new Error('No free user name was drawn');
}

function sameRequest(standing: { readonly purchaseId: number; readonly bodyHash: string }, bodyHash: string): Started {
  if (standing.bodyHash !== bodyHash) throw new Refusal('idempotency-key-reused');
  return { kind: 'repeated', purchaseId: standing.purchaseId };
}

/** Everything that makes two requests the same, in one fixed order; the token only as its hash. */
function canonicalBody(order: Order): string {
  const { productId, customer, userKind, autoConnect, macAddress, ipAddress, cardToken } = order;
  return JSON.stringify([
    productId,
    sha256(cardToken.reveal()),
    customer.name,
    customer.email,
    customer.phone,
    userKind,
    autoConnect,
    macAddress,
    ipAddress,
  ]);
}

async function refuseIfRouterCannotSell(order: Order, product: Product, parts: BuyParts): Promise<void> {
  const { company, router, health } = order;
  const subject = { companyId: company.id, routerId: router.id, known: health, profileName: product.profileName };
  const outlook = await preflight(subject, parts, parts.clock.now() + PROBE_WITHIN_MS);
  switch (outlook) {
    case 'sells':
      return;
    case 'unreachable':
      throw new Refusal('router-cannot-sell', { cause: 'El router no responde.' });
    case 'profile-missing':
      throw new Refusal('router-cannot-sell', { cause: `Perfil '${product.profileName}' no encontrado.` });
  }
}

function draftAccess(order: Order, product: Product, sealedCode: string, now: number): Access {
  return {
    id: newAccessId(),
    companyId: order.company.id,
    routerId: order.router.id,
    username: drawUsername(),
    sealedCode,
    profileName: product.profileName,
    grants: [],
    desired: 'absent',
    observed: 'absent',
    confirmedAt: null,
    version: 1,
    attempts: 0,
    uncertainSince: null,
    createdAt: now,
    dueAt: null,
  };
}

interface Draft {
  readonly order: Order;
  readonly product: Product;
  readonly access: Access;
  readonly keyHash: string;
  readonly consultToken: Secret;
  readonly now: number;
}

function draftPurchase({ order, product, access, keyHash, consultToken, now }: Draft): Purchase {
  const { company, router, customer, macAddress } = order;
  return {
    id: newPurchaseId(now),
    companyId: company.id,
    routerId: router.id,
    productId: product.id,
    accessId: access.id,
    apiKeyId: order.apiKeyId,
    state: 'created',
    version: 1,
    gateway: 'conekta',
    credentialsVersion: company.conekta.version,
    orderRef: null,
    paymentId: null,
    live: null,
    refusal: null,
    orderFailure: null,
    nextActionUrl: null,
    amountMinor: product.priceMinor,
    currency: product.currency,
    refundTargetMinor: 0,
    refundedMinor: 0,
    surplusPaymentIds: [],
    refundAttempt: null,
    refundAttempts: 0,
    refundDecidedBy: null,
    refundFailedSince: null,
    keptBy: null,
    productName: product.saleName,
    profileName: product.profileName,
    customer,
    userKind: order.userKind,
    autoConnect: order.autoConnect,
    macAddress,
    ipAddress: order.ipAddress,
    consultHash: sha256(consultToken.reveal()),
    openGuards: [
      `email:${sha256(customer.email.toLowerCase())}`,
      ...(macAddress === null ? [] : [`mac:${canonicalMac(macAddress)}`]),
    ],
    idempotencyHash: keyHash,
    jobId: null,
    createdAt: now,
    chargingAt: null,
    paidAt: null,
    deliveredAt: null,
    looks: 0,
    waitingSince: null,
    dueAt: now + 60 * SECOND,
  };
}

/** Order without money, its id stored, then the charge: at most one, whatever happens (payments A.6). */
async function charge(
  { purchase: created, access }: Created,
  order: Order,
  until: number,
  parts: BuyParts,
): Promise<Purchase> {
  const gateway = await parts.gateway(created.gateway);
  const privateKey = await parts.gatewayCredentials.open(created.companyId, order.company.conekta.sealedPrivateKey);
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

  const answered = await gateway.charge(opened.orderRef, order.cardToken, intent, call);
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
