import type { PaymentCreateData } from 'mercadopago/dist/clients/payment/create/types.js';
import type { Card, ChargeIntent } from '../gateway.ts';
import { amountFromMinor } from './amount.ts';

type ChargeRequest = PaymentCreateData['body'];

/** What the buyer reads on the card's statement; at most 22 characters. */
const STATEMENT = 'HOTSPOT WIFI';

/**
 * The body of `POST /v1/payments` (contract 7.3): without the router's address and profile, which are nobody else's business.
 *
 * @param notificationUrl where Mercado Pago tells of the payment's later life; null when nobody listens
 */
export function chargeRequest(
  orderRef: string,
  card: Card,
  intent: ChargeIntent,
  notificationUrl: string | null,
): ChargeRequest {
  const amount = amountFromMinor(intent.amount.minor, intent.amount.currency);
  const request: ChargeRequest = {
    transaction_amount: amount,
    token: card.token.reveal(),
    description: `Acceso Hotspot - ${intent.productName}`,
    ...(card.paymentMethodId !== null && { payment_method_id: card.paymentMethodId }),
    installments: card.installments ?? 1,
    external_reference: orderRef,
    ...(notificationUrl !== null && { notification_url: notificationOf(notificationUrl, intent) }),
    statement_descriptor: STATEMENT,
    // The bank may ask the buyer to confirm, which a binary payment would refuse. What then stays undecided, a review by hand
    // among it, is called off after a quarter of an hour.
    three_d_secure_mode: 'optional',
    binary_mode: false,
    payer: payerOf(card, intent),
    metadata: metadataOf(amount, intent),
    additional_info: {
      items: [
        {
          id: String(intent.productId),
          title: intent.productName,
          description: `Acceso WiFi - ${intent.productName}`,
          category_id: 'services',
          quantity: 1,
          unit_price: amount,
        },
      ],
      ...(intent.ipAddress !== null && { ip_address: intent.ipAddress }),
    },
  };
  // The SDK's type wants a number here, Mercado Pago's own specification a string, and refuses a number (payments B.2).
  return card.issuerId === null ? request : Object.assign(request, { issuer_id: card.issuerId });
}

function payerOf({ identification }: Card, { customer }: ChargeIntent): NonNullable<ChargeRequest['payer']> {
  const [firstName = '', ...others] = customer.name.trim().split(/\s+/);
  const phone = phoneNumber(customer.phone);
  return {
    email: customer.email,
    first_name: firstName,
    ...(others.length > 0 && { last_name: others.join(' ') }),
    ...(identification && { identification: { type: identification.type, number: identification.number } }),
    ...(phone !== '' && { phone: { area_code: '', number: phone } }),
  };
}

/** Contract 7.3: digits, and of twelve without the country's 52. */
export function phoneNumber(given: string | null): string {
  const digits = (given ?? '').replace(/\D/g, '');
  return digits.length === 12 && digits.startsWith('52') ? digits.slice(2) : digits;
}

function metadataOf(amount: number, intent: ChargeIntent): Record<string, string> {
  return {
    empresa_id: intent.companyId,
    router_id: intent.routerId,
    producto_id: String(intent.productId),
    product_name: intent.productName,
    transaction_amount: String(amount),
    auto_connect_requested: String(intent.autoConnect),
    mac_cliente: intent.macAddress ?? '',
    ip_cliente: intent.ipAddress ?? '',
    user_type: intent.userKind,
  };
}

/** Says whose payment it is, and which; and wants webhooks only, not the older kind (payments B.10). */
function notificationOf(ownUrl: string, { companyId, purchaseId }: ChargeIntent): string {
  return `${ownUrl}?empresa=${encodeURIComponent(companyId)}&compra=${purchaseId}&source_news=webhooks`;
}
