import * as z from 'zod';
import { defineRow, plainRow } from '../contract.ts';

/** Contract 1, row 8; contract 6.2. */
export const publicConfigRows = {
  show: defineRow({
    ...plainRow,
    id: 'public-config/show',
    summary: 'Entrega al portal las llaves públicas y los datos de su router.',
    method: 'GET',
    path: '/api/v1/config/public',
    auth: 'api-key',
    replies: {
      200: z.object({
        empresa: z.object({
          id: z.string(),
          nombre: z.string(),
          conekta_public_key: z.string(),
          /** Spelled without the second underscore here only. */
          mercadopago_public_key: z.string().nullable(),
          conekta_mode: z.string(),
          // Beyond the contract: how the portal looks, and where its people ask for help.
          mercado_pago_mode: z.string(),
          /** Relative to this API's address, as the contract's other `logo_url` is. */
          logo_url: z.string().nullable(),
          color: z.string().nullable(),
          contacto_soporte: z.string().nullable(),
          zona_horaria: z.string(),
          /** After so long without internet the money is given back. */
          plazo_entrega_minutos: z.number(),
        }),
        router: z.object({ id: z.string(), nombre: z.string(), ubicacion: z.string().nullable() }),
      }),
    },
    needs: ['api-keys:verify', 'table'],
  }),
};
