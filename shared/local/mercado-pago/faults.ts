import * as z from 'zod';
import { commonDescriptions, faultShapes, searchLag } from '../gateway/fault-shapes.ts';

export const mercadoPagoRoutes = [
  'create-payment',
  'get-payment',
  'search-payments',
  'cancel-payment',
  'refund',
  'list-refunds',
  'get-user',
] as const;
export type MercadoPagoRoute = (typeof mercadoPagoRoutes)[number];

const { either, before, common } = faultShapes(mercadoPagoRoutes);
const onRefund = { ...before, route: z.literal('refund') };

export const mercadoPagoFault = z.discriminatedUnion('kind', [
  ...common,
  z.strictObject({ ...before, kind: z.literal('forbidden') }),
  z.strictObject({ ...before, kind: z.literal('bad-request') }),
  z.strictObject({ ...either, kind: z.literal('conflict') }),
  z.strictObject({ ...either, kind: z.literal('locked') }),
  z.strictObject({ ...before, route: z.literal('create-payment'), kind: z.literal('charged-twice') }),
  z.strictObject({ ...onRefund, kind: z.literal('refund-pending') }),
  z.strictObject({ ...onRefund, kind: z.literal('refund-rejected') }),
  z.strictObject({ ...before, route: z.literal('search-payments'), ...searchLag }),
]);
export type MercadoPagoFault = z.infer<typeof mercadoPagoFault>;
export type MercadoPagoFaultInput = z.input<typeof mercadoPagoFault>;

const descriptions: Readonly<Record<MercadoPagoFault['kind'], string>> = {
  'server-error': 'HTTP 500, internal_error without a cause.',
  'too-many-requests': 'HTTP 429, with Retry-After when retryAfterSeconds is given. Only before.',
  'wrong-key': 'HTTP 401, as if the access token had been revoked. Only before.',
  forbidden: "HTTP 403, as if the access token were another seller's. Only before.",
  'bad-request': 'HTTP 400, as if the request were malformed. Only before.',
  'not-found': 'HTTP 404, as if the payment did not exist. Only before.',
  conflict: 'HTTP 409, idempotency_key_already_used: says nothing of what happened.',
  locked: 'HTTP 423, resource_locked: says nothing of what happened.',
  ...commonDescriptions,
  'charged-twice': 'One request, two payments under its reference. Only before create-payment.',
  'refund-pending': 'The refund is taken, and stays in_process until settled. Only before refund.',
  'refund-rejected': 'The refund is answered as rejected: the account is empty, nothing is back. Only before refund.',
  'search-lag': 'What changed less than ms ago is not found. Only before search-payments.',
};

/** What can be asked for, one line each. Every kind goes with every route, unless its line names the only one. */
export const mercadoPagoFaultCatalogue: readonly { readonly kind: string; readonly description: string }[] =
  Object.entries(descriptions).map(([kind, description]) => ({ kind, description }));
