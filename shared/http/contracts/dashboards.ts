import * as z from 'zod';
import { defineRow, plainRow } from '../contract.ts';
import { optionalInteger, text, optionalChoice } from '../wire/fields.ts';

const company = { ...plainRow, auth: 'company-admin', needs: ['sessions:verify', 'table'] } as const;
const all = { ...company, auth: 'super-admin' } as const;

/** By currency, where there is any. */
const income = z.record(z.string(), z.number());

const figures = {
  total_transacciones: z.number(),
  ingresos_totales: z.number(),
  transacciones_pagadas: z.number(),
  transacciones_pendientes: z.number(),
  /** Beyond the contract. */
  transacciones_rechazadas: z.number(),
  ingresos_por_moneda: income,
};

/** Contract 1, rows 27, 41 and 42; contract 6.5 and 6.8. */
export const dashboardRows = {
  showCompany: defineRow({
    ...company,
    id: 'dashboards/show-company',
    reads: ['company', 'figures'],
    summary: 'Muestra los totales de su empresa y sus últimas transacciones.',
    method: 'GET',
    path: '/api/v1/admin/mi-empresa/dashboard',
    replies: {
      200: z.object({
        empresa: z.object({ nombre: z.string(), activa: z.boolean() }),
        estadisticas: z.object({ ...figures, total_routers: z.number() }),
        transacciones_recientes: z.array(
          z.object({
            id: z.number(),
            transaccion_id: z.string().nullable(),
            monto: z.number(),
            estado: z.string(),
            fecha: z.string(),
          }),
        ),
      }),
    },
  }),
  /** Beyond the contract: the same figures by router, by product or by day. */
  showFigures: defineRow({
    ...company,
    id: 'dashboards/show-figures',
    summary: 'Muestra ventas e ingresos por día, router o producto.',
    reads: ['company'],
    method: 'GET',
    path: '/api/v1/admin/mi-empresa/estadisticas',
    query: z.object({
      por: optionalChoice(['router', 'producto', 'dia'] as const),
      limit: optionalInteger(31, { min: 1, max: 400 }),
    }),
    replies: {
      200: z.object({
        empresa_id: z.string(),
        por: z.enum(['router', 'producto', 'dia']),
        zona_horaria: z.string(),
        estadisticas: z.array(
          z.object({
            /** Router id, product id, or day. */
            clave: z.string(),
            transacciones: z.number(),
            pagadas: z.number(),
            pendientes: z.number(),
            rechazadas: z.number(),
            ingresos_por_moneda: income,
          }),
        ),
      }),
    },
  }),
  showSystem: defineRow({
    ...all,
    id: 'dashboards/show-system',
    reads: ['census'],
    summary: 'Muestra cuántas empresas y usuarios hay.',
    method: 'GET',
    path: '/admin/dashboard',
    replies: {
      200: z.object({
        estadisticas: z.object({
          total_empresas: z.number(),
          empresas_activas: z.number(),
          total_usuarios: z.number(),
        }),
        timestamp: z.string(),
      }),
    },
  }),
  showCompanyStats: defineRow({
    ...all,
    id: 'dashboards/show-company-stats',
    reads: ['company', 'figures'],
    summary: 'Muestra los totales de una empresa.',
    method: 'GET',
    path: '/admin/empresas/{empresa_id}/stats',
    params: z.object({ empresa_id: text({ max: 50 }) }),
    replies: {
      200: z.object({
        empresa: z.object({
          id: z.string(),
          nombre: z.string(),
          activa: z.boolean(),
          creada_en: z.string(),
          contacto_email: z.string().nullable(),
        }),
        estadisticas: z.object({
          total_routers: z.number(),
          routers_activos: z.number(),
          routers_inactivos: z.number(),
          total_usuarios_admin: z.number(),
          api_keys_activas: z.number(),
          ...figures,
        }),
      }),
    },
  }),
};
