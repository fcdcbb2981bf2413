import { currencies, decimalFromMinor } from '../../platform/money.ts';
import type { Figures } from '../../store/figures.ts';

/** By currency, those there is any of. */
export const incomeOnWire = (figures: Figures): Record<string, number> =>
  Object.fromEntries(
    currencies.filter((currency) => figures[currency] !== 0).map((one) => [one, decimalFromMinor(figures[one])]),
  );

/** The contract's one number is of pesos; of a company that sells in none, of the currency it sells in. */
export function figuresOnWire(figures: Figures) {
  const main = currencies.find((currency) => figures[currency] !== 0) ?? 'MXN';
  return {
    total_transacciones: figures.sales,
    ingresos_totales: decimalFromMinor(figures[main]),
    transacciones_pagadas: figures.paid,
    transacciones_pendientes: figures.pending,
    transacciones_rechazadas: figures.declined,
    ingresos_por_moneda: incomeOnWire(figures),
  };
}
