import * as z from 'zod';
import { type AuditEntry, placeInTrail } from '../../store/audit.ts';
import { zonelessTime } from './timestamp.ts';

const entryBody = z.object({
  fecha: z.string(),
  /** null: to the deployment itself. */
  empresa_id: z.string().nullable(),
  usuario_id: z.number(),
  usuario: z.string(),
  rol: z.string(),
  accion: z.string(),
  parametros: z.record(z.string(), z.unknown()),
  cambios: z.unknown(),
  resultado: z.string(),
  ip: z.string(),
  correlacion_id: z.string(),
});

export const trailBody = z.object({
  entradas: z.array(entryBody),
  /** To be sent as `cursor` for those that follow; null when there are none. */
  siguiente: z.string().nullable(),
});

/** @param entries one more than `limit` where there are more */
export function toTrailBody(entries: readonly AuditEntry[], limit: number): z.input<typeof trailBody> {
  const shown = entries.slice(0, limit);
  const last = shown.at(-1);
  return {
    entradas: shown.map((entry) => ({
      fecha: zonelessTime(entry.at),
      empresa_id: entry.companyId,
      usuario_id: entry.userId,
      usuario: entry.email,
      rol: entry.role,
      accion: entry.action,
      parametros: entry.params,
      cambios: entry.changes,
      resultado: entry.outcome,
      ip: entry.sourceIp,
      correlacion_id: entry.correlationId,
    })),
    siguiente: last && entries.length > limit ? placeInTrail(last) : null,
  };
}
