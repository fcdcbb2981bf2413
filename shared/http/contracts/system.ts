import * as z from 'zod';
import { defineRow, plainRow } from '../contract.ts';

/** Contract 1, rows 1 to 3; and what API Gateway routes nowhere else (contract 3.2). */
export const systemRows = {
  showBanner: defineRow({
    ...plainRow,
    id: 'system/show-banner',
    summary: 'Muestra el nombre, la versión y la hora del servicio.',
    method: 'GET',
    path: '/',
    auth: 'none',
    replies: {
      200: z.object({
        message: z.string(),
        version: z.string(),
        status: z.string(),
        timestamp: z.string(),
        docs: z.string(),
      }),
    },
    needs: [],
  }),
  showHealth: defineRow({
    ...plainRow,
    id: 'system/show-health',
    summary: 'Dice si el servicio responde.',
    method: 'GET',
    path: '/health',
    auth: 'none',
    replies: { 200: z.object({ status: z.literal('healthy') }) },
    needs: [],
  }),
  /** Row 3. */
  showOpenApi: defineRow({
    ...plainRow,
    id: 'system/show-openapi',
    summary: 'Entrega esta descripción de la API, en OpenAPI 3.1.',
    method: 'GET',
    path: '/openapi.json',
    auth: 'none',
    replies: { 200: z.looseObject({ openapi: z.string(), paths: z.looseObject({}) }) },
    needs: [],
  }),
  answerUnknown: defineRow({
    ...plainRow,
    id: 'system/answer-unknown',
    summary: 'Responde a lo que ninguna otra ruta atiende.',
    method: 'ANY',
    path: '$default',
    auth: 'none',
    replies: {
      204: z.object({}),
      307: z.object({}),
      404: z.object({ detail: z.literal('Not Found') }),
      405: z.object({ detail: z.literal('Method Not Allowed') }),
    },
    needs: [],
  }),
};
