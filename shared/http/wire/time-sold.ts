/** Sold time on the wire: `duracion_minutos`, `limite_mb`, `reloj`, `dispositivos`; additive to the contract. */
import * as z from 'zod';
import { Refusal } from '../../platform/refusal.ts';
import type { accessClocks } from '../../store/time-sold.ts';
import { type TimeSold } from '../../store/time-sold.ts';
import { optionalChoice, optionalInteger, patchChoice, patchNullableInteger } from './fields.ts';

export const clockNames = ['uso', 'compra', 'primer_uso'] as const;
type ClockName = (typeof clockNames)[number];
const clocks = { uso: 'use', compra: 'purchase', primer_uso: 'first-use' } as const;
const nameOf = { use: 'uso', purchase: 'compra', 'first-use': 'primer_uso' } as const satisfies Record<
  (typeof accessClocks)[number],
  ClockName
>;

const MINUTE_S = 60;
/** As RouterOS' own `M`. */
const MEGABYTE = 2 ** 20;

/** A year and a day; ten terabytes. */
const minutes = { min: 1, max: 527_040 };
const megabytes = { min: 1, max: 10_485_760 };
const devices = { min: 1, max: 100 };

export const timeSoldFields = {
  duracion_minutos: optionalInteger(null, minutes),
  limite_mb: optionalInteger(null, megabytes),
  reloj: optionalChoice(clockNames),
  dispositivos: optionalInteger(null, devices),
};

export const timeSoldPatch = {
  duracion_minutos: patchNullableInteger(minutes),
  limite_mb: patchNullableInteger(megabytes),
  reloj: patchChoice(clockNames),
  dispositivos: patchNullableInteger(devices),
};

export const timeSoldShape = {
  duracion_minutos: z.number().nullable(),
  limite_mb: z.number().nullable(),
  reloj: z.enum(clockNames).nullable(),
  dispositivos: z.number().nullable(),
};

export const toTimeSold = ({ clock, seconds, bytes, devices }: TimeSold) => ({
  duracion_minutos: seconds === null ? null : seconds / MINUTE_S,
  limite_mb: bytes === null ? null : bytes / MEGABYTE,
  reloj: clockName(clock),
  dispositivos: devices,
});

export const clockName = (clock: TimeSold['clock']): ClockName | null => (clock === null ? null : nameOf[clock]);

export const megabytesOf = (bytes: number): number => Math.floor(bytes / MEGABYTE);

interface Sent {
  readonly duracion_minutos?: number | null | undefined;
  readonly limite_mb?: number | null | undefined;
  readonly reloj?: ClockName | null | undefined;
  readonly dispositivos?: number | null | undefined;
}

/**
 * What a plan sells after an edit: what was not sent stays. Time without a clock is counted from the purchase.
 *
 * @throws Refusal `plan-clock-without-time`
 */
export function timeSoldFrom(sent: Sent, stored: TimeSold): TimeSold {
  const before = toTimeSold(stored);
  const { duracion_minutos, limite_mb, reloj, dispositivos } = { ...before, ...given(sent) };
  if (duracion_minutos === null && reloj !== null && given(sent).reloj) throw new Refusal('plan-clock-without-time');
  return {
    seconds: duracion_minutos === null ? null : duracion_minutos * MINUTE_S,
    bytes: limite_mb === null ? null : limite_mb * MEGABYTE,
    clock: duracion_minutos === null ? null : clocks[reloj ?? 'compra'],
    devices: dispositivos,
  };
}

const given = (sent: Sent): Partial<ReturnType<typeof toTimeSold>> => ({
  ...(sent.duracion_minutos !== undefined && { duracion_minutos: sent.duracion_minutos }),
  ...(sent.limite_mb !== undefined && { limite_mb: sent.limite_mb }),
  ...(sent.reloj !== undefined && { reloj: sent.reloj }),
  ...(sent.dispositivos !== undefined && { dispositivos: sent.dispositivos }),
});
