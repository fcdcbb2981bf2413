import * as z from 'zod';
import { gatewayModes } from '../../store/companies.ts';
import { defineRow, plainRow } from '../contract.ts';
import { companyBody } from '../wire/company.ts';
import { optionalChoice, optionalPhone, optionalSecretText, optionalText, text } from '../wire/fields.ts';
import { pageQuery } from '../wire/page.ts';

const base = { ...plainRow, auth: 'super-admin', needs: ['sessions:verify', 'table'] } as const;

/** Contract 1, rows 39 and 40; contract 6.8. Reading one company is additive. */
export const companyRows = {
  create: defineRow({
    ...base,
    id: 'companies/create',
    summary: 'Crea una empresa.',
    method: 'POST',
    path: '/admin/empresas',
    body: z.object({
      nombre: text({ min: 1, max: 100 }),
      // Not judged as an address: the reference takes any text here (contract 5).
      contacto_email: text({ min: 1, max: 100 }),
      contacto_telefono: optionalPhone(),
      conekta_private_key: optionalSecretText({ min: 1, max: 100 }),
      conekta_public_key: optionalText({ min: 1, max: 100 }),
      conekta_mode: optionalChoice(gatewayModes),
    }),
    replies: { 200: companyBody },
    needs: [...base.needs, 'gateway-credentials:seal'],
  }),
  list: defineRow({
    ...base,
    id: 'companies/list',
    summary: 'Lista todas las empresas; con `limit` o `cursor`, por partes: la siguiente la nombra `x-siguiente`.',
    method: 'GET',
    path: '/admin/empresas',
    query: z.object(pageQuery),
    replies: { 200: z.array(companyBody) },
  }),
  show: defineRow({
    ...base,
    id: 'companies/show',
    reads: ['company'],
    summary: 'Muestra una empresa.',
    method: 'GET',
    path: '/admin/empresas/{empresa_id}',
    params: z.object({ empresa_id: text({ max: 50 }) }),
    replies: { 200: companyBody },
  }),
};
