/** A webhook arrives: believed as far as its signature goes, stored as a hint, answered. The gateway is not waited for. */
import type { GatewayName } from '../gateways/gateway.ts';
import type { Logger } from '../platform/logger.ts';
import type { Company, CompanyStore } from '../store/companies.ts';
import type { HintSubject } from '../store/hints.ts';
import type { PurchaseStore } from '../store/purchases.ts';
import type { Hints } from './hints.ts';

/** What a webhook says. None of it is signed with Mercado Pago but its id, and none of it is believed with any. */
export interface Word {
  readonly gateway: GatewayName;
  readonly companyId: string | null;
  readonly purchaseId: number | null;
  /** Conekta's order, Mercado Pago's payment. */
  readonly gatewayId: string | null;
  /** The payment whose approval is all it tells of. */
  readonly approvedId: string | null;
}

/** `unverifiable`: the company has given no secret, or Conekta no key, to check a signature with. */
export type Signature = 'valid' | 'invalid' | 'missing' | 'unverifiable';

interface Parts {
  readonly companies: CompanyStore;
  readonly purchases: PurchaseStore;
  readonly hints: Hints;
  readonly logger: Logger;
}

/**
 * Verified and unknown is stored, and traced later. Unverified is stored only for a purchase we know: a look changes nothing
 * that is not so, and real signatures are known to fail in test mode (payments B.10). Anything else is dropped.
 *
 * @returns `forged` when a signature was due and is not right
 */
export async function receiveWebhook(
  word: Word,
  signatureFor: (company: Company) => Promise<Signature>,
  { companies, purchases, hints, logger }: Parts,
): Promise<'received' | 'forged'> {
  const { gateway, companyId, purchaseId, gatewayId, approvedId } = word;
  if (companyId === null) return 'received';
  const [company, purchase] = await Promise.all([
    companies.find(companyId),
    purchaseId === null ? undefined : purchases.find(companyId, purchaseId),
  ]);
  if (!company) return 'received';
  const signature = await signatureFor(company);
  const isKnown = purchase?.gateway === gateway;
  const isNews = approvedId === null || purchase?.paymentId !== approvedId;
  const isValid = signature === 'valid';
  const detail = isValid ? { approvedId, namedId: gatewayId } : { approvedId: null, namedId: null };
  const subject: HintSubject | undefined = isKnown
    ? { kind: 'purchase', purchaseId: purchase.id, ...detail }
    : isValid && gatewayId !== null
      ? { kind: 'gateway-id', gateway, id: gatewayId }
      : undefined;
  if (subject && isNews) await hints.fromWebhook(companyId, subject);
  const isForged = signature === 'invalid' || signature === 'missing';
  const about = { gateway, companyId, signature, known: isKnown };
  if (isForged) logger.warn('webhook not signed as it should be', { ...about, alarm: 'webhook-forged' });
  else logger.info('webhook received', about);
  return isForged ? 'forged' : 'received';
}
