import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { challengeResponse } from '#shared/routers/routeros/login.ts';
import {
  decodeLength,
  encodeLength,
  encodeSentence,
  MAX_WORD_BYTES,
  parseReply,
  ProtocolError,
  SentenceParser,
  WordError,
} from '#shared/routers/routeros/words.ts';
import { Secret } from '#shared/security/secret.ts';

/** From the manual, go-routeros and librouteros (routeros.md 1.1 and 3.2): data that nobody here computed. */
const lengths: readonly (readonly [length: number, hex: string])[] = [
  [0, '00'],
  [0x01, '01'],
  [0x7f, '7f'],
  [0x80, '8080'],
  [0x82, '8082'],
  [0x87, '8087'],
  [0x3fff, 'bfff'],
  [0x4000, 'c04000'],
  [0x4321, 'c04321'],
  [0x1fffff, 'dfffff'],
  [2_097_140, 'dffff4'],
  [0x200000, 'e0200000'],
  [0x2acdef, 'e02acdef'],
  [0xfffffff, 'efffffff'],
  [268_435_440, 'effffff0'],
  [0x10000000, 'f010000000'],
  [0x10000080, 'f010000080'],
  [0xffffffff, 'f0ffffffff'],
];

describe('a length', () => {
  it.each(lengths)('of %i bytes is written as %s and read back', (length, hex) => {
    expect(encodeLength(length).toString('hex')).toBe(hex);
    expect(decodeLength(Buffer.from(hex, 'hex'), 0)).toEqual({ length, size: hex.length / 2 });
  });

  it.each(lengths)('of %i bytes is not read before its last byte is there', (_length, hex) => {
    const bytes = Buffer.from(hex, 'hex');
    for (let cut = 0; cut < bytes.length; cut++) expect(decodeLength(bytes.subarray(0, cut), 0)).toBeUndefined();
  });

  it.each([0xf1, 0xf7, 0xf8, 0xff])('never begins with the byte %i', (first) => {
    expect(() => decodeLength(Buffer.of(first, 0, 0, 0, 0), 0)).toThrow(ProtocolError);
  });

  it.each([-1, 0.5, 2 ** 32, NaN])('cannot be %d', (length) => {
    expect(() => encodeLength(length)).toThrow(WordError);
  });
});

describe('a sentence', () => {
  it('counts bytes, not characters', () => {
    expect(encodeSentence(['=a=ñ€']).toString('hex')).toBe(`08${Buffer.from('=a=ñ€', 'utf8').toString('hex')}00`);
  });

  it('with an empty word is refused, or the router would run the shortened command', () => {
    expect(() => encodeSentence(['/ip/hotspot/user/add', '', '=name=x'])).toThrow(WordError);
    expect(() => encodeSentence([])).toThrow(WordError);
  });

  it('with a word beyond the cap is refused', () => {
    expect(encodeSentence(['x'.repeat(MAX_WORD_BYTES)]).length).toBe(MAX_WORD_BYTES + 4);
    expect(() => encodeSentence(['x'.repeat(MAX_WORD_BYTES + 1)])).toThrow(WordError);
  });
});

describe('the parser', () => {
  const sentences = [
    ['!re', '=name=PT-1', '=comment=', '.tag=1'],
    ['!re', `=long=${'x'.repeat(200)}`, '.tag=1'],
    ['!done', '=ret=*5', '.tag=1'],
  ];
  const bytes = Buffer.concat(sentences.map(encodeSentence));

  it('reads the same sentences wherever the stream is cut in two', () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      const parser = new SentenceParser();
      const read = [...parser.push(bytes.subarray(0, cut)), ...parser.push(bytes.subarray(cut))];
      expect(read, `cut at ${cut}`).toEqual(sentences);
    }
  });

  it('reads a stream that comes byte by byte', () => {
    const parser = new SentenceParser();
    expect([...bytes].flatMap((byte) => parser.push(Buffer.of(byte)))).toEqual(sentences);
  });

  it('delivers a sentence with its closing zero and not before', () => {
    const parser = new SentenceParser();
    expect(parser.push(encodeSentence(['!done']).subarray(0, -1))).toEqual([]);
    expect(parser.push(Buffer.of(0))).toEqual([['!done']]);
  });

  it('ignores empty sentences', () => {
    expect(new SentenceParser().push(Buffer.from([0, 0, 1, 0x61, 0, 0]))).toEqual([['a']]);
  });

  it('gives up on a control byte, a word beyond the cap and a sentence without end', () => {
    expect(() => new SentenceParser().push(Buffer.of(0xf8))).toThrow(ProtocolError);
    expect(() => new SentenceParser().push(encodeLength(MAX_WORD_BYTES + 1))).toThrow(ProtocolError);
    const parser = new SentenceParser();
    const word = Buffer.concat([encodeLength(MAX_WORD_BYTES), Buffer.alloc(MAX_WORD_BYTES, 'x')]);
    for (let i = 0; i < 4; i++) parser.push(word);
    expect(() => parser.push(word)).toThrow(ProtocolError);
  });

  it('reads bytes that are no UTF-8 leniently', () => {
    expect(new SentenceParser().push(Buffer.from([2, 0x61, 0xf1, 0]))).toEqual([['a\ufffd']]);
  });

  it('undoes the encoder for any words in any pieces', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 });
    const sentence = fc.array(word, { minLength: 1, maxLength: 6 });
    const pieces = fc.array(fc.integer({ min: 1, max: 97 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(sentence, { maxLength: 5 }), pieces, (written, sizes) => {
        const stream = Buffer.concat(written.map(encodeSentence));
        const parser = new SentenceParser();
        const read: string[][] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          read.push(...parser.push(stream.subarray(at, at + size)));
          at += size;
        }
        expect(read).toEqual(written);
      }),
    );
  });

  it('throws nothing but a protocol error, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        try {
          new SentenceParser().push(Buffer.from(noise));
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });
});

describe('a reply', () => {
  it.each([
    ['last', ['!re', '=name=a', '=.id=*1', '.tag=7']],
    ['second', ['!re', '.tag=7', '=name=a', '=.id=*1']],
    ['between', ['!re', '=name=a', '.tag=7', '=.id=*1']],
  ])('may carry its tag %s', (_where, words) => {
    expect(parseReply(words)).toEqual({
      kind: 're',
      tag: '7',
      attributes: new Map([
        ['name', 'a'],
        ['.id', '*1'],
      ]),
      text: '',
    });
  });

  it('divides an attribute at its second equals sign only', () => {
    const { attributes } = parseReply(['!re', '=on-login=:put "a=b"', '=comment=', '=flag']);
    expect([...attributes]).toEqual([
      ['on-login', ':put "a=b"'],
      ['comment', ''],
      ['flag', ''],
    ]);
  });

  it('may be a row without attributes, and may have no tag', () => {
    expect(parseReply(['!re'])).toEqual({ kind: 're', tag: undefined, attributes: new Map(), text: '' });
  });

  it.each([
    [['!fatal', 'session terminated on request'], 'fatal', 'session terminated on request'],
    [['!trap', '=category=0', '=message=no such item', '.tag=1'], 'trap', ''],
    [['!empty', '.tag=1'], 'empty', ''],
    [['!done', '.tag=1'], 'done', ''],
    [['!later', '.tag=1'], 'other', ''],
  ])('%j is of kind %s', (words, kind, text) => {
    expect(parseReply(words)).toMatchObject({ kind, text });
  });
});

/** Vectors of the manual and of go-routeros (routeros.md 1.3). */
describe('the login of routers before 6.43', () => {
  it.each([
    ['', '93b438ec9b80057c06dd9fe67d56aa9a', '00e134102a9d330dd7b1849fedfea3cb57'],
    ['passTest', 'abc123', '0021277bff9ac7caf06aa608e46616d47f'],
  ])('answers for the password "%s" and the challenge %s', (password, challenge, response) => {
    expect(challengeResponse(new Secret(password), challenge)).toBe(response);
  });
});
