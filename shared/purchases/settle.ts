/** From a gateway's answer to our books: the one place where money moves, and access with it. */
import { type AccessEvent, stepAccess } from '../access/access.ts';
import type { ChargeAnswer, ChargeIntent, LookAnswer, PaymentGateway } from '../gateways/gateway.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { canonicalMac } from '../routers/mac-address.ts';
import type { Jobs } from '../routers/jobs.ts';
import type { Secret } from '../security/secret.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Access, AccessStore } from '../store/accesses.ts';
import type { CompanyStore } from '../store/companies.ts';
import type { Job } from '../store/jobs.ts';
import type { NoticeStore } from '../store/notices.ts';
import type { Purchase, PurchaseStore } from '../store/purchases.ts';
import { tallyOf } from './figures.ts';
import { grantsAccess, step } from './purchase.ts';
import type { PurchaseEvent } from './purchase-transitions.ts';

export interface SettleParts {
  readonly purchases: PurchaseStore;
  readonly accesses: AccessStore;
  readonly companies: CompanyStore;
  readonly gatewayCredentials: SecretBox;
  readonly gateway: (name: Purchase['gateway']) => Promise<PaymentGateway>;
  readonly jobs: Jobs;
  readonly notices: NoticeStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

const MAX_RACES = 5;

/** How long a phone's login is worth trying after the money is known: the buyer waits in front of the portal. */
const LOG_IN_WITHIN_MS = 20_000;

export interface Settled {
  readonly purchase: Purchase;
  /** The router job that this very call made due; the caller sends it. */
  readonly job: Job | undefined;
  /** Whether this very call wrote the step; false for no news, a refused event, and a lost race. */
  readonly moved: boolean;
}

interface Circumstances {
  /** The access as this caller last wrote it, to save reading it again. */
  readonly access?: Access | undefined;
  /** Gives the event anew after a lost race, having asked the gateway again; undefined when there is nothing left to do. */
  readonly refresh?: (current: Purchase) => Promise<PurchaseEvent | undefined>;
}

/**
 * Steps a purchase by an event and writes the result, together with the access and a router job when the step grants or
 * revokes one. A lost race re-reads our row and steps again (design 3, rule 7).
 */
export async function settle(
  purchase: Purchase,
  event: PurchaseEvent,
  parts: SettleParts,
  { access, refresh = () => Promise.resolve(undefined) }: Circumstances = {},
): Promise<Settled> {
  let before = purchase;
  let known = access;
  let next: PurchaseEvent | undefined = event;
  for (let race = 0; next !== undefined && race < MAX_RACES; race += 1) {
    const stepped = step(before, next, parts.clock.now());
    if (stepped.kind !== 'moved') return { purchase: before, job: undefined, moved: false };
    const written = await write(before, stepped.purchase, known, parts);
    if (written) {
      const { state: to } = written.purchase;
      const { id: purchaseId, accessId, state: from } = before;
      parts.logger.info('purchase moved', { purchaseId, accessId, by: next.kind, from, to });
      if (written.purchase.surplusPaymentIds.length > before.surplusPaymentIds.length)
        parts.logger.warn('paid a second time', { purchaseId: before.id, alarm: 'second-payment' });
      measure(before, written.purchase, parts);
      return written;
    }
    known = undefined;
    const current = await parts.purchases.find(before.companyId, before.id);
    if (!current) break;
    // Where only the access has moved, nothing is new about the money.
    next = current.version === before.version ? next : await refresh(current);
    before = current;
  }
  return { purchase: before, job: undefined, moved: false };
}

function measure(before: Purchase, { state }: Purchase, { logger }: SettleParts): void {
  if (state === before.state) return;
  if (state === 'paid' && before.paymentId === null) logger.measure({ sales: 1 });
  if (state === 'refund_failed') logger.measure({ 'refunds-failed': 1 });
}

async function write(
  before: Purchase,
  after: Purchase,
  known: Access | undefined,
  parts: SettleParts,
): Promise<Settled | undefined> {
  const { purchases, accesses, jobs, clock } = parts;
  const at = clock.now();
  const tally = tallyOf(before, after);
  const grants = grantsAccess(after);
  if (grants === grantsAccess(before))
    return (await purchases.move({ before, after, tally, at }))
      ? { purchase: after, job: undefined, moved: true }
      : undefined;
  const access = known ?? (await accesses.find(before.companyId, before.accessId));
  if (!access) throw new Error('A purchase has no access');
  const moved = stepAccess(access, grants ? granted(after, at) : { kind: 'revoked', purchaseId: before.id }, at);
  const job = jobs.draft(before.companyId, before.routerId, {
    kind: 'converge-access',
    accessId: access.id,
    logIn: grants ? logInOf(after, at) : null,
  });
  const purchase = { ...after, jobId: job.id };
  return (await purchases.move({ before, after: purchase, access: { before: access, after: moved }, job, tally, at }))
    ? { purchase, job, moved: true }
    : undefined;
}

const granted = ({ id, timeSold, timeFrom }: Purchase, at: number): AccessEvent => ({
  kind: 'granted',
  grant: { purchaseId: id, since: timeFrom ?? at, seconds: timeSold.seconds, bytes: timeSold.bytes },
});

const logInOf = ({ autoConnect, macAddress }: Purchase, now: number) =>
  autoConnect && macAddress !== null ? { macAddress: canonicalMac(macAddress), until: now + LOG_IN_WITHIN_MS } : null;

/** What a gateway's answer means for a purchase. An approval that is not for this very purchase settles nothing. */
export function eventOf(purchase: Purchase, answer: ChargeAnswer | LookAnswer, logger: Logger): PurchaseEvent {
  switch (answer.kind) {
    case 'approved': {
      const { minor, currency } = answer.approval.amount;
      if (minor === purchase.amountMinor && currency.toUpperCase() === purchase.currency)
        return { kind: 'approved', approval: answer.approval };
      logger.warn('approved amount differs', { purchaseId: purchase.id, alarm: 'amount-mismatch' });
      return stillUnknown(purchase);
    }
    case 'declined':
      return { kind: 'declined', refusal: answer.refusal };
    case 'action-required':
      return purchase.state === 'action_required'
        ? { kind: 'looked' }
        : { kind: 'action-required', action: answer.action };
    case 'awaiting-payment':
      return purchase.state === 'awaiting_payment' ? { kind: 'looked' } : { kind: 'awaiting-payment' };
    case 'closed':
      return { kind: 'closed-without-charge' };
    case 'no-charge':
    case 'unknown':
      return stillUnknown(purchase);
  }
}

const stillUnknown = (purchase: Purchase): PurchaseEvent =>
  purchase.state === 'charging' ? { kind: 'answer-lost' } : { kind: 'looked' };

/** The private key a purchase was made with: it is settled and refunded by the same account (design 3). */
export async function keyOf(purchase: Purchase, parts: SettleParts): Promise<Secret> {
  const { companyId, gateway, credentialsVersion } = purchase;
  const stored = await parts.companies.findCredentials(companyId, gateway, credentialsVersion);
  if (!stored) throw new Error('A purchase has no credentials');
  return parts.gatewayCredentials.open(companyId, stored.sealedPrivateKey);
}

export const intentOf = (purchase: Purchase): ChargeIntent => ({
  purchaseId: purchase.id,
  companyId: purchase.companyId,
  routerId: purchase.routerId,
  productId: purchase.productId,
  amount: { minor: purchase.amountMinor, currency: purchase.currency },
  productName: purchase.productName,
  customer: purchase.customer,
  autoConnect: purchase.autoConnect,
  macAddress: purchase.macAddress,
  ipAddress: purchase.ipAddress,
  userKind: purchase.userKind,
});
