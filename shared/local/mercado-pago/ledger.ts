import type { PaymentRecord, RefundRecord } from './payments.ts';

/** Money as this gateway sees it: amounts in minor units, times in milliseconds. Kept money is `approved`. */
export interface MercadoPagoLedger {
  readonly payments: readonly {
    readonly id: number;
    readonly amount: number;
    readonly currency: string;
    readonly status: PaymentRecord['status'];
    readonly status_detail: string;
    readonly external_reference: string | null;
    readonly metadata: PaymentRecord['metadata'];
    readonly created_at: number;
  }[];
  readonly refunds: readonly {
    readonly id: number;
    readonly payment_id: number;
    readonly amount: number;
    readonly status: RefundRecord['status'];
  }[];
}

export function ledgerOf(payments: readonly PaymentRecord[]): MercadoPagoLedger {
  return {
    payments: payments.map(
      ({ id, amount, currency, status, statusDetail, externalReference, metadata, createdAt }) => ({
        id,
        amount,
        currency,
        status,
        status_detail: statusDetail,
        external_reference: externalReference,
        metadata,
        created_at: createdAt,
      }),
    ),
    refunds: payments.flatMap((payment) =>
      payment.refunds.map(({ id, amount, status }) => ({ id, payment_id: payment.id, amount, status })),
    ),
  };
}
