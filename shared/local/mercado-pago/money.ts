import * as z from 'zod';

/** Digits after the decimal point, by site (payments.md B.12): Mexico has two, Chile none. */
const exponents = { MXN: 2, CLP: 0 } as const;

export const siteCurrency = z.enum(['MXN', 'CLP']);
export type SiteCurrency = z.infer<typeof siteCurrency>;

/** @returns minor units, or undefined for anything but a positive number with no more decimals than the site has */
export function minorOf(decimal: number, currency: SiteCurrency): number | undefined {
  const exponent = exponents[currency];
  const [, whole = '', fraction = ''] = /^(\d{1,10})(?:\.(\d+))?$/.exec(String(decimal)) ?? [];
  if (fraction.length > exponent) return undefined;
  const minor = Number(whole + fraction.padEnd(exponent, '0'));
  return minor > 0 ? minor : undefined;
}

/** The country a seller is of, as Mercado Pago calls it. */
export const sites: Readonly<Record<SiteCurrency, string>> = { MXN: 'MLM', CLP: 'MLC' };

export function decimalOf(minor: number, currency: SiteCurrency): number {
  const exponent = exponents[currency];
  const digits = String(minor).padStart(exponent + 1, '0');
  return exponent === 0 ? minor : Number(`${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`);
}
