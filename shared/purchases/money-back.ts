/** What of a purchase's money is back, and what is on its way, by the payments that the gateway shows. Pure. */
import type { KeptPayment } from '../gateways/gateway.ts';
import type { Purchase } from '../store/purchases.ts';
import { owedBackMinor } from './purchase.ts';

type Whose = Pick<Purchase, 'paymentId' | 'surplusPaymentIds'>;

/** Beyond the one that the buyer meant to pay: it goes back whole, by us or by the buyer's bank. */
const isSurplus = (purchase: Whose, { paymentId }: KeptPayment): boolean => paymentId !== purchase.paymentId;

/**
 * Given back, a surplus payment that the bank took back among it: but for one that nobody here knew of before, since nothing
 * was ever owed for it.
 */
export const backMinor = (purchase: Whose, payments: readonly KeptPayment[]): number =>
  sumOf(payments, (payment) => {
    if (!isSurplus(purchase, payment) || payment.dispute !== 'lost') return payment.refundedMinor;
    return purchase.surplusPaymentIds.includes(payment.paymentId) ? payment.amount.minor : 0;
  });

/** Refunds that the gateway works on, and surplus money that the bank holds until it has decided. */
export const underWayMinor = (purchase: Whose, payments: readonly KeptPayment[]): number =>
  sumOf(payments, (payment) =>
    isSurplus(purchase, payment) && payment.dispute === 'open'
      ? payment.amount.minor - payment.refundedMinor
      : payment.pendingMinor,
  );

/** What still has to be sent of what is owed. Of a payment that the bank took nothing is owed, so nothing of it counts. */
export function missingMinor(purchase: Purchase, payments: readonly KeptPayment[]): number {
  const counted =
    purchase.chargedBackAt === null ? payments : payments.filter((payment) => isSurplus(purchase, payment));
  return owedBackMinor(purchase) - backMinor(purchase, counted) - underWayMinor(purchase, counted);
}

const sumOf = (payments: readonly KeptPayment[], minorOf: (payment: KeptPayment) => number): number =>
  payments.reduce((sum, payment) => sum + minorOf(payment), 0);
