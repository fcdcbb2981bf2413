/** Money is a whole number of minor units (centavos) and a currency. Decimals exist only on the wire. */
export interface Money {
  readonly minor: number;
  readonly currency: Currency;
}

export const currencies = ['MXN', 'USD', 'EUR'] as const;
export type Currency = (typeof currencies)[number];

/** Digits after the decimal point. All three currencies of the contract (6.6) have two. */
const EXPONENT = 2;
const DECIMAL = /^(\d{1,9})(?:\.(\d{1,2})0*)?$/;

/**
 * Reads a price from its digits, so that 19.99 is 1999 and never 1998 (contract W27: float truncation).
 *
 * @param decimal a JSON number or numeric text, such as `15`, `19.99` or `"20.50"`
 * @returns minor units, or undefined for negatives, exponents, or more decimals than the currency has
 */
export function minorFromDecimal(decimal: number | string): number | undefined {
  const match = DECIMAL.exec(String(decimal).trim());
  if (!match) return undefined;
  const [, whole = '', fraction = ''] = match;
  return Number(whole) * 10 ** EXPONENT + Number(fraction.padEnd(EXPONENT, '0'));
}

/** The JSON number the contract shows for an amount: 1500 -> 15, 1999 -> 19.99. */
export function decimalFromMinor(minor: number): number {
  return Number(decimalText(minor));
}

/** Always two decimals, for a sentence a person reads: 1500 -> "15.00". */
export function decimalText(minor: number): string {
  const digits = String(minor).padStart(EXPONENT + 1, '0');
  return `${digits.slice(0, -EXPONENT)}.${digits.slice(-EXPONENT)}`;
}
