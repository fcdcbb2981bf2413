import { decimalText } from '../../platform/money.ts';
import { DELIVERY_DEADLINE, LATE_APPROVAL } from '../../purchases/purchase.ts';
import type { PurchaseHistory, RefundRecord } from '../../store/purchases.ts';
import type { ReplyOf } from '../contract.ts';
import type { transactionRows } from '../contracts/transactions.ts';
import { maskedName } from './masked-name.ts';
import { purchaseSentence } from './purchase-states.ts';
import { zonelessTime, zonelessTimeOrNull } from './timestamp.ts';
import { toTransaction } from './transaction.ts';

type Detail = ReplyOf<(typeof transactionRows)['show']>['body'];
type Moment = Detail['linea_de_tiempo'][number];

export function toTransactionDetail(history: PurchaseHistory): Detail {
  const { purchase, access } = history;
  return {
    ...toTransaction(purchase),
    estado: purchase.state,
    mensaje: purchaseSentence(purchase),
    pasarela: purchase.gateway === 'conekta' ? 'conekta' : 'mercado_pago',
    modo: purchase.live === null ? null : purchase.live ? 'live' : 'test',
    creada_en: zonelessTime(purchase.createdAt),
    pagada_en: zonelessTimeOrNull(purchase.paidAt),
    entregada_en: zonelessTimeOrNull(purchase.deliveredAt),
    router_id: purchase.routerId,
    producto: { id: purchase.productId, nombre: purchase.productName, perfil_mikrotik: purchase.profileName },
    cliente: {
      nombre: purchase.customer.name,
      email: purchase.customer.email,
      telefono: purchase.customer.phone,
      mac: purchase.macAddress,
    },
    usuario_hotspot: access ? maskedName(access.username) : null,
    linea_de_tiempo: timeline(history),
  };
}

/** Oldest first. What stands in the books only: the gateway's own record may know more. */
function timeline({ purchase, access, refunds }: PurchaseHistory): Moment[] {
  const moments: (readonly [Moment['evento'], number | null | undefined, string | null])[] = [
    ['creada', purchase.createdAt, null],
    ['cargo_enviado', purchase.chargingAt, purchase.orderRef],
    ['confirmacion_pendiente', purchase.waitingSince, null],
    ['pagada', purchase.paidAt, purchase.paymentId],
    ['entregada', purchase.deliveredAt, null],
    ['acceso_terminado', access?.endedAt, null],
    ['reembolso_solicitado', purchase.refundSince, deciderOnWire(purchase.refundDecidedBy)],
    ...refunds.map((refund) => ['reembolso_enviado', refund.sentAt, refundSentence(refund)] as const),
    ['reembolso_fallido', purchase.refundFailedSince, null],
    ['en_disputa', purchase.disputedAt ?? purchase.withdrawnAt, null],
    ['contracargo', purchase.chargedBackAt, null],
  ];
  return moments
    .flatMap(([evento, at, detalle]) => (typeof at === 'number' ? [{ evento, at, detalle }] : []))
    .toSorted((one, other) => one.at - other.at)
    .map(({ evento, at, detalle }) => ({ evento, fecha: zonelessTime(at), detalle }));
}

function deciderOnWire(decidedBy: string | null): string | null {
  if (decidedBy === DELIVERY_DEADLINE) return 'No se entregó a tiempo';
  return decidedBy === LATE_APPROVAL ? 'El pago se aprobó demasiado tarde' : decidedBy;
}

const refundOutcomes = {
  sent: 'enviado',
  refused: 'rechazado por la pasarela',
  pending: 'en proceso en la pasarela',
  'given-back': 'devuelto',
} as const;

const refundSentence = ({ amountMinor, outcome }: RefundRecord): string =>
  `$${decimalText(amountMinor)} · ${refundOutcomes[outcome]}`;
