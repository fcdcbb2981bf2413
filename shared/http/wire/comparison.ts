import * as z from 'zod';
import type { GatewayName } from '../../gateways/gateway.ts';
import { decimalText } from '../../platform/money.ts';
import type {
  Comparison,
  ComparisonRun,
  Difference,
  DifferenceKind,
  GatewayComparison,
} from '../../store/comparisons.ts';
import { zonelessTime } from './timestamp.ts';

const kindsOnWire = {
  'unknown-purchase': 'sin_compra',
  'other-order': 'orden_distinta',
  'unknown-payment': 'cargo_no_registrado',
  'unknown-refund': 'reembolso_no_registrado',
  'unknown-dispute': 'disputa_no_registrada',
  'dispute-gone': 'disputa_sin_rastro',
  'not-at-gateway': 'no_esta_en_la_pasarela',
  'not-answered': 'sin_respuesta',
} as const satisfies Record<DifferenceKind, string>;

const gatewaysOnWire = { conekta: 'conekta', 'mercado-pago': 'mercado_pago' } as const satisfies Record<
  GatewayName,
  string
>;

const comparisonBody = z.object({
  desde: z.string(),
  hasta: z.string(),
  pasarelas: z.array(
    z.object({
      pasarela: z.enum(Object.values(gatewaysOnWire)),
      estado: z.enum(['completa', 'sin_respuesta', 'en_curso']),
      /** Orders or payments at the gateway: all, those that are ours, and those that are not. */
      vistas: z.number(),
      nuestras: z.number(),
      ajenas: z.number(),
      coinciden: z.number(),
      corregidas: z.number(),
      total_diferencias: z.number(),
      /** The first fifty. */
      diferencias: z.array(
        z.object({ id_compra: z.number(), tipo: z.enum(Object.values(kindsOnWire)), detalle: z.string() }),
      ),
    }),
  ),
});
type ComparisonBody = z.input<typeof comparisonBody>;

export const shownComparison = z.object({
  /** The last one that ended; null before the first. */
  ultima: comparisonBody.extend({ terminada_en: z.string() }).nullable(),
  en_curso: comparisonBody.nullable(),
  /** When the next begins, or the one that runs goes on. */
  proxima_en: z.string().nullable(),
});

export const toShownComparison = (comparison: Comparison | undefined): z.input<typeof shownComparison> => {
  const { last = null, run = null, dueAt = null } = comparison ?? {};
  return {
    ultima: last && { ...toComparisonBody(last, last.endedAt), terminada_en: zonelessTime(last.endedAt) },
    en_curso: run && toComparisonBody(run, dueAt ?? 0),
    proxima_en: dueAt === null ? null : zonelessTime(dueAt),
  };
};

/** @param dueAt when it goes on: a gateway that may be asked no sooner has not answered */
const toComparisonBody = ({ startedAt, gateways }: ComparisonRun, dueAt: number): ComparisonBody => ({
  desde: zonelessTime(Math.min(startedAt, ...gateways.map(({ since }) => since))),
  hasta: zonelessTime(startedAt),
  pasarelas: gateways.map((one) => ({
    pasarela: gatewaysOnWire[one.gateway],
    estado: stateOnWire(one, dueAt),
    vistas: one.ours + one.foreign,
    nuestras: one.ours,
    ajenas: one.foreign,
    coinciden: one.agreeing,
    corregidas: one.corrected,
    total_diferencias: one.differing,
    diferencias: one.differences.map((difference) => ({
      id_compra: difference.purchaseId,
      tipo: kindsOnWire[difference.kind],
      detalle: sentenceOf(difference),
    })),
  })),
});

function stateOnWire({ stage, toReview, nextAt }: GatewayComparison, dueAt: number) {
  if (stage === 'complete' && toReview.length === 0) return 'completa';
  return stage === 'silent' || nextAt >= dueAt ? 'sin_respuesta' : 'en_curso';
}

function sentenceOf({ kind, orderRef, theirsMinor, oursMinor }: Difference): string {
  const order = orderRef ?? '';
  const money = (minor: number | null) => `$${decimalText(minor ?? 0)}`;
  switch (kind) {
    case 'unknown-purchase':
      return theirsMinor === null
        ? `La orden ${order} de la pasarela lleva el número de una compra que no existe aquí.`
        : `La pasarela tiene ${money(theirsMinor)} en la orden ${order}, con el número de una compra que no existe aquí.`;
    case 'other-order':
      return `La pasarela tiene ${money(theirsMinor)} en la orden ${order}, que no es la de esta compra.`;
    case 'unknown-payment':
      return `La pasarela tiene en la orden ${order} un cargo de ${money(theirsMinor)} que no está registrado aquí.`;
    case 'unknown-refund':
      return `La pasarela devolvió ${money(theirsMinor)} de la orden ${order}; aquí constan ${money(oursMinor)}.`;
    case 'unknown-dispute':
      return `La orden ${order} tiene en la pasarela una disputa que no está registrada aquí.`;
    case 'dispute-gone':
      return `La orden ${order} está en disputa aquí, pero en la pasarela no.`;
    case 'not-at-gateway':
      return `La pasarela no muestra en la orden ${order} el cargo de ${money(oursMinor)} registrado aquí.`;
    case 'not-answered':
      return 'La pasarela no respondió cómo está esta compra.';
  }
}
