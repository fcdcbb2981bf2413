import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NotTheProtocol, parseRequest, sentenceBytes, SentenceReader } from '#shared/local/router/sentences.ts';
import { encodeSentence, SentenceParser } from '#shared/routers/routeros/words.ts';

describe("the simulator's encoder and the client's", () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 });
  const sentence = fc.array(word, { minLength: 1, maxLength: 5 });

  it('were written apart and agree', () => {
    fc.assert(
      fc.property(sentence, (words) => {
        expect(sentenceBytes(words)).toEqual(encodeSentence(words));
        expect(new SentenceReader().read(encodeSentence(words))).toEqual([words]);
        expect(new SentenceParser().push(sentenceBytes(words))).toEqual([words]);
      }),
    );
  });

  it.each([1, 0x7f, 0x80, 0x3fff, 0x4000, 0x1fffff, 0x200000])('agree on a word of %i bytes', (length) => {
    const [read] = new SentenceReader().read(sentenceBytes(['x'.repeat(length)]));
    expect(read?.[0]?.length).toBe(length);
  });
});

describe('the reader', () => {
  it('does not speak with those who do not speak the protocol', () => {
    expect(() => new SentenceReader().read(Buffer.of(0xff))).toThrow(NotTheProtocol);
    expect(() => new SentenceReader().read(Buffer.from([0xf0, 0x7f, 0, 0, 0]))).toThrow(NotTheProtocol);
  });

  it('tells the words of a command apart, the tag wherever it stands', () => {
    expect(parseRequest(['/x/print', '.tag=9', '=.proplist=a,b', '?name=c', '=comment=a=b', '=flag', '?#|'])).toEqual({
      path: '/x/print',
      attributes: new Map([
        ['.proplist', 'a,b'],
        ['comment', 'a=b'],
        ['flag', ''],
      ]),
      queries: ['name=c', '#|'],
      tag: '9',
    });
  });
});
