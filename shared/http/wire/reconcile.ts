import * as z from 'zod';
import type { ReconcileNow } from '../../access/reconcile-now.ts';
import type { Reconcile, Tally } from '../../store/reconciles.ts';
import { zonelessTime } from './timestamp.ts';

const tallyShape = {
  /** Buyers who should be on the router. */
  vivos: z.number(),
  repuestos: z.number(),
  retirados: z.number(),
  ajustados: z.number(),
  /** Users with our mark that nobody here knows: left alone. */
  ajenos: z.number(),
  fallidos: z.number(),
};

export const reconcileBody = z.object({
  router_id: z.string(),
  estado: z.enum(['terminada', 'en_curso', 'sin_respuesta']),
  mensaje: z.string(),
  ...z.object(tallyShape).partial().shape,
});

/** As health shows the last one. */
export const lastReconcileBody = z.object({ terminada_en: z.string(), ...tallyShape }).nullable();

const toTally = ({ live, restored, removed, mended, strangers, failed }: Tally) => ({
  vivos: live,
  repuestos: restored,
  retirados: removed,
  ajustados: mended,
  ajenos: strangers,
  fallidos: failed,
});

export function toReconcileBody(routerId: string, result: ReconcileNow): z.input<typeof reconcileBody> {
  switch (result.kind) {
    case 'done':
      return {
        router_id: routerId,
        estado: 'terminada',
        mensaje: 'El router quedó como debe estar',
        ...toTally(result.tally),
      };
    case 'under-way':
      return {
        router_id: routerId,
        estado: 'en_curso',
        mensaje: 'La conciliación sigue por sí sola',
        ...toTally(result.tally),
      };
    case 'unanswered':
      return {
        router_id: routerId,
        estado: 'sin_respuesta',
        mensaje: 'El router no responde; se concilia en cuanto vuelva',
      };
  }
}

export const toLastReconcile = (reconcile: Reconcile | undefined): z.input<typeof lastReconcileBody> =>
  reconcile?.last ? { terminada_en: zonelessTime(reconcile.last.endedAt), ...toTally(reconcile.last) } : null;
