import { describe, expect, it } from 'vitest';
import { integerDigits } from '#shared/http/wire/fields.ts';

describe('a number in a path that is somebody else`s', () => {
  it.each([
    ['123', '123'],
    ['9007199254740993', '9007199254740993'],
    ['007', '7'],
    ['0', '0'],
    [' +5 ', '5'],
  ])('%j is kept as the digits %s', (raw, digits) => expect(integerDigits().parse(raw)).toBe(digits));

  it.each(['', 'x', '1.0', '-1', '1_000', '٣', '1'.repeat(40), 5, null])('%j is none', (raw) => {
    expect(integerDigits().safeParse(raw).success).toBe(false);
  });
});
