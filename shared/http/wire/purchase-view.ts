import { grantsAccess } from '../../purchases/purchase.ts';
import type { FoundPurchase } from '../../purchases/look-up.ts';
import { decimalFromMinor } from '../../platform/money.ts';
import type { ReplyOf } from '../contract.ts';
import type { purchaseRows } from '../contracts/purchases.ts';
import { nextAction } from './next-action.ts';
import { paymentStateOnWire, purchaseSentence } from './purchase-states.ts';

type View = Extract<ReplyOf<(typeof purchaseRows)['showPurchase']>, { status: 200 }>['body'];

export function showPurchase({ purchase, isOwn, opened }: FoundPurchase): View {
  const state = {
    id_compra: purchase.id,
    estado_pago: paymentStateOnWire(purchase),
    estado_entrega: deliveryOnWire(purchase),
    mensaje: purchaseSentence(purchase),
  };
  if (!isOwn) return state;
  return {
    ...state,
    tipo_usuario: purchase.userKind,
    producto: {
      nombre: purchase.productName,
      precio: decimalFromMinor(purchase.amountMinor),
      moneda: purchase.currency,
    },
    ...(purchase.state === 'action_required' && nextAction(purchase)),
    ...(opened && {
      usuario_hotspot: { usuario: opened.access.username, contrasena: opened.code.password.reveal() },
    }),
  };
}

function deliveryOnWire(purchase: FoundPurchase['purchase']): View['estado_entrega'] {
  if (!grantsAccess(purchase)) return 'sin_acceso';
  return purchase.deliveredAt === null ? 'pendiente' : 'entregado';
}
