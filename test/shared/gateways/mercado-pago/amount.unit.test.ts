import { expect, test } from 'vitest';
import { amountFromMinor, minorFromAmount } from '#shared/gateways/mercado-pago/amount.ts';

test.each([
  [1, 'MXN', '0.01'],
  [110, 'MXN', '1.1'],
  [1500, 'MXN', '15'],
  [1999, 'MXN', '19.99'],
  [99_999_999, 'ARS', '999999.99'],
  [1, 'CLP', '1'],
  [15_990, 'CLP', '15990'],
])('%i minor units of %s are written %s, and read back as they were', (minor, currency, written) => {
  const amount = amountFromMinor(minor, currency);
  expect(JSON.stringify(amount)).toBe(written);
  expect(minorFromAmount(amount, currency)).toBe(minor);
});

test.each([
  [19.999, 'MXN'],
  [-1, 'MXN'],
  [-1, 'CLP'],
  [0.5, 'CLP'],
  [-3.4e38, 'MXN'],
  [1e21, 'CLP'],
])('%d is no amount of %s', (amount, currency) => {
  expect(minorFromAmount(amount, currency)).toBeUndefined();
});
