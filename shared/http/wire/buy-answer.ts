import type { LogInResult } from '../../access/log-in-device.ts';
import type { BuyResult } from '../../purchases/buy.ts';
import { decimalFromMinor } from '../../platform/money.ts';
import type { Secret } from '../../security/secret.ts';
import type { Purchase, RouterRefusal } from '../../store/purchases.ts';
import type { ReplyOf } from '../contract.ts';
import type { paymentRows } from '../contracts/payments.ts';
import { declineTexts } from './decline-texts.ts';
import { nextAction } from './next-action.ts';
import { paymentStateOnWire, purchaseSentence } from './purchase-states.ts';
import { zonelessTime } from './timestamp.ts';

type Reply = ReplyOf<(typeof paymentRows)['payWithConekta']>;
type MercadoPagoReply = ReplyOf<(typeof paymentRows)['payWithMercadoPago']>;
type Unsold = Exclude<Reply, { status: 200 }>;
type Sold = Extract<Reply, { status: 200 }>['body'];
type MercadoPagoPart = Extract<MercadoPagoReply, { status: 200 }>['body']['mercado_pago'];

/** The answer of a purchase as the contract shows it (7.2), whatever came of it. */
export function buyReply(result: BuyResult): Reply {
  return result.kind === 'paid' ? { status: 200, body: soldBody(result) } : unsoldReply(result);
}

/** The same for Mercado Pago (contract 7.3), which shows how it was paid. */
export function mercadoPagoBuyReply(result: BuyResult): MercadoPagoReply {
  return result.kind === 'paid'
    ? { status: 200, body: { ...soldBody(result), mercado_pago: mercadoPagoPart(result.purchase) } }
    : unsoldReply(result);
}

function mercadoPagoPart(purchase: Purchase): MercadoPagoPart {
  const { paymentId, paidWith } = purchase;
  const installments = paidWith?.installments ?? 1;
  return {
    // A number on this wire; ours are read as text, and none above 2^53 is taken for one.
    payment_id: Number(paymentId),
    status: paymentStateOnWire(purchase),
    status_detail: paidWith?.statusDetail ?? '',
    installments,
    payment_method: {
      id: paidWith?.methodId ?? null,
      type: paidWith?.methodType ?? null,
      issuer: paidWith?.issuerId ?? null,
      last_four_digits: paidWith?.lastFour ?? null,
      installments,
    },
    raw_response: {},
  };
}

function unsoldReply(result: Exclude<BuyResult, { kind: 'paid' }>): Unsold {
  switch (result.kind) {
    case 'other-open':
      return {
        status: 402,
        body: { detail: declineTexts['status:pending'], id_compra: result.purchaseId },
      };
    case 'unpaid':
      return unpaidReply(result.purchase, result.consultToken);
  }
}

function soldBody({ purchase, access, code, delivery, logIn }: Extract<BuyResult, { kind: 'paid' }>): Sold {
  return {
    success: true,
    id_transaccion: transactionId(purchase) ?? String(purchase.id),
    estado_pago: paymentStateOnWire(purchase),
    tipo_usuario: purchase.userKind,
    usuario_hotspot: { usuario: access.username, contrasena: code.password.reveal() },
    producto: {
      nombre: purchase.productName,
      precio: decimalFromMinor(purchase.amountMinor),
      moneda: purchase.currency,
      perfil_mikrotik: purchase.profileName,
    },
    cliente: { nombre: purchase.customer.name, email: purchase.customer.email },
    timestamp: zonelessTime(purchase.paidAt ?? purchase.createdAt),
    auto_conexion: autoConnection(purchase, logIn),
    id_compra: purchase.id,
    estado_entrega: delivery === 'delivered' ? 'entregado' : 'pendiente',
    consulta_url: consultUrl(purchase.id, code.consultToken),
  };
}

/** The gateway's own number, as each gateway's operators know it: Conekta's order, Mercado Pago's payment. */
export const transactionId = ({ gateway, orderRef, paymentId }: Purchase): string | null =>
  gateway === 'conekta' ? orderRef : (paymentId ?? orderRef);

export const consultUrl = (purchaseId: number, token: Secret): string =>
  `/api/v1/compras/${purchaseId}?t=${token.reveal()}`;

/** The contract's table "The auto_conexion object". */
export function autoConnection(purchase: Purchase, logIn: LogInResult | null): Sold['auto_conexion'] {
  if (!purchase.autoConnect)
    return {
      estado: 'no_conectado',
      mac: '',
      ip: '',
      mensaje: 'Favor de ingresar sus credenciales para conectar a Internet',
      verificado: false,
    };
  if (purchase.macAddress === null)
    return { estado: 'no_conectado', mac: '', ip: '', mensaje: NOT_CONNECTED, verificado: false };
  const device = { mac: purchase.macAddress, ip: purchase.ipAddress ?? '' };
  if (logIn === 'connected')
    return {
      estado: 'conectado',
      ...device,
      mensaje: '¡Conexión establecida con éxito! Disfrute de Internet sin límites',
      verificado: true,
      session_id: null,
    };
  const mensaje = logIn === 'slow' || logIn === null ? SLOW : NOT_CONNECTED;
  return { estado: 'no_conectado', ...device, mensaje, verificado: false };
}

const NOT_CONNECTED = 'No se pudo conectar automáticamente. Use las credenciales para conectar a Internet';
const SLOW = 'El servicio está tardando en responder. Use las credenciales para conectarse a internet';

function unpaidReply(purchase: Purchase, token: Secret): Unsold {
  const id_compra = purchase.id;
  const open = { id_compra, consulta_url: consultUrl(purchase.id, token) };
  switch (purchase.state) {
    case 'declined': {
      const { reason, httpStatus } = purchase.refusal ?? { reason: 'default', httpStatus: 402 };
      return { status: httpStatus, body: { detail: declineTexts[reason], id_compra } };
    }
    case 'created':
    case 'charging':
    case 'in_doubt':
      return { status: 504, body: { detail: purchaseSentence(purchase), ...open } };
    case 'action_required':
      return {
        status: 402,
        body: {
          detail: pendingText(purchase),
          ...open,
          ...nextAction(purchase),
        },
      };
    case 'awaiting_payment':
      return { status: 402, body: { detail: pendingText(purchase), ...open } };
    case 'not_charged':
      return purchase.routerRefusal === null ? notCharged(purchase) : routerRefused(purchase, purchase.routerRefusal);
    case 'expired':
      return notCharged(purchase);
    case 'refunded':
    case 'refunding':
    case 'refund_pending':
    case 'refund_failed':
      return { status: 402, body: { detail: declineTexts['status:refunded'], ...open } };
    case 'disputed':
    case 'charged_back':
      return { status: 402, body: { detail: declineTexts['status:chargeback'], ...open } };
    // Paid, and the access was withdrawn: the dispute was won, or the code would be here.
    case 'paid':
      return { status: 402, body: { detail: declineTexts['status:chargeback'], ...open } };
  }
}

/** Each gateway's contract has its own words for what is not decided (7.2, 7.3). */
function pendingText({ gateway, state }: Purchase): string {
  if (gateway === 'conekta') return declineTexts['status:pending_payment'];
  return declineTexts[state === 'action_required' ? 'mp:pending_contingency' : 'mp:status:in_process'];
}

/** Neutral to the buyer: neither the router's address nor what it said (contract 7.2). */
function routerRefused({ id, profileName }: Purchase, refusal: RouterRefusal): Unsold {
  const causes: Readonly<Record<RouterRefusal, string>> = {
    unreachable: 'El router no responde.',
    'hotspot-blocked': 'El hotspot está bloqueado.',
    'profile-missing': `Perfil '${profileName}' no encontrado.`,
  };
  return {
    status: 500,
    body: { detail: `No se pudo crear el usuario: ${causes[refusal]} No se hizo ningún cargo.`, id_compra: id },
  };
}

/** The contract's table "Outcomes", for orders that were never charged. */
function notCharged({ id, orderFailure }: Purchase): Unsold {
  switch (orderFailure) {
    case 'server-error':
    case 'key-refused':
      return { status: 500, body: { detail: declineTexts.default, id_compra: id } };
    case 'connection':
    case 'unreadable':
      return { status: 500, body: { detail: 'Error interno al procesar el pago.', id_compra: id } };
    case 'timeout':
    case null:
      return { status: 504, body: { detail: 'Tiempo de espera agotado. Intente nuevamente.', id_compra: id } };
  }
}
