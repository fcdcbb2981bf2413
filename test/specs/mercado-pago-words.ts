import type { PaymentResponse } from 'mercadopago/dist/clients/payment/commonTypes.js';
import type { PaymentCreateRequest } from 'mercadopago/dist/clients/payment/create/types.js';
import type { SentRequest } from './openapi.ts';

/** Fields the file does not name. That they exist is the word of the SDK, whose types have to know them. */
const ofCharge: readonly (keyof PaymentCreateRequest)[] = ['three_d_secure_mode'];
const ofPayer: readonly (keyof NonNullable<PaymentCreateRequest['payer']>)[] = ['first_name', 'last_name', 'phone'];
const ofAdditionalInfo: readonly (keyof NonNullable<PaymentCreateRequest['additional_info']>)[] = ['ip_address'];
const ofPayment: readonly (keyof PaymentResponse)[] = ['live_mode', 'collector_id', 'refunds', 'three_ds_info'];
/** Fields our simulator leaves empty, where the file takes no null. Nobody here has seen what the real one does. */
const emptyOfPayment = ['notification_url', 'transaction_details/external_resource_url'];
/** The SDK's own, and on all it writes its key, whether the operation knows one or not. */
const headers = ['x-product-id', 'x-tracking-id', 'x-meli-session-id', 'x-idempotency-key'];

/** What Mercado Pago's file does not tell about what we send and our simulator answers. */
export const mercadoPagoGaps: readonly string[] = [
  'GET /users/me is no operation',
  // A refund that was sent before is answered once more, as a payment is (the file has a 200 there, and here none).
  'POST /v1/payments/{id}/refunds answers no 200',
  ...headers.map((name) => `header ${name} is not known`),
  ...ofCharge.map((field) => `body/${field} is not known`),
  ...ofPayer.map((field) => `body/payer/${field} is not known`),
  ...ofAdditionalInfo.map((field) => `body/additional_info/${field} is not known`),
  ...['answer', 'answer/results/*'].flatMap((place) => [
    ...ofPayment.map((field) => `${place}/${field} is not known`),
    ...emptyOfPayment.map((field) => `${place}/${field} must not be null`),
  ]),
];

/** Amounts, wherever they stand in a body. */
const amounts: ReadonlySet<string> = new Set(['transaction_amount', 'unit_price', 'amount']);
const MAX_REFERENCE = 256;

/** What the file says in its descriptions, which no schema holds anybody to. */
export function mercadoPagoInWords({ method, headers: sent, body }: SentRequest): readonly string[] {
  const value = jsonOf(body);
  const card = isObject(value) && 'token' in value ? value : undefined;
  const reference = isObject(value) ? value['external_reference'] : undefined;
  return [
    // "Include it to safely retry": without one, a second try is a second payment.
    ...(method === 'POST' && !sent['x-idempotency-key'] ? ['header X-Idempotency-Key is missing'] : []),
    // "Precision: 2 decimal places for most currencies".
    ...tooPrecise(value, 'body'),
    // "For card payments, token and payment_method_id are required."
    ...(card && !card['payment_method_id'] ? ['body/payment_method_id is missing'] : []),
    // "Max 256 chars."
    ...(typeof reference === 'string' && reference.length > MAX_REFERENCE
      ? ['body/external_reference is too long']
      : []),
  ];
}

function tooPrecise(node: unknown, place: string): readonly string[] {
  if (!isObject(node)) return [];
  return Object.entries(node).flatMap(([name, value]) => {
    const at = `${place}/${Array.isArray(node) ? '*' : name}`;
    const isWrong = amounts.has(name) && typeof value === 'number' && !/^\d+(\.\d{1,2})?$/.test(String(value));
    return isWrong ? [`${at} has more than two decimals`] : tooPrecise(value, at);
  });
}

const isObject = (node: unknown): node is Readonly<Record<string, unknown>> =>
  typeof node === 'object' && node !== null;

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
