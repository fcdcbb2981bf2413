import { isOver } from '../../access/time-sold.ts';
import { grantsAccess } from '../../purchases/purchase.ts';
import type { FoundPurchase } from '../../purchases/look-up.ts';
import { decimalFromMinor } from '../../platform/money.ts';
import type { ReplyOf } from '../contract.ts';
import type { purchaseRows } from '../contracts/purchases.ts';
import { nextAction } from './next-action.ts';
import { toTimeLeft } from './time-left.ts';
import { paymentStateOnWire, purchaseSentence } from './purchase-states.ts';

type View = Extract<ReplyOf<(typeof purchaseRows)['showPurchase']>, { status: 200 }>['body'];

/**
 * Time that is over before anybody was let in is no time that was had: it stays pending until the deadline gives it back.
 *
 * @param now milliseconds
 */
export function showPurchase({ purchase, isOwn, opened }: FoundPurchase, now: number): View {
  const isTimeOver = opened !== undefined && isOver(opened.access, now);
  const isEnded = isTimeOver && purchase.deliveredAt !== null;
  const state: View = {
    id_compra: purchase.id,
    estado_pago: paymentStateOnWire(purchase),
    estado_entrega: isEnded ? 'terminado' : deliveryOnWire(purchase),
    mensaje: isEnded ? 'Tu tiempo terminó.' : purchaseSentence(purchase),
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
    ...timeLeft(opened, now),
    ...(opened &&
      !isTimeOver && {
        usuario_hotspot: { usuario: opened.access.username, contrasena: opened.code.password.reveal() },
      }),
  };
}

function timeLeft(opened: FoundPurchase['opened'], now: number): Pick<View, 'tiempo'> {
  const tiempo = opened && toTimeLeft(opened.access, now);
  return tiempo ? { tiempo } : {};
}

function deliveryOnWire(purchase: FoundPurchase['purchase']): Exclude<View['estado_entrega'], 'terminado'> {
  if (!grantsAccess(purchase)) return 'sin_acceso';
  return purchase.deliveredAt === null ? 'pendiente' : 'entregado';
}
