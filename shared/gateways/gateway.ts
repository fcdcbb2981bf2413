import type { Money } from '../platform/money.ts';
import type { Secret } from '../security/secret.ts';

export const gatewayNames = ['conekta', 'mercado-pago'] as const;
export type GatewayName = (typeof gatewayNames)[number];

/** A purchase as a gateway needs to know it. */
export interface ChargeIntent {
  readonly purchaseId: number;
  readonly companyId: string;
  readonly routerId: string;
  readonly productId: number;
  readonly amount: Money;
  readonly productName: string;
  readonly customer: { readonly name: string; readonly email: string; readonly phone: string | null };
  readonly autoConnect: boolean;
  readonly macAddress: string | null;
  readonly ipAddress: string | null;
  readonly userKind: string;
}

/** Everything one call needs besides its subject. */
export interface GatewayCall {
  /** The company's own private key: only payment functions can open it. */
  readonly privateKey: Secret;
  /** Absolute, in milliseconds: the call gives up then and answers `unknown`. */
  readonly deadlineAt: number;
}

/**
 * Why a gateway refused, in the vocabulary of the contract's tables (7.2): an error code of the first table, or
 * `status:<payment_status>` of the second. `httpStatus` is what our answer carries.
 */
export interface Refusal {
  readonly reason: DeclineReason;
  readonly httpStatus: 400 | 401 | 402 | 404 | 422 | 429 | 500;
}

/** Why the answer is not known. A charge may or may not have happened; only the gateway can tell (design 3). */
export const unknownCauses = ['timeout', 'connection', 'server-error', 'unreadable'] as const;
export type UnknownCause = (typeof unknownCauses)[number];

export interface Approval {
  /** The gateway's id of the payment itself (a Conekta charge id): what makes a second approval a second one. */
  readonly paymentId: string;
  readonly amount: { readonly minor: number; readonly currency: string };
  readonly live: boolean;
}

export type OpenAnswer =
  | { readonly kind: 'opened'; readonly orderRef: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause };

export type ChargeAnswer =
  | { readonly kind: 'approved'; readonly approval: Approval }
  | { readonly kind: 'declined'; readonly refusal: Refusal }
  | { readonly kind: 'action-required'; readonly url: string }
  | { readonly kind: 'awaiting-payment' }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause };

/** What a look at the order shows: a charge's answer, or that there is no charge on it (yet), or that it was closed. */
export type LookAnswer = ChargeAnswer | { readonly kind: 'no-charge' } | { readonly kind: 'closed' };

export type CancelAnswer = 'cancelled' | 'refused' | 'unknown';

/** A payment that was kept, and how much of it the gateway says is back or on its way. */
export interface RefundedPayment {
  readonly paymentId: string;
  readonly amountMinor: number;
  readonly refundedMinor: number;
  readonly pendingMinor: number;
}

export type RefundsAnswer =
  | { readonly kind: 'known'; readonly payments: readonly RefundedPayment[] }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause };

export interface RefundOrder {
  readonly orderRef: string;
  /** Which payment is meant. Conekta cannot be told, and of several takes one of its own choice: read, never assume. */
  readonly paymentId: string;
  readonly amountMinor: number;
  /** A UUID, the same for the same attempt for ever. */
  readonly attemptKey: string;
}

export type RefundAnswer =
  | { readonly kind: 'accepted' }
  /** Taken, and not decided yet. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause };

/**
 * The port both gateways stand behind. No method throws for what a gateway does: every answer, the lost one included,
 * is a value. No method repeats a call.
 */
export interface PaymentGateway {
  readonly name: GatewayName;
  /** Makes the order that a charge will be put on, without moving money. A lost answer is harmless. */
  open(intent: ChargeIntent, call: GatewayCall): Promise<OpenAnswer>;
  /** Moves the money. Called at most once per order. A lost answer is `unknown`, never `declined`. */
  charge(orderRef: string, cardToken: Secret, intent: ChargeIntent, call: GatewayCall): Promise<ChargeAnswer>;
  /** Reads what the gateway knows of the order. */
  look(orderRef: string, call: GatewayCall): Promise<LookAnswer>;
  /** Closes an order that has no charge, so that none can come later. */
  cancel(orderRef: string, call: GatewayCall): Promise<CancelAnswer>;
  /** Reads what was given back. */
  refundsOf(orderRef: string, call: GatewayCall): Promise<RefundsAnswer>;
  /** Gives money back: one request, never repeated. A lost answer is `unknown`: read before anything else. */
  refund(refund: RefundOrder, call: GatewayCall): Promise<RefundAnswer>;
}

/** The reasons of contract 7.2, in the order its first-match rule needs. */
export const errorReasons = [
  'processing_error',
  'conekta.errors.processing.tokenization.used',
  'conekta.errors.processing.tokenization.invalid',
  'conekta.errors.processing.tokenization.expired',
  'card_declined',
  'insufficient_funds',
  'expired_card',
  'invalid_card',
  'stolen_card',
  'suspected_fraud',
  'card_not_supported',
  'card_number_incorrect',
  'cvv_incorrect',
  'parameter_validation_error',
  'invalid_parameter',
  'missing_parameter',
  'invalid_amount',
  'invalid_currency',
  'invalid_email',
  'invalid_phone',
  'authentication_error',
  'invalid_api_key',
  'unauthorized_request',
  'resource_not_found',
  'order_not_found',
  'customer_not_found',
  'gateway_error',
  'bank_connection_error',
  'server_error',
  'rate_limit_exceeded',
  'quota_exceeded',
  'default',
] as const;

export const statusReasons = [
  'status:pending',
  'status:declined',
  'status:expired',
  'status:canceled',
  'status:refunded',
  'status:chargeback',
  'status:pre_authorized',
  'status:partially_paid',
  'status:pending_payment',
  'status:failed',
  'status:voided',
  'status:other',
] as const;

export const declineReasons = [...errorReasons, ...statusReasons] as const;
export type DeclineReason = (typeof declineReasons)[number];
