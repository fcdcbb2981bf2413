import * as z from 'zod';
import { declineLimits } from '../../purchases/card-testers.ts';
import type { Company } from '../../store/companies.ts';
import { deliveryDeadlineMs, retentionMonths, timeZoneOf } from '../../tenants/settings.ts';
import type { Notice } from '../../store/notices.ts';
import { zonelessTime } from './timestamp.ts';

export const settingsBody = z.object({
  limite_rechazos_email: z.number(),
  limite_rechazos_router: z.number(),
  /** Minutes from the request to the refund, if the access does not come. */
  plazo_entrega_minutos: z.number(),
  zona_horaria: z.string(),
  color: z.string().nullable(),
  contacto_soporte: z.string().nullable(),
  /** Months that names, e-mails, phones and devices of buyers are kept. */
  retencion_meses: z.number(),
});

/** What is in force, whether the operator chose it or we did. */
export function toSettingsBody(company: Company): z.input<typeof settingsBody> {
  const { email, router } = declineLimits(company);
  return {
    limite_rechazos_email: email,
    limite_rechazos_router: router,
    plazo_entrega_minutos: deliveryDeadlineMs(company) / 60_000,
    zona_horaria: timeZoneOf(company),
    color: company.colour,
    contacto_soporte: company.supportContact,
    retencion_meses: retentionMonths(company),
  };
}

export const noticeBody = z.object({
  tipo: z.enum(['rechazos', 'llave_rechazada', 'router_caido', 'router_en_linea', 'certificado_cambiado']),
  /** null when it is about no router. */
  router_id: z.string().nullable(),
  mensaje: z.string(),
  creado_en: z.string(),
});

const noticeTypes = {
  declines: 'rechazos',
  'key-refused': 'llave_rechazada',
  'router-down': 'router_caido',
  'router-up': 'router_en_linea',
  'certificate-changed': 'certificado_cambiado',
} as const;

export function toNoticeBody(notice: Notice): z.input<typeof noticeBody> {
  const common = { mensaje: noticeSentence(notice), creado_en: zonelessTime(notice.createdAt) };
  return { tipo: noticeTypes[notice.kind], router_id: 'routerId' in notice ? notice.routerId : null, ...common };
}

/** What the operator has to know, and what to do. */
export function noticeSentence(notice: Notice): string {
  switch (notice.kind) {
    case 'declines':
      return (
        `Posible prueba de tarjetas robadas: ${notice.limit} pagos rechazados en menos de 10 minutos en el router ` +
        `${notice.routerName}. Por unos minutos solo se vende a dispositivos conectados a ese router.`
      );
    case 'key-refused': {
      const name = notice.gateway === 'conekta' ? 'Conekta' : 'Mercado Pago';
      return `${name} no acepta su llave, así que no se puede cobrar: revísela y guárdela de nuevo.`;
    }
    case 'router-down':
      return (
        `El router ${notice.routerName} no responde desde ${zonelessTime(notice.since)} UTC y no se vende en él. ` +
        'Revise su corriente, su internet y su usuario de la API.'
      );
    case 'router-up':
      return (
        `El router ${notice.routerName} volvió a responder. ` +
        `Había dejado de hacerlo desde ${zonelessTime(notice.downSince)} UTC.`
      );
    case 'certificate-changed':
      return (
        `El router ${notice.routerName} muestra otro certificado que el que conocemos: no se le envía nada y no se vende en ` +
        'él. Si usted cambió el certificado, pida que se guarde de nuevo la contraseña del router; si no, alguien puede ' +
        'estar haciéndose pasar por él.'
      );
  }
}
