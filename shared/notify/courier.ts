import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Measured } from '../platform/metrics.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Company, CompanyStore } from '../store/companies.ts';
import type { Message, MessageStore } from '../store/messages.ts';
import type { NoticeStore, OwedNotice } from '../store/notices.ts';
import type { Purchase, PurchaseStore } from '../store/purchases.ts';
import type { Telegram } from './telegram.ts';

/** What a message says, in the operator's language; nothing where there is nothing to say any more. */
export interface Words {
  /** @param purchase that it is about; undefined where it is about none */
  ofMessage(message: Message, company: Company, purchase: Purchase | undefined): string | undefined;
  ofNotice(notice: OwedNotice, company: Company): string;
}

export interface CourierParts {
  readonly companies: CompanyStore;
  readonly purchases: PurchaseStore;
  readonly messages: MessageStore;
  readonly notices: NoticeStore;
  readonly tokens: SecretBox;
  readonly telegram: Telegram;
  readonly words: Words;
  readonly clock: Clock;
  readonly logger: Logger;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const SEND_WITHIN_MS = 5 * SECOND;
const LONGEST_BACK_OFF_MS = 60 * MINUTE;
/** News of days ago is none. */
const GIVE_UP_MS = 3 * 24 * 60 * MINUTE;

/**
 * Brings to operators, by Telegram, what is due to be told. One for each sweep: after a call without an answer it sends nothing
 * more, and what it then leaves is due again, so that a dead Telegram costs the sweep one time-out and loses nothing. An answer
 * that was lost may bring a message twice.
 */
export class Courier {
  readonly #parts: CourierParts;
  readonly #companies = new Map<string, Promise<Company | undefined>>();
  /** Who is not written to any more in this sweep. */
  readonly #silent = new Set<string>();
  #isDown = false;
  #hasAnswered = false;

  constructor(parts: CourierParts) {
    this.#parts = parts;
  }

  /** Of the sweep so far. */
  get measured(): Measured {
    if (this.#hasAnswered) return { 'telegram-silent': 0 };
    return this.#isDown ? { 'telegram-silent': 1 } : {};
  }

  async bringMessage(message: Message): Promise<void> {
    const { messages, purchases, words } = this.#parts;
    const { companyId, news } = message;
    await this.#bring(message, messages, async (company) => {
      const purchase = 'purchaseId' in news ? await purchases.find(companyId, news.purchaseId) : undefined;
      return words.ofMessage(message, company, purchase);
    });
  }

  async bringNotice(notice: OwedNotice): Promise<void> {
    const { notices, words } = this.#parts;
    await this.#bring(notice, notices, (company) => Promise.resolve(words.ofNotice(notice, company)));
  }

  async #bring<Thing extends Owed>(
    thing: Thing,
    book: Book<Thing>,
    wordsFor: (company: Company) => Promise<string | undefined>,
  ): Promise<void> {
    const { clock, logger, tokens, telegram } = this.#parts;
    if (this.#isDown || this.#silent.has(thing.companyId)) return;
    const company = await this.#company(thing.companyId);
    const { sealedBotToken = null, chatId = null, enabled = false } = company?.telegram ?? {};
    if (!company || !enabled || sealedBotToken === null || chatId === null) return book.settle(thing);
    const waitMs = Math.min(MINUTE * 2 ** thing.attempts, LONGEST_BACK_OFF_MS);
    if (!(await book.claim(thing, clock.now() + waitMs))) return;
    const text = await wordsFor(company);
    if (text === undefined) return book.settle(thing);
    const botToken = await tokens.open(thing.companyId, sealedBotToken);
    const sending = await telegram.send(botToken, chatId, text, SEND_WITHIN_MS);
    if (sending.kind === 'unknown') this.#isDown = true;
    // A refusal may be ours, of a token that cannot be one.
    if (sending.kind === 'sent' || sending.kind === 'busy') this.#hasAnswered = true;
    if (sending.kind === 'sent') return book.settle(thing);
    this.#silent.add(thing.companyId);
    const isOver = clock.now() - thing.createdAt > GIVE_UP_MS;
    logger.warn('telegram not told', { companyId: thing.companyId, why: sending.kind, ...(isOver && GIVEN_UP) });
    if (isOver) await book.settle(thing);
  }

  #company(companyId: string): Promise<Company | undefined> {
    const known = this.#companies.get(companyId) ?? this.#parts.companies.find(companyId);
    this.#companies.set(companyId, known);
    return known;
  }
}

interface Owed {
  readonly companyId: string;
  readonly createdAt: number;
  readonly attempts: number;
}

interface Book<Thing> {
  claim(thing: Thing, until: number): Promise<boolean>;
  settle(thing: Thing): Promise<void>;
}

const GIVEN_UP = { alarm: 'message-given-up' } as const;
