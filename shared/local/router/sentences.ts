/**
 * The simulator's own reading and writing of the RouterOS API, deliberately not the client's: two independent readings of
 * the manual that must agree. It reads byte by byte as a state machine and writes whole answers.
 */
const LARGEST_WORD_BYTES = 16 * 1024 * 1024;

/** The peer does not speak the RouterOS API. */
export class NotTheProtocol extends Error {}

/** Bytes in, sentences out. Throws `NotTheProtocol`. */
export class SentenceReader {
  #sentence: string[] = [];
  #word: number[] = [];
  #wordLeft = 0;
  #lengthLeft = 0;
  #length = 0;

  read(chunk: Uint8Array): string[][] {
    const sentences: string[][] = [];
    for (const byte of chunk) {
      if (this.#wordLeft > 0) {
        this.#word.push(byte);
        this.#wordLeft -= 1;
        if (this.#wordLeft === 0) {
          this.#sentence.push(Buffer.from(this.#word).toString('utf8'));
          this.#word = [];
        }
      } else if (this.#lengthByte(byte)) {
        if (this.#length > LARGEST_WORD_BYTES) throw new NotTheProtocol('word too long');
        this.#wordLeft = this.#length;
        if (this.#length === 0 && this.#sentence.length > 0) {
          sentences.push(this.#sentence);
          this.#sentence = [];
        }
      }
    }
    return sentences;
  }

  /** @returns whether the length is now complete */
  #lengthByte(byte: number): boolean {
    if (this.#lengthLeft > 0) {
      this.#length = this.#length * 256 + byte;
      this.#lengthLeft -= 1;
      return this.#lengthLeft === 0;
    }
    // The number of leading one bits says how many bytes follow; the bits after them are the highest of the length.
    const following = byte < 128 ? 0 : byte < 192 ? 1 : byte < 224 ? 2 : byte < 240 ? 3 : byte === 240 ? 4 : -1;
    if (following < 0) throw new NotTheProtocol('control byte');
    this.#length = byte % 2 ** (7 - following);
    this.#lengthLeft = following;
    return following === 0;
  }
}

/** The bytes of one sentence. */
export function sentenceBytes(words: readonly string[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const word of words) {
    const bytes = Buffer.from(word, 'utf8');
    parts.push(Uint8Array.from(lengthBytes(bytes.length)), bytes);
  }
  parts.push(Uint8Array.of(0));
  return Buffer.concat(parts);
}

function lengthBytes(length: number): number[] {
  const base256 = (digits: number): number[] =>
    Array.from({ length: digits }, (_, i) => Math.floor(length / 256 ** (digits - 1 - i)) % 256);
  const marked = (digits: number, mark: number): number[] => base256(digits).map((d, i) => (i === 0 ? d + mark : d));
  if (length < 2 ** 7) return [length];
  if (length < 2 ** 14) return marked(2, 0x80);
  if (length < 2 ** 21) return marked(3, 0xc0);
  if (length < 2 ** 28) return marked(4, 0xe0);
  return [0xf0, ...base256(4)];
}

/** One command as it came, its words told apart. */
export interface Request {
  readonly path: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Query words without their `?`, in order. */
  readonly queries: readonly string[];
  /** Clients such as librouteros send none, and then get none back. */
  readonly tag: string | undefined;
}

export function parseRequest([path = '', ...words]: readonly string[]): Request {
  const attributes = new Map<string, string>();
  const queries: string[] = [];
  let tag: string | undefined;
  for (const word of words) {
    const [, attribute, value] = /^=([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (attribute !== undefined) attributes.set(attribute, value ?? '');
    else if (word.startsWith('?')) queries.push(word.slice(1));
    else if (word.startsWith('.tag=')) tag = word.slice('.tag='.length);
  }
  return { path, attributes, queries, tag };
}
