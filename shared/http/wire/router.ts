import * as z from 'zod';
import type { Router } from '../../store/routers.ts';
import { type RouterWarning, warningsOf } from '../../tenants/router.ts';
import { zonelessTime } from './timestamp.ts';

export const warningsBody = z.array(z.enum(['sin_tls', 'sin_credenciales']));

const warnings: Readonly<Record<RouterWarning, z.output<typeof warningsBody>[number]>> = {
  'no-tls': 'sin_tls',
  'no-credentials': 'sin_credenciales',
};

export const toWarnings = (router: Router): z.input<typeof warningsBody> =>
  warningsOf(router).map((warning) => warnings[warning]);

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
  /** Beyond the contract. */
  advertencias: warningsBody,
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
  advertencias: toWarnings(router),
});
