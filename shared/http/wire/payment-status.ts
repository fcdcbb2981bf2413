import * as z from 'zod';
import { amountFromMinor } from '../../gateways/mercado-pago/amount.ts';
import type { PaymentStatus } from '../../gateways/mercado-pago/payment-status.ts';

/** Contract 6.3, #14. */
export const paymentStatusBody = z.object({
  success: z.literal(true),
  payment_id: z.number(),
  status: z.string(),
  status_detail: z.string(),
  amount: z.number(),
  currency_id: z.string(),
  date_approved: z.string().nullable(),
  date_last_updated: z.string().nullable(),
});

export const toPaymentStatusBody = (payment: PaymentStatus): z.input<typeof paymentStatusBody> => ({
  success: true,
  // A number on this wire; kept as text everywhere else, for one above 2^53 would be another payment's.
  payment_id: Number(payment.id),
  status: payment.status,
  status_detail: payment.statusDetail,
  amount: amountFromMinor(payment.amountMinor, payment.currency),
  currency_id: payment.currency,
  date_approved: payment.dateApproved,
  date_last_updated: payment.dateLastUpdated,
});
