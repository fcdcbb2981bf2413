import { Journal } from '../gateway/journal.ts';
import { newId, paymentRecord, type PaymentRecord } from './payments.ts';

/** The gateway's memory: its journal, and what stands in it. */
export class Books {
  readonly #journal: Journal<PaymentRecord>;
  readonly #payments = new Map<number, PaymentRecord>();
  readonly #spentTokens = new Set<string>();

  /** @throws StartError when the folder cannot be written or the journal cannot be read */
  constructor(dataDir: string) {
    this.#journal = Journal.open(dataDir, 'payments.jsonl', paymentRecord, 'Mercado Pago');
    for (const payment of this.#journal.entries) this.#remember(payment);
  }

  /** Payments in the order they were made. */
  all(): PaymentRecord[] {
    return [...this.#payments.values()];
  }

  find(id: number): PaymentRecord | undefined {
    return this.#payments.get(id);
  }

  unusedId(): number {
    const id = newId();
    return this.#payments.has(id) ? this.unusedId() : id;
  }

  isSpent(tokenHash: string): boolean {
    return this.#spentTokens.has(tokenHash);
  }

  write(payment: PaymentRecord): void {
    this.#journal.write(payment);
    this.#remember(payment);
  }

  close(): void {
    this.#journal.close();
  }

  #remember(payment: PaymentRecord): void {
    this.#payments.set(payment.id, payment);
    if (payment.tokenHash !== null) this.#spentTokens.add(payment.tokenHash);
  }
}
