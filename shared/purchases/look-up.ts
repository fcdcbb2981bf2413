import { createHash, timingSafeEqual } from 'node:crypto';
import { type AccessCode, openCode } from '../access/code.ts';
import { Refusal } from '../platform/refusal.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Access, AccessStore } from '../store/accesses.ts';
import type { Company } from '../store/companies.ts';
import type { Purchase, PurchaseStore } from '../store/purchases.ts';
import type { User } from '../store/users.ts';
import { mayTouch } from '../tenants/company.ts';
import { grantsAccess } from './purchase.ts';

export interface FoundPurchase {
  readonly purchase: Purchase;
  /** Only for the bearer of the purchase's own link, and only while it is paid. */
  readonly opened: { readonly access: Access; readonly code: AccessCode } | undefined;
  readonly isOwn: boolean;
}

/**
 * A purchase by its number, as its link asks for it. The number travels to gateways, routers and logs, so alone it gives the
 * state only; what was bought, and the code, need the secret `t`.
 *
 * @throws Refusal `purchase-not-found`
 */
export async function lookUpPurchase(
  purchaseId: number,
  token: string | undefined,
  { purchases, accessCodes }: { readonly purchases: PurchaseStore; readonly accessCodes: SecretBox },
): Promise<FoundPurchase> {
  const companyId = await purchases.ownerOf(purchaseId);
  const purchase = companyId === undefined ? undefined : await purchases.find(companyId, purchaseId);
  if (!purchase) throw new Refusal('purchase-not-found');
  const isOwn = token !== undefined && isTokenOf(purchase, token);
  if (!isOwn || !grantsAccess(purchase)) return { purchase, isOwn, opened: undefined };
  const current = await purchases.findWithAccess(purchase.companyId, purchase.id, purchase.accessId, null);
  if (!current.purchase || !current.access || !grantsAccess(current.purchase))
    return { purchase: current.purchase ?? purchase, isOwn, opened: undefined };
  const code = await openCode(accessCodes, purchase.companyId, current.access.sealedCode);
  return { purchase: current.purchase, isOwn, opened: { access: current.access, code } };
}

/** A company's own purchase. @throws Refusal `transaction-not-found`, another company's included */
export async function requirePurchase(
  companyId: string,
  purchaseId: number,
  purchases: PurchaseStore,
): Promise<Purchase> {
  const purchase = await purchases.find(companyId, purchaseId);
  if (!purchase) throw new Refusal('transaction-not-found');
  return purchase;
}

export interface PurchaseByReference {
  readonly purchase: Purchase;
  readonly username: string | null;
  readonly company: Company | undefined;
}

/** `HS<number>`, as Mercado Pago knows a purchase, or the number alone. @returns undefined for what is neither */
export function purchaseNumberIn(reference: string): number | undefined {
  const [, digits] = /^(?:HS)?(\d{1,16})$/.exec(reference) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * A purchase by what it is called at Mercado Pago, or here, for staff. Conekta's own order ids are not to be found by.
 *
 * @throws Refusal `reference-not-found`, another company's purchase included
 */
export async function lookUpByReference(
  reference: string,
  user: User,
  { purchases, accesses }: { readonly purchases: PurchaseStore; readonly accesses: AccessStore },
): Promise<PurchaseByReference> {
  const number = purchaseNumberIn(reference);
  const companyId = number === undefined ? undefined : await purchases.ownerOf(number);
  if (number === undefined || companyId === undefined || !mayTouch(user, companyId))
    throw new Refusal('reference-not-found');
  const { purchase, company } = await purchases.findWithCompany(companyId, number);
  if (!purchase) throw new Refusal('reference-not-found');
  const access = await accesses.find(companyId, purchase.accessId);
  return { purchase, company, username: access?.username ?? null };
}

function isTokenOf(purchase: Purchase, token: string): boolean {
  const presented = createHash('sha256').update(token).digest();
  return timingSafeEqual(presented, Buffer.from(purchase.consultHash, 'hex'));
}
