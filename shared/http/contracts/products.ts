import * as z from 'zod';
import { defineRow, plainRow } from '../contract.ts';
import {
  integer,
  optionalFlag,
  optionalInteger,
  optionalText,
  patchFlag,
  patchInteger,
  patchPrice,
  patchText,
  price,
  text,
} from '../wire/fields.ts';
import { adminProduct } from '../wire/product.ts';
import { detailsField, patchDetails } from '../wire/product-details.ts';
import { timeSoldFields, timeSoldPatch } from '../wire/time-sold.ts';

/** Widths of the reference's columns (contract 5); a description has none there. */
const id = { min: 1, max: 50 };
const name = { min: 1, max: 100 };
const description = { max: 2000, multiline: true };
const imageUrl = { max: 500 };
const order = { min: -2_147_483_648, max: 2_147_483_647 };
/** Any text: what is not a known currency has an answer of its own (contract 3.3). */
const currency = { max: 100 };

const base = { ...plainRow, auth: 'company-admin', needs: ['sessions:verify', 'table'] } as const;
const one = { path: '/api/v1/admin/products/{producto_id}', params: z.object({ producto_id: integer() }) } as const;

/** Contract 1, rows 32 to 36; contract 6.6. */
export const productRows = {
  create: defineRow({
    ...base,
    id: 'products/create',
    reads: ['router', 'health'],
    summary: 'Pone un plan a la venta en un router.',
    method: 'POST',
    path: '/api/v1/admin/products',
    body: z.object({
      router_id: text(id),
      perfil_mikrotik_id: text(name),
      perfil_mikrotik_nombre: text(name),
      nombre_venta: text(name),
      descripcion: optionalText(description),
      imagen_url: optionalText(imageUrl),
      precio: price(),
      moneda: optionalText(currency),
      detalles: detailsField(),
      activo: optionalFlag(true),
      orden_visual: optionalInteger(0, order),
      destacado: optionalFlag(false),
      ...timeSoldFields,
    }),
    replies: { 201: adminProduct },
  }),
  list: defineRow({
    ...base,
    id: 'products/list',
    reads: ['router'],
    summary: 'Lista los planes de la empresa propia, también los inactivos.',
    method: 'GET',
    path: '/api/v1/admin/products',
    query: z.object({ router_id: optionalText({ max: 50 }) }),
    replies: { 200: z.array(adminProduct) },
  }),
  show: defineRow({
    ...base,
    ...one,
    id: 'products/show',
    reads: ['product'],
    summary: 'Muestra un plan.',
    method: 'GET',
    replies: { 200: adminProduct },
  }),
  update: defineRow({
    ...base,
    ...one,
    id: 'products/update',
    reads: ['product'],
    summary: 'Edita un plan; lo que no se envía queda igual.',
    method: 'PUT',
    body: z.object({
      nombre_venta: text(name).optional(),
      descripcion: patchText(description),
      imagen_url: patchText(imageUrl),
      precio: patchPrice(),
      moneda: patchText(currency),
      detalles: patchDetails(),
      activo: patchFlag(),
      orden_visual: patchInteger(order),
      destacado: patchFlag(),
      ...timeSoldPatch,
    }),
    replies: { 200: adminProduct },
  }),
  deactivate: defineRow({
    ...base,
    ...one,
    id: 'products/deactivate',
    summary: 'Retira un plan de la venta.',
    method: 'DELETE',
    replies: {
      200: z.object({ message: z.literal('Producto desactivado'), producto_id: z.number(), activo: z.literal(false) }),
    },
  }),
};
