/** What becomes of a hint: the gateway is asked, by the credentials of that purchase, and only its answer counts. */
import { waitFor } from '../platform/wait-for.ts';
import type { Purchase } from '../store/purchases.ts';
import type { Hint, HintStore } from '../store/hints.ts';
import { credentialsInForce } from '../tenants/keys-in-force.ts';
import { spacingMs } from './hints.ts';
import { reviewPurchase } from './review.ts';
import type { SettleParts } from './settle.ts';

export interface HintParts extends SettleParts {
  readonly hints: HintStore;
}

const SECOND = 1000;
const CALL_WITHIN_MS = 8 * SECOND;
const ANSWER_WITHIN_MS = 1.5 * SECOND;
/** A gateway that does not answer is asked again ever more seldom. */
const LONGEST_BACK_OFF_MS = 60 * 60 * SECOND;
/** Verified and unknown: retried this long (design 3). Then the sweep and the daily comparison are left. */
const FOLLOWED_MS = 24 * 60 * 60 * SECOND;

/** Follows a hint that is due. Safe to run twice at once: one of the two takes it. */
export async function followHint(hint: Hint, parts: HintParts): Promise<void> {
  const { hints, clock, logger } = parts;
  const now = clock.now();
  if (hint.dueAt === null || hint.dueAt > now) return;
  const claimed = await hints.claim(hint, now + waitMs(hint));
  if (!claimed) return;
  const outcome = await follow(claimed, parts);
  logger.info('hint followed', { hint: hint.name, outcome });
  if (outcome === 'unknown' && now - (claimed.firstAt ?? now) < FOLLOWED_MS) return;
  if (outcome === 'unknown') logger.warn('hint given up', { hint: hint.name, alarm: 'hint-given-up' });
  await hints.settle(claimed);
}

const waitMs = (hint: Hint): number => Math.min(spacingMs(hint) * 2 ** hint.attempts, LONGEST_BACK_OFF_MS);

async function follow(hint: Hint, parts: HintParts): Promise<'settled' | 'foreign' | 'unknown'> {
  const found = await purchaseOf(hint, parts);
  if (typeof found === 'string') return found;
  const { approvedId, namedId } = hint.subject.kind === 'purchase' ? hint.subject : aboutGatewayId(hint.subject);
  const purchase = approvedId === null ? found : await onceCharged(found, parts);
  if (approvedId !== null && purchase.paymentId === approvedId) return 'settled';
  const reviewed = await reviewPurchase(purchase, parts, namedId ?? undefined);
  if (approvedId === null) return reviewed;
  const current = await parts.purchases.find(purchase.companyId, purchase.id);
  // A search lags behind the gateway's own notices (payments B.5): asked until it shows what was told.
  return current?.state === 'in_doubt' ? 'unknown' : reviewed;
}

const aboutGatewayId = ({ id }: { readonly id: string }) => ({ approvedId: null, namedId: id });

/** A webhook may be faster than the answer to the charge that it tells of: its handler is given a moment to hear it. */
async function onceCharged(purchase: Purchase, { purchases, clock }: HintParts): Promise<Purchase> {
  if (purchase.state !== 'charging') return purchase;
  const charged = async () => {
    const current = await purchases.find(purchase.companyId, purchase.id);
    return current?.state === 'charging' ? undefined : current;
  };
  return (await waitFor(charged, clock.now() + ANSWER_WITHIN_MS, clock)) ?? purchase;
}

async function purchaseOf({ companyId, subject }: Hint, parts: HintParts): Promise<Purchase | 'foreign' | 'unknown'> {
  const find = async (purchaseId: number) => (await parts.purchases.find(companyId, purchaseId)) ?? 'unknown';
  if (subject.kind === 'purchase') return find(subject.purchaseId);
  const call = await credentialsInForce(companyId, subject.gateway, parts, parts.clock.now() + CALL_WITHIN_MS);
  if (!call) return 'unknown';
  const gateway = await parts.gateway(subject.gateway);
  const traced = await gateway.trace(subject.id, call);
  switch (traced.kind) {
    case 'ours': {
      const purchase = await find(traced.purchaseId);
      // Another system of this company may count its sales as we do: what it sold is none of ours.
      if (purchase !== 'unknown' && purchase.orderRef !== traced.orderRef) return 'foreign';
      return purchase;
    }
    case 'foreign':
      return 'foreign';
    case 'not-found':
    case 'unknown':
      return 'unknown';
  }
}
