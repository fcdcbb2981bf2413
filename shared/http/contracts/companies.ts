import * as z from 'zod';
import { gatewayModes } from '../../store/companies.ts';
import { defineRow, plainRow } from '../contract.ts';
import { companyBody } from '../wire/company.ts';
import {
  optionalChoice,
  optionalPhone,
  optionalSecretText,
  optionalText,
  patchPhone,
  patchText,
  text,
} from '../wire/fields.ts';
import { pageQuery } from '../wire/page.ts';

const base = { ...plainRow, auth: 'super-admin', needs: ['sessions:verify', 'table'] } as const;
const one = {
  path: '/admin/empresas/{empresa_id}',
  params: z.object({ empresa_id: text({ max: 50 }) }),
} as const;

/** Contract 1, rows 39 and 40; contract 6.8. Reading one company, editing it and switching it off are additive. */
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
    ...one,
    replies: { 200: companyBody },
  }),
  update: defineRow({
    ...base,
    ...one,
    id: 'companies/update',
    summary: 'Edita una empresa; lo que no se envía queda igual.',
    method: 'PUT',
    body: z.object({
      nombre: text({ min: 1, max: 100 }).optional(),
      contacto_email: patchText({ max: 100 }),
      contacto_telefono: patchPhone(),
    }),
    replies: { 200: companyBody },
  }),
  toggle: defineRow({
    ...base,
    id: 'companies/toggle',
    reads: ['company'],
    summary: 'Activa o desactiva una empresa.',
    method: 'PUT',
    path: `${one.path}/toggle-activo`,
    params: one.params,
    replies: {
      200: z.object({
        message: z.enum(['Empresa activada', 'Empresa desactivada']),
        empresa_id: z.string(),
        activa: z.boolean(),
      }),
    },
  }),
};
