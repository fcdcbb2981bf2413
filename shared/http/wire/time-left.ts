import * as z from 'zod';
import { endsAt, isCounted, leftOf } from '../../access/time-sold.ts';
import type { Access } from '../../store/accesses.ts';
import { clockName, clockNames, megabytesOf } from './time-sold.ts';

/** What a buyer still has. Time online is as of the router's last reading; null where nothing limits it. */
export const timeLeftBody = z.object({
  reloj: z.enum(clockNames).nullable(),
  segundos_restantes: z.number().nullable(),
  mb_restantes: z.number().nullable(),
  /** UTC. When it ends; null while that depends on when the buyer goes online. */
  termina_en: z.string().nullable(),
  /** UTC. For time that is not counted by the clock on the wall, or not yet. */
  usar_antes_de: z.string().nullable(),
});

/** @returns undefined where the router's profile alone rules */
export function toTimeLeft(access: Access, now: number): z.input<typeof timeLeftBody> | undefined {
  if (!isCounted(access)) return undefined;
  const { seconds, bytes } = leftOf(access, now);
  const end = endsAt(access);
  const time = end === null ? null : new Date(end).toISOString();
  const isRunning = access.clock === 'purchase' || (access.clock === 'first-use' && access.firstSeenAt !== null);
  return {
    reloj: clockName(access.clock),
    segundos_restantes: seconds,
    mb_restantes: bytes === null ? null : megabytesOf(bytes),
    termina_en: isRunning ? time : null,
    usar_antes_de: isRunning ? null : time,
  };
}
