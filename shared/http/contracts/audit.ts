import * as z from 'zod';
import { defineRow, plainRow } from '../contract.ts';
import { trailBody } from '../wire/audit.ts';
import { optionalInteger, optionalText } from '../wire/fields.ts';

const base = { ...plainRow, method: 'GET', needs: ['sessions:verify', 'table'], replies: { 200: trailBody } } as const;
const page = { limit: optionalInteger(50, { min: 1, max: 200 }), cursor: optionalText({ min: 1, max: 100 }) };

/** Beyond the contract (W56): who did what, newest first. */
export const auditRows = {
  listOwn: defineRow({
    ...base,
    id: 'audit/list-own',
    summary: 'Lista lo que el personal hizo en su empresa.',
    path: '/api/v1/admin/mi-empresa/auditoria',
    auth: 'company-admin',
    query: z.object(page),
  }),
  list: defineRow({
    ...base,
    id: 'audit/list',
    summary: 'Lista lo que el personal hizo en todo el sistema o en una empresa.',
    path: '/admin/auditoria',
    auth: 'super-admin',
    query: z.object({ ...page, empresa_id: optionalText({ max: 50 }) }),
  }),
};
