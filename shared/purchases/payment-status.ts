/** How a payment stands at Mercado Pago at this moment, for the portal that sold it (contract 6.3, #14). */
import type { MercadoPagoPayments, PaymentStatus } from '../gateways/mercado-pago/payment-status.ts';
import { Refusal } from '../platform/refusal.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Company } from '../store/companies.ts';
import type { PurchaseStore } from '../store/purchases.ts';

interface Parts {
  readonly payments: MercadoPagoPayments;
  readonly purchases: PurchaseStore;
  /** Opens gateway credentials. */
  readonly box: SecretBox;
}

/**
 * Asks with the credentials in force. Payments of the company's account that are none of this router's purchases are nobody
 * else's business, and answered as if there were none.
 *
 * @param paymentId decimal digits: numbers this long may not survive being a number
 * @param deadlineAt absolute, milliseconds
 * @throws Refusal `gateway-not-configured`, `payment-not-found`, `payment-read-refused` or `payment-read-unknown`
 */
export async function readPaymentStatus(
  paymentId: string,
  { company, routerId }: { readonly company: Company; readonly routerId: string },
  deadlineAt: number,
  { payments, purchases, box }: Parts,
): Promise<PaymentStatus> {
  const { sealedAccessToken } = company.mercadoPago;
  if (sealedAccessToken === null) throw new Refusal('gateway-not-configured');
  const privateKey = await box.open(company.id, sealedAccessToken);
  const answer = await payments.read(paymentId, { privateKey, deadlineAt });
  switch (answer.kind) {
    case 'refused':
      throw new Refusal('payment-read-refused', { httpStatus: answer.httpStatus });
    case 'unknown':
      throw new Refusal('payment-read-unknown', { cause: answer.cause });
    case 'not-found':
      throw new Refusal('payment-not-found');
    case 'found': {
      const { payment } = answer;
      const { purchaseId } = payment;
      const purchase = purchaseId === null ? undefined : await purchases.find(company.id, purchaseId);
      const isSoldHere = purchase?.routerId === routerId && purchase.orderRef === payment.orderRef;
      if (!isSoldHere) throw new Refusal('payment-not-found');
      return payment;
    }
  }
}
