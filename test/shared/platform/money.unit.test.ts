import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalFromMinor, decimalText, minorFromDecimal } from '#shared/platform/money.ts';

const minors = fc.integer({ min: 0, max: 99_999_999_99 });

describe('a price', () => {
  it('survives the way from minor units to the wire and back, for every amount', () => {
    fc.assert(fc.property(minors, (minor) => minorFromDecimal(decimalFromMinor(minor)) === minor));
  });

  it('is read from its digits: 19.99 is 1999 centavos, never 1998', () => {
    expect([19.99, 0.29, 1.1, 4.35, 8.2, '20.50', ' 15 '].map(minorFromDecimal)).toEqual([
      1999, 29, 110, 435, 820, 2050, 1500,
    ]);
  });

  it.each([-1, 1.005, '1e3', '', 'abc', '1,5', NaN, Infinity, '0x10'])('is not read from %s', (decimal) => {
    expect(minorFromDecimal(decimal)).toBeUndefined();
  });

  it('is written for a person with two decimals', () => {
    expect([0, 5, 1500, 123_456].map(decimalText)).toEqual(['0.00', '0.05', '15.00', '1234.56']);
  });
});
