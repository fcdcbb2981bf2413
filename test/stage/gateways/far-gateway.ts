/** A gateway as its own books and its people see it, for one shop: what stories need of it, the same for both. */
import type { GatewayName } from '#shared/gateways/gateway.ts';
import type { Notification, Outbox } from '#shared/local/gateway/outbox.ts';
import type { Deed } from './deed.ts';

/** What a card does: is good, is declined, sends its buyer to the bank's page (3-D Secure), or leaves the bank to think. */
export const cards = ['good', 'declined', 'page', 'waits'] as const;
export type CardKind = (typeof cards)[number];

/** Money that was taken at some time, and what became of it. */
export interface FarCharge {
  readonly id: string;
  readonly purchaseId: number;
  readonly amountMinor: number;
  readonly refundedMinor: number;
  /** How far the buyer's bank has come in taking it back. */
  readonly dispute: 'open' | 'won' | 'lost' | null;
}

export type DisputeStep = 'opened' | 'won' | 'lost';

/** A gateway that fails; what it is called there is each gateway's own business. */
export interface Trouble {
  readonly on: Deed;
  readonly kind:
    | 'reset'
    | 'server-error'
    | 'too-many-requests'
    | 'html-body'
    | 'late'
    /** One request, two charges. */
    | 'twice'
    /** Of a refund: the account is empty. */
    | 'refused'
    /** Of a refund: taken, and the bank takes its time. */
    | 'pending';
  readonly when?: 'before' | 'after';
  /** How often; until mended when left out. */
  readonly times?: number;
}

export interface FarGateway {
  readonly name: GatewayName;
  readonly buyPath: string;
  readonly notifications: Outbox;
  /** What only this gateway's purchases send. */
  payWith(card: CardKind): Readonly<Record<string, unknown>>;
  charges(): readonly FarCharge[];
  /** How charges that wait for a person or a bank end now. */
  settle(outcome: 'paid' | 'declined' | 'expired'): void;
  /** Whoever was sent to a page or a counter pays although it was called off. */
  payLate(): void;
  /** How refunds that the bank took its time for end now. */
  settleRefunds(outcome: 'refunded' | 'failed'): void;
  /** The operator gives money back in the gateway's own panel. @returns false when it was refused */
  refundByHand(chargeId: string, amountMinor: number): Promise<boolean>;
  /** The buyer's bank takes a step about this charge, if it can take that one. @returns whether it could */
  dispute(chargeId: string, step: DisputeStep): boolean;
  addTrouble(trouble: Trouble): void;
  /** Nothing is wrong any more; what was late stays late. */
  mend(): void;
  releaseLate(): Promise<number>;
  /**
   * What somebody sends who is not the gateway: this purchase was paid.
   *
   * @returns undefined when there is nothing of it there yet; `concerns` is the gateway's id of it
   */
  forge(purchaseId: number): (Notification & { readonly concerns: string }) | undefined;
}
