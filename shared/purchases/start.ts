/** The first half of a purchase: everything before money may move. */
import { createHash } from 'node:crypto';
import { type AccessCode, drawPassword, drawUsername, sealCode } from '../access/code.ts';
import type { Card, GatewayName } from '../gateways/gateway.ts';
import { newAccessId, newConsultToken, newPurchaseId } from '../platform/ids.ts';
import { Refusal } from '../platform/refusal.ts';
import { devicesOf, limitsOfProfile } from '../routers/health.ts';
import { canonicalMac } from '../routers/mac-address.ts';
import { Secret } from '../security/secret.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Access } from '../store/accesses.ts';
import type { Company } from '../store/companies.ts';
import type { Product } from '../store/products.ts';
import type { AccessKind, Purchase } from '../store/purchases.ts';
import type { Health, RouterHealthStore } from '../store/router-health.ts';
import type { Router } from '../store/routers.ts';
import { deliveryDeadlineMs } from '../tenants/settings.ts';
import { admit, type CardTesterParts, type Declines } from './card-testers.ts';
import { extend, type Extension } from './extend.ts';
import type { SettleParts } from './settle.ts';

export interface Order {
  readonly company: Company;
  readonly router: Router;
  readonly health: Health;
  readonly productId: number;
  /** undefined when the caller asked for one that is not there. */
  readonly product: Product | undefined;
  readonly apiKeyId: string;
  readonly gateway: GatewayName;
  /** The company's own, in force now; null when it has none for this gateway. */
  readonly credentials: SealedCredentials | null;
  readonly card: Card;
  /** What the portal says it costs, where it says so. The price is the product's. */
  readonly claimedMinor: number | null;
  readonly customer: Purchase['customer'];
  readonly userKind: AccessKind;
  readonly autoConnect: boolean;
  readonly macAddress: string | null;
  readonly ipAddress: string | null;
  /** From `idempotencyHash()`, and what already stands under it. */
  readonly keyHash: string;
  readonly standing: { readonly purchaseId: number; readonly bodyHash: string; readonly expiresAt: number } | undefined;
  readonly declines: Declines;
  /** To be added to an access that is there; null for a new one. */
  readonly extension: Extension | null;
  readonly receivedAt: number;
}

export interface SealedCredentials {
  readonly version: number;
  readonly sealedPrivateKey: string;
}

export interface BuyParts extends SettleParts, CardTesterParts {
  readonly health: RouterHealthStore;
  readonly accessCodes: SecretBox;
}

const SECOND = 1000;
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

export interface Created {
  readonly purchase: Purchase;
  /** What the charge is made with. */
  readonly sealedPrivateKey: string;
  readonly access: Access;
  readonly consultToken: Secret;
  /** From `admit()`. */
  readonly isKnownDevice: boolean;
}

export type Started =
  | ({ readonly kind: 'started' } & Created)
  | { readonly kind: 'repeated'; readonly purchaseId: number }
  | { readonly kind: 'other-open'; readonly purchaseId: number };

/**
 * The write before any money call (design 3, step 3): refuses what the request itself is refused for, recognises one that
 * was made before, and otherwise writes the intent.
 *
 * @throws Refusal for everything that is refused before any money moves; nothing is stored then
 */
export async function start(order: Order, parts: BuyParts): Promise<Started> {
  const { company } = order;
  const { keyHash, standing } = order;
  const bodyHash = sha256(canonicalBody(order));
  // A repeated request is answered from what is known, even while the router is down or the product is no longer sold.
  if (standing && standing.expiresAt > order.receivedAt) return sameRequest(standing, bodyHash);

  if (!isUsableToken(order.card.token)) throw new Refusal('card-token-invalid');
  const { credentials } = order;
  if (!credentials) throw new Refusal('gateway-not-configured');
  const product = sellable(order);
  refuseOtherAmount(order, product);
  // Judged before anything is counted against the buyer.
  const extended = order.extension ? await extend(company.id, order.extension, product, parts) : undefined;
  const admission = await admit(order, parts);
  if (admission.kind === 'refused') return twinOf(order, bodyHash, admission, parts);
  const claim = extended ?? (await newCode(order, parts));
  for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
    const now = parts.clock.now();
    const access = claim.kind === 'extended' ? claim.access : draftAccess(order, product, claim.sealedCode, now);
    const purchase = draftPurchase({ order, product, access, credentials, code: claim.code, now });
    const idempotency = { keyHash, bodyHash, expiresAt: now + IDEMPOTENCY_KEPT_MS };
    const made = claim.kind === 'new' ? access : undefined;
    const result = await parts.purchases.start(purchase, made, idempotency, order.receivedAt);
    switch (result.kind) {
      case 'started':
        return {
          kind: 'started',
          purchase,
          access,
          consultToken: claim.code.consultToken,
          sealedPrivateKey: credentials.sealedPrivateKey,
          isKnownDevice: admission.isKnownDevice,
        };
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

async function newCode({ userKind, company }: Order, { accessCodes }: BuyParts) {
  const code: AccessCode = { password: drawPassword(userKind), consultToken: new Secret(newConsultToken()) };
  return { kind: 'new', code, sealedCode: await sealCode(accessCodes, company.id, code) } as const;
}

/**
 * Of two equal requests at once one may have been let in while the other asked the router: who is refused looks again, or a
 * buyer would be told to pay later while they are being charged.
 *
 * @throws Refusal too-many-declines when nothing was begun
 */
async function twinOf(
  { company, router, keyHash, receivedAt }: Order,
  bodyHash: string,
  { retryAfterSeconds }: { readonly retryAfterSeconds: number },
  { purchases }: BuyParts,
): Promise<Started> {
  const standing = await purchases.madeBy(company.id, router.id, keyHash);
  if (standing && standing.expiresAt > receivedAt) return sameRequest(standing, bodyHash);
  throw new Refusal('too-many-declines', { retryAfterSeconds });
}

function sameRequest(standing: { readonly purchaseId: number; readonly bodyHash: string }, bodyHash: string): Started {
  if (standing.bodyHash !== bodyHash) throw new Refusal('idempotency-key-reused');
  return { kind: 'repeated', purchaseId: standing.purchaseId };
}

/** Everything that makes two requests the same, in one fixed order; the token only as its hash. */
function canonicalBody(order: Order): string {
  const { productId, customer, userKind, autoConnect, macAddress, ipAddress, card, extension } = order;
  return JSON.stringify([
    productId,
    sha256(card.token.reveal()),
    card.paymentMethodId,
    card.installments,
    card.issuerId,
    customer.name,
    customer.email,
    customer.phone,
    userKind,
    autoConnect,
    macAddress,
    ipAddress,
    ...(extension ? [extension.username, sha256(extension.token.reveal())] : []),
  ]);
}

function draftAccess(order: Order, product: Product, sealedCode: string, now: number): Access {
  return {
    id: newAccessId(),
    companyId: order.company.id,
    routerId: order.router.id,
    username: drawUsername(),
    sealedCode,
    profileName: product.profileName,
    profileLimits: limitsOfProfile(order.health, product.profileName) ?? null,
    clock: product.timeSold.clock,
    devices: product.timeSold.devices ?? devicesOf(order.health, product.profileName),
    firstSeenAt: null,
    used: { seconds: 0, bytes: 0 },
    usedAt: null,
    usedBefore: { seconds: 0, bytes: 0 },
    madeAt: null,
    endedAt: null,
    grants: [],
    desired: 'absent',
    observed: 'absent',
    confirmedAt: null,
    wantedSince: null,
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
  readonly credentials: SealedCredentials;
  readonly code: AccessCode;
  readonly now: number;
}

function draftPurchase({ order, product, access, credentials, code, now }: Draft): Purchase {
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
    gateway: order.gateway,
    credentialsVersion: credentials.version,
    orderRef: null,
    paymentId: null,
    live: null,
    paidWith: null,
    refusal: null,
    orderFailure: null,
    routerRefusal: null,
    nextActionUrl: null,
    nextActionCreq: null,
    amountMinor: product.priceMinor,
    currency: product.currency,
    refundTargetMinor: 0,
    refundedMinor: 0,
    surplusPaymentIds: [],
    refundAttempt: null,
    refundAttempts: 0,
    refundDecidedBy: null,
    refundSince: null,
    refundFailedSince: null,
    keptBy: null,
    disputedAt: null,
    withdrawnAt: null,
    chargedBackAt: null,
    productName: product.saleName,
    profileName: product.profileName,
    timeSold: product.timeSold,
    timeFrom: null,
    customer,
    userKind: code.password.reveal() === '' ? 'pin' : 'usuario_contrasena',
    autoConnect: order.autoConnect,
    macAddress,
    ipAddress: order.ipAddress,
    consultHash: sha256(code.consultToken.reveal()),
    openGuards: [
      `email:${sha256(customer.email.toLowerCase())}`,
      ...(macAddress === null ? [] : [`mac:${canonicalMac(macAddress)}`]),
    ],
    idempotencyHash: order.keyHash,
    jobId: null,
    createdAt: now,
    chargingAt: null,
    paidAt: null,
    forgottenAt: null,
    deliverWithinMs: deliveryDeadlineMs(order.company),
    deliverBy: null,
    deliveredAt: null,
    looks: 0,
    waitingSince: null,
    dueAt: now + 60 * SECOND,
  };
}

/** Contract 7.2, check 4: the portal showed the buyer a price, and no other one may be charged. */
function refuseOtherAmount({ claimedMinor }: Order, { priceMinor }: Product): void {
  if (claimedMinor !== null && Math.abs(claimedMinor - priceMinor) > 1)
    throw new Refusal('amount-differs', { claimedMinor, priceMinor });
}

function sellable({ product, router }: Order): Product {
  if (!product || !product.active || product.routerId !== router.id) throw new Refusal('product-unknown');
  return product;
}
