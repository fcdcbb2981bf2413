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
        }),
        router: z.object({ id: z.string(), nombre: z.string(), ubicacion: z.string().nullable() }),
      }),
    },
    needs: ['api-keys:verify', 'table'],
  }),
};
