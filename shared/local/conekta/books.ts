import { Journal } from '../gateway/journal.ts';
import { orderRecord, type OrderRecord } from './orders.ts';
import { WebhookBooks } from './webhook-books.ts';

/** The gateway's memory: its journals, and what stands in them. */
export class Books {
  readonly webhooks: WebhookBooks;
  readonly #journal: Journal<OrderRecord>;
  readonly #orders = new Map<string, OrderRecord>();
  readonly #spentTokens = new Set<string>();

  /** @throws StartError when the folder cannot be written or the journal cannot be read */
  constructor(dataDir: string) {
    this.#journal = Journal.open(dataDir, 'orders.jsonl', orderRecord, 'Conekta');
    try {
      this.webhooks = new WebhookBooks(dataDir);
    } catch (error) {
      this.#journal.close();
      throw error;
    }
    for (const order of this.#journal.entries) this.#remember(order);
  }

  /** Orders in the order they were made. */
  all(): OrderRecord[] {
    return [...this.#orders.values()];
  }

  find(id: string): OrderRecord | undefined {
    return this.#orders.get(id);
  }

  isSpent(tokenHash: string): boolean {
    return this.#spentTokens.has(tokenHash);
  }

  write(order: OrderRecord): void {
    this.#journal.write(order);
    this.#remember(order);
  }

  close(): void {
    this.#journal.close();
    this.webhooks.close();
  }

  #remember(order: OrderRecord): void {
    this.#orders.set(order.id, order);
    for (const { tokenHash } of order.charges) this.#spentTokens.add(tokenHash);
  }
}
