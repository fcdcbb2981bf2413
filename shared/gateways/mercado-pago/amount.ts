import { decimalFromMinor, minorFromDecimal } from '../../platform/money.ts';

/** Chile's peso has no centavos: a decimal is refused (payments B.12). Every other currency Mercado Pago takes has two. */
const withoutDecimals: ReadonlySet<string> = new Set(['CLP']);

/** The JSON number Mercado Pago wants, made from digits: 1999 MXN -> 19.99, 1999 CLP -> 1999. */
export function amountFromMinor(minor: number, currency: string): number {
  return withoutDecimals.has(currency) ? minor : decimalFromMinor(minor);
}

/** @returns undefined for what is no amount of that currency: a fraction of a centavo, a negative one */
export function minorFromAmount(amount: number, currency: string): number | undefined {
  if (!withoutDecimals.has(currency)) return minorFromDecimal(amount);
  return Number.isSafeInteger(amount) && amount >= 0 ? amount : undefined;
}
