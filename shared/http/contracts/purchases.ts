import * as z from 'zod';
import { accessKinds } from '../../store/purchases.ts';
import { defineRow, plainRow } from '../contract.ts';
import { integer } from '../wire/fields.ts';
import { nextActionBody } from '../wire/next-action.ts';
import { timeLeftBody } from '../wire/time-left.ts';

/** The address in `consulta_url`: what became of a purchase, for the page that made it. Ours, not the reference's. */
export const purchaseRows = {
  showPurchase: defineRow({
    ...plainRow,
    id: 'purchases/show',
    summary: 'Muestra cómo va una compra; con el secreto de su enlace, también el código.',
    method: 'GET',
    path: '/api/v1/compras/{id_compra}',
    auth: 'none',
    params: z.object({ id_compra: integer({ min: 0 }) }),
    query: z.object({ t: z.string().max(64).optional() }),
    replies: {
      200: z.object({
        id_compra: z.number(),
        estado_pago: z.string(),
        estado_entrega: z.enum(['entregado', 'pendiente', 'sin_acceso', 'terminado']),
        mensaje: z.string(),
        tipo_usuario: z.enum(accessKinds).optional(),
        usuario_hotspot: z.object({ usuario: z.string(), contrasena: z.string() }).optional(),
        producto: z.object({ nombre: z.string(), precio: z.number(), moneda: z.string() }).optional(),
        /** Absent where the router's profile alone rules. */
        tiempo: timeLeftBody.optional(),
        next_action: nextActionBody.optional(),
      }),
    },
    needs: ['table', 'access-codes:open', 'hints:send'],
  }),
};
