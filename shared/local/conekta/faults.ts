import * as z from 'zod';
import { commonDescriptions, faultShapes, searchLag } from '../gateway/fault-shapes.ts';

export const conektaRoutes = [
  'create-order',
  'create-charge',
  'get-order',
  'search-orders',
  'cancel-order',
  'refund',
  'create-webhook',
  'list-webhooks',
  'update-webhook',
  'delete-webhook',
  'create-webhook-key',
  'list-webhook-keys',
  'get-webhook-key',
  'delete-webhook-key',
] as const;
export type ConektaRoute = (typeof conektaRoutes)[number];

const { before, common } = faultShapes(conektaRoutes);
const onCharge = { ...before, route: z.literal('create-charge') };
const onRefund = { ...before, route: z.literal('refund') };

export const conektaFault = z.discriminatedUnion('kind', [
  ...common,
  z.strictObject({ ...before, kind: z.literal('wrong-version') }),
  z.strictObject({ ...onCharge, kind: z.literal('unlocked') }),
  z.strictObject({ ...onCharge, kind: z.literal('charged-twice') }),
  z.strictObject({ ...onRefund, kind: z.literal('no-balance') }),
  z.strictObject({ ...onRefund, kind: z.literal('refund-pending') }),
  z.strictObject({ ...before, route: z.literal('search-orders'), ...searchLag }),
]);
export type ConektaFault = z.infer<typeof conektaFault>;
export type ConektaFaultInput = z.input<typeof conektaFault>;

const descriptions: Readonly<Record<ConektaFault['kind'], string>> = {
  'server-error': 'HTTP 500 with an api_error.',
  'too-many-requests': 'HTTP 429, with Retry-After when retryAfterSeconds is given. Only before.',
  'wrong-key': 'HTTP 401, as if the key had been revoked. Only before.',
  'wrong-version': 'HTTP 409, a conflict of API versions. Only before.',
  'not-found': 'HTTP 404, as if the thing did not exist. Only before.',
  ...commonDescriptions,
  unlocked: 'The charge is taken although another one holds the order, or it is closed. Only before create-charge.',
  'charged-twice': 'One request, two charges on the order. Only before create-charge.',
  'no-balance': "HTTP 402: the operator's account is empty, nothing is given back. Only before refund.",
  'refund-pending': 'The refund is taken, and stays pending until settled. Only before refund.',
  'search-lag': 'What changed less than ms ago is not found. Only before search-orders.',
};

/** What can be asked for, one line each. Every kind goes with every route, unless its line names the only one. */
export const conektaFaultCatalogue: readonly { readonly kind: string; readonly description: string }[] = Object.entries(
  descriptions,
).map(([kind, description]) => ({ kind, description }));
