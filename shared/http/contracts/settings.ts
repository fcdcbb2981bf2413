import * as z from 'zod';
import { defineRow, plainRow } from '../contract.ts';
import { DELIVERY_DEADLINE_MINUTES, RETENTION_MONTHS } from '../../tenants/settings.ts';
import { patchColour, patchInteger, patchText, patchTimeZone } from '../wire/fields.ts';
import { noticeBody, settingsBody } from '../wire/settings.ts';

const company = '/api/v1/admin/mi-empresa';
const base = { ...plainRow, auth: 'company-admin', needs: ['sessions:verify', 'table'] } as const;

/** Declined cards within ten minutes. */
const LIMIT = { min: 1, max: 1000 };

/** Beyond the contract: what an operator may set for itself, and what it has to be told. */
export const settingsRows = {
  show: defineRow({
    ...base,
    id: 'settings/show',
    reads: ['company'],
    summary: 'Muestra los ajustes vigentes de la empresa propia.',
    method: 'GET',
    path: `${company}/ajustes`,
    replies: { 200: settingsBody },
  }),
  update: defineRow({
    ...base,
    id: 'settings/update',
    summary: 'Cambia los ajustes de la empresa propia.',
    method: 'PUT',
    path: `${company}/ajustes`,
    body: z.object({
      limite_rechazos_email: patchInteger(LIMIT),
      limite_rechazos_router: patchInteger(LIMIT),
      plazo_entrega_minutos: patchInteger(DELIVERY_DEADLINE_MINUTES),
      zona_horaria: patchTimeZone(),
      color: patchColour(),
      contacto_soporte: patchText({ max: 200 }),
      retencion_meses: patchInteger(RETENTION_MONTHS),
    }),
    replies: { 200: settingsBody },
  }),
  listNotices: defineRow({
    ...base,
    id: 'settings/list-notices',
    summary: 'Lista los avisos para la empresa propia.',
    method: 'GET',
    path: `${company}/avisos`,
    replies: { 200: z.object({ avisos: z.array(noticeBody) }) },
  }),
};
