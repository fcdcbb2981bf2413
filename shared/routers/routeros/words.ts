/**
 * The RouterOS API's bytes, and nothing else: no socket, no time. A word is a length and that many bytes; a sentence is
 * words up to an empty one. Facts: routeros.md 1.1 and 1.2.
 */
export const MAX_WORD_BYTES = 1 << 20;

/** A router that never ends its sentence must not fill our memory. */
const MAX_SENTENCE_BYTES = 4 << 20;

/** What we were asked to send cannot be sent. */
export class WordError extends Error {
  override name = 'WordError';
}

/** What arrived is not the RouterOS API, or more of it than we are willing to hold. */
export class ProtocolError extends Error {
  override name = 'ProtocolError';
}

const UINT32_MAX = 0xffffffff;

/** The shortest of the five forms for a length of 0 to 2^32 - 1 bytes. */
export function encodeLength(length: number): Buffer {
  if (!Number.isInteger(length) || length < 0 || length > UINT32_MAX) throw new WordError('length out of range');
  // `>>> 0` and unsigned writes: with signed 32-bit arithmetic the longer forms turn negative.
  if (length < 0x80) return Buffer.of(length);
  const prefix = Buffer.alloc(length < 0x4000 ? 2 : length < 0x200000 ? 3 : length < 0x10000000 ? 4 : 5);
  if (prefix.length === 2) prefix.writeUInt16BE(length | 0x8000);
  else if (prefix.length === 3) prefix.writeUIntBE(length | 0xc00000, 0, 3);
  else if (prefix.length === 4) prefix.writeUInt32BE((length | 0xe0000000) >>> 0);
  else {
    prefix[0] = 0xf0;
    prefix.writeUInt32BE(length, 1);
  }
  return prefix;
}

export interface DecodedLength {
  /** Bytes of the word. */
  readonly length: number;
  /** Bytes of the prefix itself. */
  readonly size: number;
}

/**
 * @returns undefined while the prefix is still incomplete
 * @throws ProtocolError for first bytes above 0xF0: reserved control bytes, after which nothing can be understood
 */
export function decodeLength(bytes: Buffer, offset: number): DecodedLength | undefined {
  const first = bytes[offset];
  if (first === undefined) return undefined;
  if (first < 0x80) return { length: first, size: 1 };
  if (first > 0xf0) throw new ProtocolError('control byte instead of a word');
  const size = first < 0xc0 ? 2 : first < 0xe0 ? 3 : first < 0xf0 ? 4 : 5;
  if (bytes.length - offset < size) return undefined;
  if (size === 5) return { length: bytes.readUInt32BE(offset + 1), size };
  const highBits = first & (0xff >> size);
  return { length: highBits * 256 ** (size - 1) + bytes.readUIntBE(offset + 1, size - 1), size };
}

/**
 * One sentence as one buffer, so that it can leave in one write.
 *
 * @throws WordError for an empty word: it would end the sentence early and the router would run the shortened command
 */
export function encodeSentence(words: readonly string[]): Buffer {
  if (words.length === 0) throw new WordError('empty sentence');
  const parts: Buffer[] = [];
  for (const word of words) {
    const bytes = Buffer.from(word, 'utf8');
    if (bytes.length === 0) throw new WordError('empty word');
    if (bytes.length > MAX_WORD_BYTES) throw new WordError('word too long');
    parts.push(encodeLength(bytes.length), bytes);
  }
  parts.push(Buffer.of(0));
  return Buffer.concat(parts);
}

/** Turns chunks, cut anywhere, into whole sentences. Text is read as UTF-8, leniently: routers hold any bytes. */
export class SentenceParser {
  #unread: Buffer = Buffer.alloc(0);
  #words: string[] = [];
  #sentenceBytes = 0;

  /** @throws ProtocolError when the stream cannot be understood any more; the connection is of no further use */
  push(chunk: Buffer): string[][] {
    const bytes = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    const sentences: string[][] = [];
    let offset = 0;
    for (;;) {
      const prefix = decodeLength(bytes, offset);
      if (!prefix) break;
      const { length, size } = prefix;
      if (length > MAX_WORD_BYTES) throw new ProtocolError('word too long');
      if (bytes.length - offset < size + length) break;
      offset += size + length;
      if (length > 0) this.#take(bytes.toString('utf8', offset - length, offset), length);
      else if (this.#words.length > 0) sentences.push(this.#endSentence());
    }
    this.#unread = bytes.subarray(offset);
    return sentences;
  }

  #take(word: string, length: number): void {
    this.#sentenceBytes += length;
    if (this.#sentenceBytes > MAX_SENTENCE_BYTES) throw new ProtocolError('sentence too long');
    this.#words.push(word);
  }

  #endSentence(): string[] {
    const words = this.#words;
    this.#words = [];
    this.#sentenceBytes = 0;
    return words;
  }
}

/** A router's own words: properties by name. Absent properties are missing, not empty. */
export type Row = ReadonlyMap<string, string>;

export interface Reply {
  /** `other` covers reply words not known yet: they carry nothing we need, `!done` still follows. */
  readonly kind: 're' | 'done' | 'trap' | 'fatal' | 'empty' | 'other';
  readonly tag: string | undefined;
  readonly attributes: Row;
  /** Words that are no attribute, such as the reason of a `!fatal`. */
  readonly text: string;
}

const kinds: ReadonlyMap<string | undefined, Reply['kind']> = new Map<string, Reply['kind']>([
  ['!re', 're'],
  ['!done', 'done'],
  ['!trap', 'trap'],
  ['!fatal', 'fatal'],
  ['!empty', 'empty'],
]);

const TAG = '.tag=';

/** Reads a reply sentence. The tag stands anywhere after the reply word; a row may have no attributes at all. */
export function parseReply(sentence: readonly string[]): Reply {
  const [replyWord, ...words] = sentence;
  const attributes = new Map<string, string>();
  const bare: string[] = [];
  let tag: string | undefined;
  for (const word of words) {
    if (word.startsWith(TAG)) tag = word.slice(TAG.length);
    else if (word.startsWith('=')) {
      // The value may itself contain `=`; only the second one divides.
      const divider = word.indexOf('=', 1);
      attributes.set(word.slice(1, divider < 0 ? undefined : divider), divider < 0 ? '' : word.slice(divider + 1));
    } else bare.push(word);
  }
  return { kind: kinds.get(replyWord) ?? 'other', tag, attributes, text: bare.join(' ') };
}
