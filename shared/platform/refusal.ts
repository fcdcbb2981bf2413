/**
 * Every way a request can be refused for a reason the business names. `shared/http/errors.ts` gives each its status and
 * Spanish text, exhaustively. Anything else that is thrown is a 500 with a constant body.
 */
export type RefusalCode =
  // who is calling (contract 4)
  | 'not-authenticated'
  | 'unsupported-scheme'
  | 'session-invalid'
  | 'session-expired'
  | 'user-inactive'
  | 'super-admin-only'
  | 'company-admin-only'
  | 'key-malformed'
  | 'key-expired'
  | 'key-invalid'
  | 'key-revoked'
  | 'keys-differ'
  | 'company-inactive'
  | 'router-inactive'
  // logging in
  | 'wrong-credentials'
  | 'user-disabled'
  | 'too-many-attempts'
  | 'wrong-current-password'
  | 'weak-password'
  // what is served as files (contract 13)
  | 'file-not-found'
  | 'logo-format'
  | 'logo-too-large'
  | 'logo-changed-meanwhile'
  | 'notorious-password'
  | 'password-unchanged'
  | 'password-change-due'
  | 'own-password'
  // tenants (contract 6.5 - 6.8)
  | 'company-not-found'
  | 'telegram-not-configured'
  | 'telegram-failed'
  | 'company-not-active'
  | 'company-mismatch'
  | 'user-without-company'
  | 'router-not-found'
  | 'router-not-of-company'
  | 'router-not-of-your-company'
  | 'router-not-of-this-company'
  | 'router-disabled'
  | 'router-host-refused'
  | 'router-host-private'
  | 'router-has-products'
  | 'router-has-live-access'
  | 'router-has-open-money'
  | 'router-without-credentials'
  | 'router-edited-meanwhile'
  | 'worker-address-unknown'
  | 'no-tunnel'
  | 'hub-not-up'
  | 'tunnel-key-taken'
  | 'key-of-inactive-router'
  | 'api-key-not-found'
  | 'api-key-already-revoked'
  | 'role-unknown'
  | 'role-needs-company'
  | 'role-without-company'
  | 'email-taken'
  | 'user-not-found'
  | 'own-user'
  | 'product-not-found'
  | 'product-not-of-company'
  | 'product-not-for-sale'
  | 'product-exists'
  | 'plan-clock-without-time'
  | 'plan-devices-differ'
  | 'currency-unknown'
  | 'profiles-unavailable'
  // buying (contract 7)
  | 'product-unknown'
  | 'card-token-invalid'
  | 'gateway-not-configured'
  | 'conekta-not-configured'
  | 'payment-not-found'
  | 'payment-read-refused'
  | 'payment-read-unknown'
  | 'amount-differs'
  | 'idempotency-key-reused'
  | 'access-not-extendable'
  | 'access-full'
  | 'plan-not-stackable'
  | 'too-many-declines'
  | 'purchase-not-found'
  // giving back
  | 'transaction-not-found'
  | 'erasure-needs-one'
  | 'erasure-not-found'
  | 'use-cursor'
  | 'cursor-with-offset'
  | 'filters-together'
  | 'reference-not-found'
  | 'purchase-not-refundable'
  | 'purchase-already-refunded'
  | 'refund-above-rest'
  | 'refund-amount-invalid'
  | 'webhook-forged'
  | 'webhook-secret-missing'
  | 'refund-not-failed'
  | 'purchase-disputed';

export type RefusalDetails = Readonly<Record<string, string | number>>;

/** Ends a request. Thrown by the domain, never for an outcome that has to be stored. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly code: RefusalCode;
  readonly details: RefusalDetails;

  /** @param details what the text needs, such as a product's name; never a secret or an address */
  constructor(code: RefusalCode, details: RefusalDetails = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}
