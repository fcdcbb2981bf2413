import * as z from 'zod';
import { defineRow, plainRow } from '../contract.ts';

/** Contract 1, rows 1 and 2; and what API Gateway routes nowhere else (contract 3.2). */
export const systemRows = {
  showBanner: defineRow({
    ...plainRow,
    id: 'system/show-banner',
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
    method: 'GET',
    path: '/health',
    auth: 'none',
    replies: { 200: z.object({ status: z.literal('healthy') }) },
    needs: [],
  }),
  answerUnknown: defineRow({
    ...plainRow,
    id: 'system/answer-unknown',
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
