import type { ChargebackRecord, OrderRecord } from './orders.ts';

/** Money as this gateway sees it: amounts in centavos, times in seconds. A charge that was kept is `paid`. */
export interface ConektaLedger {
  readonly orders: readonly {
    readonly id: string;
    readonly amount: number;
    readonly currency: string;
    readonly payment_status: OrderRecord['paymentStatus'];
    readonly metadata: OrderRecord['metadata'];
  }[];
  readonly charges: readonly {
    readonly id: string;
    readonly order_id: string;
    readonly amount: number;
    readonly status: string;
    /** What the buyer's bank did about it: the money of a lost one is gone, although the charge stays `paid`. */
    readonly chargeback: ChargebackRecord['status'] | null;
    readonly created_at: number;
  }[];
  readonly refunds: readonly {
    readonly id: string;
    readonly order_id: string;
    readonly charge_id: string;
    readonly amount: number;
    readonly status: string;
  }[];
}

export function ledgerOf(orders: readonly OrderRecord[]): ConektaLedger {
  return {
    orders: orders.map(({ id, amount, currency, paymentStatus, metadata }) => ({
      id,
      amount,
      currency,
      payment_status: paymentStatus,
      metadata,
    })),
    charges: orders.flatMap((order) =>
      order.charges.map(({ id, amount, status, chargeback, createdAt }) => ({
        id,
        order_id: order.id,
        amount,
        status,
        chargeback: chargeback?.status ?? null,
        created_at: createdAt,
      })),
    ),
    refunds: orders.flatMap((order) =>
      order.refunds.map(({ id, chargeId, amount, status }) => ({
        id,
        order_id: order.id,
        charge_id: chargeId,
        amount,
        status,
      })),
    ),
  };
}
