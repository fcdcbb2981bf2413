import * as z from 'zod';
import { defineRow, plainRow } from '../contract.ts';
import { integer } from '../wire/fields.ts';
import { portalProduct } from '../wire/product.ts';

const path = '/api/v1/catalogo_perfiles_venta';
const base = { ...plainRow, method: 'GET' } as const;

/** Contract 1, rows 9 to 11; contract 6.2. */
export const catalogueRows = {
  list: defineRow({
    ...base,
    id: 'catalogue/list',
    summary: 'Lista los planes a la venta en el router de la API Key.',
    path,
    auth: 'api-key',
    replies: { 200: z.array(portalProduct) },
    needs: ['api-keys:verify', 'table', 'jobs:send'],
  }),
  show: defineRow({
    ...base,
    id: 'catalogue/show',
    summary: 'Muestra un plan a la venta.',
    path: `${path}/{producto_id}`,
    auth: 'api-key',
    params: z.object({ producto_id: integer() }),
    replies: { 200: portalProduct },
    needs: ['api-keys:verify', 'table'],
  }),
  answerDebug: defineRow({
    ...base,
    id: 'catalogue/answer-debug',
    summary: 'Ruta de depuración que ya no existe.',
    path: `${path}/debug`,
    auth: 'none',
    replies: { 404: z.object({ detail: z.literal('Not Found') }) },
    needs: [],
  }),
};
