import { createHash } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Kms } from '../platform/kms.ts';
import { Secret } from './secret.ts';

/** One KMS key for each: who may open router credentials must not thereby open payment keys (design 5). */
export const secretPurposes = ['gateway-credentials', 'router-credentials', 'access-codes', 'telegram-tokens'] as const;
export type SecretPurpose = (typeof secretPurposes)[number];

interface Options {
  readonly kms: () => Promise<Kms>;
  /** Id, alias or ARN of the purpose's KMS key. */
  readonly keyId: string;
  readonly purpose: SecretPurpose;
  /** What this function was granted; KMS would refuse the rest, but late and in other words. */
  readonly can: 'seal' | 'open' | 'both';
  readonly clock: Clock;
}

/** The function uses a box in a way its needs do not list: a mistake in the program, never in the data. */
export class BoxMisuse extends Error {
  override name = 'BoxMisuse';
}

const CACHE_MS = 5 * 60_000;
const CACHE_ENTRIES = 500;

/** KMS refuses to encrypt nothing, and a router's password may be nothing: so a byte goes ahead of every value. */
const LEAD = Buffer.of(0x31);

/**
 * Seals values of one purpose for one company and opens them again. The company is part of what KMS authenticates: a
 * sealed value copied into another company's item does not open there.
 */
export class SecretBox {
  readonly #options: Options;
  readonly #opened = new Map<string, { readonly value: Secret; readonly until: number }>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** @returns base64 text to store; sealing the same value twice gives two different texts */
  async seal(companyId: string, secret: Secret): Promise<string> {
    const { kms, keyId, purpose, can } = this.#options;
    if (can === 'open') throw new BoxMisuse(`The box "${purpose}" of this function can only open`);
    const { CiphertextBlob } = await (
      await kms()
    ).encrypt({
      KeyId: keyId,
      Plaintext: Buffer.concat([LEAD, Buffer.from(secret.reveal(), 'utf8')]),
      EncryptionContext: this.#context(companyId),
    });
    if (!CiphertextBlob) throw new Error('KMS answered Encrypt without a ciphertext');
    const sealed = Buffer.from(CiphertextBlob).toString('base64');
    // Whoever may open it again need not ask KMS for what it just had in hand.
    if (can === 'both') this.#remember(cacheKeyOf(companyId, sealed), secret);
    return sealed;
  }

  /**
   * Opened values stay in memory for five minutes, so that a busy router costs one KMS call and not one per purchase.
   *
   * @throws KMS's InvalidCiphertextException when the value was sealed for another company or purpose, or was changed
   */
  async open(companyId: string, sealed: string): Promise<Secret> {
    const { kms, keyId, purpose, can, clock } = this.#options;
    if (can === 'seal') throw new BoxMisuse(`The box "${purpose}" of this function can only seal`);
    const cacheKey = cacheKeyOf(companyId, sealed);
    const cached = this.#opened.get(cacheKey);
    if (cached && cached.until > clock.now()) return cached.value;
    const { Plaintext } = await (
      await kms()
    ).decrypt({
      KeyId: keyId,
      CiphertextBlob: Buffer.from(sealed, 'base64'),
      EncryptionContext: this.#context(companyId),
    });
    if (!Plaintext || Plaintext[0] !== LEAD[0]) throw new Error('KMS opened a value that this box did not seal');
    const value = new Secret(Buffer.from(Plaintext).toString('utf8', LEAD.length));
    this.#remember(cacheKey, value);
    return value;
  }

  #context(companyId: string) {
    return { company: companyId, purpose: this.#options.purpose };
  }

  #remember(cacheKey: string, value: Secret): void {
    this.#opened.delete(cacheKey);
    // A Map keeps the order of insertion: its first key is the oldest.
    const [oldest] = this.#opened.keys();
    if (oldest !== undefined && this.#opened.size >= CACHE_ENTRIES) this.#opened.delete(oldest);
    this.#opened.set(cacheKey, { value, until: this.#options.clock.now() + CACHE_MS });
  }
}

const cacheKeyOf = (companyId: string, sealed: string): string =>
  createHash('sha256').update(`${companyId}\n${sealed}`).digest('base64');
