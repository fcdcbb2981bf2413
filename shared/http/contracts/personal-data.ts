import * as z from 'zod';
import { defineRow, plainRow } from '../contract.ts';
import { optionalEmail, optionalMac, optionalText, text } from '../wire/fields.ts';

const base = { ...plainRow, auth: 'company-admin', needs: ['sessions:verify', 'table'] } as const;
const path = '/api/v1/admin/mi-empresa/datos-personales';

const request = z.object({
  solicitud_id: z.string(),
  estado: z.enum(['en_proceso', 'terminada']),
  /** From how many purchases the person was taken out so far. */
  compras: z.number(),
  solicitada_en: z.string(),
  terminada_en: z.string().nullable(),
});

/** Beyond the contract: a buyer who wants to be forgotten. */
export const personalDataRows = {
  erase: defineRow({
    ...base,
    id: 'personal-data/erase',
    summary: 'Elimina los datos personales de un comprador.',
    method: 'POST',
    path: `${path}/eliminar`,
    // Who it is about is what must not be kept.
    auditsBody: false,
    // Exactly one of the three.
    body: z.object({ email: optionalEmail(), telefono: optionalText({ min: 7, max: 20 }), mac: optionalMac() }),
    replies: { 202: request },
  }),
  show: defineRow({
    ...base,
    id: 'personal-data/show',
    reads: ['erasure'],
    summary: 'Muestra cómo va una eliminación de datos personales.',
    method: 'GET',
    path: `${path}/{solicitud_id}`,
    params: z.object({ solicitud_id: text({ min: 1, max: 50 }) }),
    replies: { 200: request },
  }),
};
