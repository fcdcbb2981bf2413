import { decimalText } from '../../platform/money.ts';
import { ownRefundedMinor } from '../../purchases/purchase.ts';
import type { Purchase } from '../../store/purchases.ts';
import { declineTexts } from './decline-texts.ts';

/** Our states in the contract's words (design 3, "On the wire"). */
export function paymentStateOnWire({ state, gateway }: Pick<Purchase, 'state' | 'gateway'>): string {
  switch (state) {
    case 'created':
    case 'charging':
    case 'in_doubt':
    case 'action_required':
    case 'awaiting_payment':
      return 'pending';
    case 'paid':
    case 'refunding':
    case 'refund_pending':
    case 'refund_failed':
      return gateway === 'conekta' ? 'paid' : 'approved';
    case 'refunded':
      return 'refunded';
    case 'disputed':
      return 'in_mediation';
    case 'charged_back':
      return 'charged_back';
    case 'declined':
      return 'declined';
    case 'not_charged':
      return 'canceled';
    case 'expired':
      return 'expired';
  }
}

/** One sentence for the person who looks the purchase up. */
export function purchaseSentence(purchase: Purchase): string {
  switch (purchase.state) {
    case 'created':
    case 'charging':
    case 'in_doubt':
      return 'Estamos confirmando tu pago. No vuelvas a pagar.';
    case 'action_required':
      return 'Tu banco pide confirmar el pago.';
    case 'awaiting_payment':
      return 'El pago está pendiente de confirmación.';
    case 'paid':
      if (purchase.withdrawnAt !== null) return 'Tu banco disputó este pago; el acceso fue retirado.';
      return purchase.deliveredAt === null
        ? 'Tu pago fue aprobado. Estamos activando tu acceso.'
        : 'Tu pago fue aprobado y tu acceso está activo.';
    case 'refunding':
    case 'refund_pending':
    case 'refund_failed':
      return 'Tu reembolso está en proceso.';
    case 'refunded':
      return `Te devolvimos $${decimalText(ownRefundedMinor(purchase))}; tu banco puede tardar hasta 10 días.`;
    case 'disputed':
    case 'charged_back':
      return 'El pago está en disputa con tu banco.';
    case 'declined':
      return purchase.refusal ? declineTexts[purchase.refusal.reason] : 'El pago no fue aprobado.';
    case 'not_charged':
    case 'expired':
      return 'No se hizo ningún cargo.';
  }
}
