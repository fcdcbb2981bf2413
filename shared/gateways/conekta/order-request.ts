import type { ChargeRequest, OrderRefundRequest, OrderRequest } from 'conekta';
import type { Secret } from '../../security/secret.ts';
import type { ChargeIntent, RefundOrder } from '../gateway.ts';

/** Longest item name and metadata text Conekta takes (its specification, 2.3.0). */
const MAX_TEXT = 249;
const MIN_ITEM_NAME = 3;
/** Conekta requires a phone; this one stands for "none was given" (contract 7.2). */
const NO_PHONE = '+521234567890';

/** The order a charge will be put on: contract 7.2's body without `charges`, so that making it moves no money. */
export function orderRequest(intent: ChargeIntent): OrderRequest {
  const { customer, amount } = intent;
  return {
    currency: amount.currency,
    customer_info: { name: customer.name, email: customer.email, phone: phoneNumber(customer.phone) },
    line_items: [{ name: itemName(intent.productName), unit_price: amount.minor, quantity: 1 }],
    metadata: metadata({
      purchase_id: intent.purchaseId,
      empresa_id: intent.companyId,
      router_id: intent.routerId,
      producto_id: intent.productId,
      auto_connect_requested: intent.autoConnect,
      mac_cliente: intent.macAddress ?? '',
      ip_cliente: intent.ipAddress ?? '',
      user_type: intent.userKind,
    }),
  };
}

/** One card charge over the order's whole amount. The reference lets a person find the purchase in Conekta's panel. */
export function chargeRequest(cardToken: Secret, intent: ChargeIntent): ChargeRequest {
  return {
    payment_method: {
      type: 'card',
      token_id: cardToken.reveal(),
      ...(intent.ipAddress !== null && { customer_ip_address: intent.ipAddress }),
    },
    reference_id: String(intent.purchaseId),
  };
}

/**
 * A refund of the order: Conekta's specification has no field for the charge (with several of them it chooses itself) and
 * none for a key, so the same request again gives money back again (payments A.6).
 */
export function refundRequest({ amountMinor }: RefundOrder): OrderRefundRequest {
  return { amount: amountMinor, reason: 'requested_by_client' };
}

/** Contract 7.2: ten digits are a Mexican number, twelve starting with 52 have their country; all else is no phone. */
export function phoneNumber(given: string | null): string {
  const digits = (given ?? '').replace(/\D/g, '');
  if (digits.length === 12 && digits.startsWith('52')) return `+${digits}`;
  return digits.length === 10 ? `+52${digits}` : NO_PHONE;
}

function itemName(productName: string): string {
  const name = productName.trim();
  return cut(name.length < MIN_ITEM_NAME ? `WiFi ${name}` : name);
}

function metadata(values: Readonly<Record<string, string | number | boolean>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, cut(String(value))]));
}

/** Never ends in half of an emoji: a lone surrogate is not text, and servers refuse it. */
function cut(text: string): string {
  return text.slice(0, MAX_TEXT).replace(/[\uD800-\uDBFF]$/, '');
}
