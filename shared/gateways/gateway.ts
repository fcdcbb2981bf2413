import type { Currency, Money } from '../platform/money.ts';
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

/** What the buyer's browser sent for this one charge. Never stored. Conekta needs the token alone, Mercado Pago all of it. */
export interface Card {
  readonly token: Secret;
  readonly paymentMethodId: string | null;
  readonly installments: number | null;
  readonly issuerId: string | null;
  /** The browser's fingerprint, for the gateway's own judgement of fraud. */
  readonly deviceId: Secret | null;
  readonly identification: { readonly type: string; readonly number: string } | null;
}

/** Everything one call needs besides its subject. */
export interface GatewayCall {
  /** The company's own private key: only payment functions can open it. */
  readonly privateKey: Secret;
  /** Absolute, in milliseconds: the call gives up then and answers `unknown`. */
  readonly deadlineAt: number;
}

/**
 * Why a gateway refused, in the vocabulary of the contract's tables: an error code of 7.2's first, `status:<payment_status>`
 * of its second, or `mp:<status_detail>` of 7.3's. `httpStatus` is what our answer carries.
 */
export interface Refusal {
  readonly reason: DeclineReason;
  readonly httpStatus: 400 | 401 | 402 | 404 | 422 | 429 | 500;
}

/**
 * Why the answer is not known. A charge may or may not have happened; only the gateway can tell (design 3). `key-refused` is
 * for reads and refunds: the gateway does not take the key, so it said nothing about the money.
 */
export const unknownCauses = ['timeout', 'connection', 'server-error', 'unreadable', 'key-refused'] as const;
export type UnknownCause = (typeof unknownCauses)[number];

export interface Approval {
  /** The gateway's id of the payment itself (a Conekta charge, a Mercado Pago payment): what makes a second approval a second one. */
  readonly paymentId: string;
  readonly amount: { readonly minor: number; readonly currency: string };
  readonly live: boolean;
  /** How it was paid, where the gateway's answer has to show it. */
  readonly paidWith?: PaidWith;
}

export interface PaidWith {
  readonly statusDetail: string;
  readonly installments: number;
  readonly methodId: string | null;
  readonly methodType: string | null;
  readonly issuerId: string | null;
  readonly lastFour: string | null;
}

export type OpenAnswer =
  | { readonly kind: 'opened'; readonly orderRef: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause };

/** Where the buyer has to go, to a page of their bank, before the charge is decided. */
export interface NextAction {
  readonly url: string;
  /** What the page has to be sent by POST, where a link is not enough (Mercado Pago). Never logged. */
  readonly creq: string | null;
}

export type ChargeAnswer =
  | { readonly kind: 'approved'; readonly approval: Approval }
  | { readonly kind: 'declined'; readonly refusal: Refusal }
  | { readonly kind: 'action-required'; readonly action: NextAction }
  | { readonly kind: 'awaiting-payment' }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause };

/** What a look at the order shows: a charge's answer, or that there is no charge on it (yet), or that it was closed. */
export type LookAnswer = ChargeAnswer | { readonly kind: 'no-charge' } | { readonly kind: 'closed' };

/** `refused` is the gateway's word about the order; what it says of the key, or of too many calls, leaves that unknown. */
export type CancelAnswer = 'cancelled' | 'refused' | 'unknown';

/** How far the buyer's bank has come in taking a payment back. Won: the money stays ours. */
export const disputes = ['open', 'won', 'lost'] as const;
export type Dispute = (typeof disputes)[number];

/** A payment that was kept at some time, and what became of it since. */
export interface KeptPayment extends Approval {
  /** How much of it is back, and how much on its way. */
  readonly refundedMinor: number;
  readonly pendingMinor: number;
  readonly dispute: Dispute | null;
}

export type PaymentsAnswer =
  | { readonly kind: 'known'; readonly payments: readonly KeptPayment[] }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause };

/** Which purchase something at the gateway belongs to. Operators sell other things on the same account: those are foreign. */
export type TraceAnswer =
  | { readonly kind: 'ours'; readonly purchaseId: number; readonly orderRef: string }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause };

/** One of our orders in a list of the gateway's: a hint like any other, since lists lag behind. */
export interface ListedOrder {
  readonly purchaseId: number;
  readonly orderRef: string;
  /**
   * Those the list shows, kept ones only; null when they cannot be read, so that one odd entry hides no other. Mercado Pago
   * lists each payment of an order by itself.
   */
  readonly payments: readonly KeptPayment[] | null;
}

export type ChangesAnswer =
  | {
      readonly kind: 'page';
      readonly orders: readonly ListedOrder[];
      /** How many entries were none of ours. */
      readonly foreign: number;
      /** Where the next page begins; null after the last. */
      readonly next: string | null;
    }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause };

export type CheckAnswer =
  /** `live` is null where the gateway does not say which mode the key is for. */
  | { readonly kind: 'works'; readonly live: boolean | null }
  /** The gateway does not take the key. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause };

export interface RefundOrder {
  readonly orderRef: string;
  /** Which payment is meant. Conekta cannot be told, and of several takes one of its own choice: read, never assume. */
  readonly paymentId: string;
  readonly amountMinor: number;
  readonly currency: Currency;
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
  charge(orderRef: string, card: Card, intent: ChargeIntent, call: GatewayCall): Promise<ChargeAnswer>;
  /**
   * Reads what the gateway knows of the order.
   *
   * @param named a payment that a notification named: a list may not show it yet
   */
  look(orderRef: string, call: GatewayCall, named?: string): Promise<LookAnswer>;
  /** Closes an order that has no charge, so that none can come later. */
  cancel(orderRef: string, call: GatewayCall): Promise<CancelAnswer>;
  /** Reads the payments that were kept on the order, and what became of each: given back, disputed. */
  paymentsOf(orderRef: string, call: GatewayCall): Promise<PaymentsAnswer>;
  /** Gives money back: one request, never repeated. A lost answer is `unknown`: read before anything else. */
  refund(refund: RefundOrder, call: GatewayCall): Promise<RefundAnswer>;
  /** Reads whose a thing is that a notification named. @param id Conekta's order, Mercado Pago's payment */
  trace(id: string, call: GatewayCall): Promise<TraceAnswer>;
  /**
   * Lists what changed at the gateway, a page at a time.
   *
   * @param since milliseconds
   * @param from where the page before ended (`next`); null for the first
   */
  changes(since: number, from: string | null, call: GatewayCall): Promise<ChangesAnswer>;
  /** A harmless read that tells whether the key is good. */
  check(call: GatewayCall): Promise<CheckAnswer>;
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

/** The reasons of contract 7.3: its table of `status_detail` in its order, then what is no `status_detail`. */
export const mercadoPagoReasons = [
  'mp:cc_rejected_insufficient_amount',
  'mp:cc_rejected_bad_filled_card_number',
  'mp:cc_rejected_bad_filled_date',
  'mp:cc_rejected_bad_filled_security_code',
  'mp:cc_rejected_high_risk',
  'mp:cc_rejected_card_disabled',
  'mp:cc_rejected_blacklist',
  'mp:cc_rejected_card_error',
  'mp:cc_rejected_duplicated_payment',
  'mp:cc_rejected_call_for_authorize',
  'mp:cc_rejected_max_attempts',
  'mp:cc_rejected_other_reason',
  'mp:invalid_payment_method',
  'mp:invalid_token',
  'mp:invalid_user',
  'mp:invalid_installments',
  'mp:pending_contingency',
  'mp:pending_review_manual',
  'mp:pending_waiting_payment',
  'mp:authentication_error',
  'mp:invalid_access_token',
  'mp:default',
  'mp:validation',
  'mp:status:cancelled',
  'mp:status:refunded',
  'mp:status:charged_back',
  'mp:status:in_mediation',
  'mp:status:in_process',
  'mp:status:other',
] as const;

export const declineReasons = [...errorReasons, ...statusReasons, ...mercadoPagoReasons] as const;
export type DeclineReason = (typeof declineReasons)[number];
