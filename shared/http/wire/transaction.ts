import * as z from 'zod';
import { decimalFromMinor, minorFromDecimal } from '../../platform/money.ts';
import { ownRefundedMinor } from '../../purchases/purchase.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { Purchase, SalesFilter } from '../../store/purchases.ts';
import type { ReplyOf } from '../contract.ts';
import type { dashboardRows } from '../contracts/dashboards.ts';
import type { transactionRows } from '../contracts/transactions.ts';
import { transactionId } from './buy-answer.ts';
import { paymentStateOnWire } from './purchase-states.ts';
import { zonelessTime } from './timestamp.ts';

type Transaction = ReplyOf<(typeof transactionRows)['refund']>['body']['transaccion'];
type Listed = ReplyOf<(typeof transactionRows)['list']>['body']['transacciones'][number];

export const toListed = (purchase: Purchase): Listed => ({
  id: purchase.id,
  transaccion_id: transactionId(purchase),
  monto: decimalFromMinor(purchase.amountMinor),
  estado_pago: paymentStateOnWire(purchase),
  cliente_nombre: purchase.customer.name,
  creada_en: zonelessTime(purchase.createdAt),
  monto_reembolsado: decimalFromMinor(ownRefundedMinor(purchase)),
  estado: purchase.state,
});

type Recent = ReplyOf<(typeof dashboardRows)['showCompany']>['body']['transacciones_recientes'][number];

export const toRecent = (purchase: Purchase): Recent => ({
  id: purchase.id,
  transaccion_id: transactionId(purchase),
  monto: decimalFromMinor(purchase.amountMinor),
  estado: paymentStateOnWire(purchase),
  fecha: zonelessTime(purchase.createdAt),
});

export function toTransaction(purchase: Purchase): Transaction {
  const { refundTargetMinor, refundDecidedBy } = purchase;
  return {
    id: purchase.id,
    transaccion_id: transactionId(purchase),
    monto: decimalFromMinor(purchase.amountMinor),
    moneda: purchase.currency,
    estado_pago: paymentStateOnWire(purchase),
    monto_reembolsado: decimalFromMinor(ownRefundedMinor(purchase)),
    reembolso:
      refundTargetMinor === 0
        ? null
        : {
            estado: refundStateOnWire(purchase),
            monto_solicitado: decimalFromMinor(refundTargetMinor),
            solicitado_por: refundDecidedBy,
          },
  };
}

function refundStateOnWire({ state }: Purchase): NonNullable<Transaction['reembolso']>['estado'] {
  if (state === 'refund_pending') return 'pendiente';
  if (state === 'refund_failed') return 'fallido';
  if (state === 'refunded') return 'completo';
  return state === 'refunding' ? 'en_proceso' : 'parcial';
}

export function refundMessage(purchase: Purchase): string {
  const { state } = purchase;
  if (state === 'refund_failed') return 'La pasarela rechazó el reembolso. Puedes reintentarlo o entregar el acceso.';
  if (state === 'refunded') return 'Reembolso realizado correctamente';
  return state === 'paid' && ownRefundedMinor(purchase) > 0
    ? 'Reembolso parcial realizado correctamente'
    : 'Reembolso en proceso';
}

/**
 * The amount of a refund in minor units; absent or null means all that is left.
 *
 * @throws Refusal `refund-amount-invalid` for zero, negatives, three decimals and what is no number
 */
export function refundAmount(raw: unknown): number | undefined {
  if (raw === undefined || raw === null) return undefined;
  const decimal = z.union([z.number(), z.string()]).safeParse(raw);
  const minor = decimal.success ? minorFromDecimal(decimal.data) : undefined;
  if (minor === undefined || minor === 0) throw new Refusal('refund-amount-invalid');
  return minor;
}

interface SalesQuery {
  readonly estado: Purchase['state'] | undefined;
  readonly router_id: string | null;
  readonly producto_id: number | undefined;
  readonly pasarela: 'conekta' | 'mercado_pago' | undefined;
}

/** Which of the filters were given. */
export function salesFilters({ estado, router_id, producto_id, pasarela }: SalesQuery): readonly SalesFilter[] {
  return [
    ...(estado === undefined ? [] : [{ kind: 'state', value: estado } as const]),
    ...(router_id === null ? [] : [{ kind: 'router', value: router_id } as const]),
    ...(producto_id === undefined ? [] : [{ kind: 'product', value: producto_id } as const]),
    ...(pasarela === undefined ? [] : [{ kind: 'gateway', value: gatewayOnWire[pasarela] } as const]),
  ];
}

const gatewayOnWire = { conekta: 'conekta', mercado_pago: 'mercado-pago' } as const;
