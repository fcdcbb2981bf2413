import * as z from 'zod';
import type { Router } from '../../store/routers.ts';
import { zonelessTime } from './timestamp.ts';

/** A router as the super admin sees it (contract 6.8, row 44): no user and no password. */
export const routerBody = z.object({
  id: z.string(),
  empresa_id: z.string(),
  nombre: z.string(),
  host: z.string(),
  puerto: z.number(),
  ubicacion: z.string().nullable(),
  activo: z.boolean(),
  creado_en: z.string(),
});

export const toRouterBody = (router: Router): z.input<typeof routerBody> => ({
  id: router.id,
  empresa_id: router.companyId,
  nombre: router.name,
  host: router.host,
  puerto: router.port,
  ubicacion: router.location,
  activo: router.active,
  creado_en: zonelessTime(router.createdAt),
});
