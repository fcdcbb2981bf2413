import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../start-error.ts';
import { orderRecord, type OrderRecord } from './orders.ts';

/**
 * The gateway's memory: a journal with one line for each change, holding the whole order after it. A line is handed to
 * the system before the request it belongs to is answered, so a kill -9 loses nothing that anyone was told.
 */
export class Books {
  readonly #file: number;
  readonly #orders: Map<string, OrderRecord>;
  readonly #spentTokens = new Set<string>();

  private constructor(file: number, orders: readonly OrderRecord[]) {
    this.#file = file;
    this.#orders = new Map();
    for (const order of orders) this.#remember(order);
  }

  /** @throws StartError when the folder cannot be written or the journal cannot be read */
  static open(dataDir: string): Books {
    const path = join(dataDir, 'orders.jsonl');
    let file: number;
    try {
      mkdirSync(dataDir, { recursive: true });
      file = openSync(path, 'a+');
    } catch {
      throw new StartError(`The Conekta simulator cannot write its books to ${path}: choose another data folder.`);
    }
    const bytes = readFileSync(path);
    // A line without its end was being written when the process died: nobody was told about it.
    const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
    if (wholeBytes < bytes.length) ftruncateSync(file, wholeBytes);
    try {
      const lines = bytes.toString('utf8', 0, wholeBytes).split('\n').slice(0, -1);
      return new Books(
        file,
        lines.map((line) => orderRecord.parse(JSON.parse(line))),
      );
    } catch {
      closeSync(file);
      throw new StartError(`The Conekta simulator's books in ${path} are damaged: start with --fresh.`);
    }
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
    writeSync(this.#file, `${JSON.stringify(order)}\n`);
    this.#remember(order);
  }

  close(): void {
    closeSync(this.#file);
  }

  #remember(order: OrderRecord): void {
    this.#orders.set(order.id, order);
    for (const { tokenHash } of order.charges) this.#spentTokens.add(tokenHash);
  }
}
