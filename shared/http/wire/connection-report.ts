import type { JobOutcome } from '../../store/jobs.ts';
import type { Router } from '../../store/routers.ts';
import type { ReplyOf } from '../contract.ts';
import type { routerToolRows } from '../contracts/router-tools.ts';
import { zonelessTime } from './timestamp.ts';

type Report = ReplyOf<(typeof routerToolRows)['testConnection']>['body'];

export const routerUnknown: Report = {
  success: false,
  message: 'Router no encontrado',
  error: 'Router no encontrado o no pertenece a tu empresa',
};

/** Contract 6.7, #38. The causes are neutral: an operator may not use a router's host to scan a network (W17). */
export function connectionReport(router: Router, outcome: JobOutcome, now: number): Report {
  const { id, name, host, port, active } = router;
  const about = {
    router: { id, nombre: name, host, puerto: port, activo: active },
    timestamp: zonelessTime(now),
  };
  if (outcome.kind === 'probed')
    return {
      success: true,
      message: 'Conexión exitosa',
      ...about,
      perfiles_encontrados: outcome.profiles.length,
      router_name: outcome.identity,
      error: null,
    };
  return {
    success: false,
    message: 'Error de conexión',
    ...about,
    perfiles_encontrados: 0,
    router_name: null,
    error: `No se pudo conectar: Error al conectar: ${connectionCause(outcome)}`,
  };
}

/** Why there was no connection, in words that tell a wrong password from a router that is away, and nothing more. */
export function connectionCause(outcome: JobOutcome): string {
  const reason = outcome.kind === 'refused' ? outcome.reason : undefined;
  if (reason === 'router-login') return 'el router rechazó el usuario o la contraseña';
  if (reason === 'certificate-changed') return 'el certificado del router cambió';
  if (reason === 'no-credentials') return 'el router no tiene credenciales configuradas';
  return 'el router no responde';
}
