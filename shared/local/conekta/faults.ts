import * as z from 'zod';
import { spoilDescriptions, spoilKinds } from '../gateway/spoil.ts';

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

const target = {
  route: z.enum(conektaRoutes),
  /** How many requests it spoils; until cleared if absent. */
  times: z.int().positive().optional(),
};
/** Before: nothing was stored. After: everything was, and only the answer suffers. */
const either = { ...target, when: z.enum(['before', 'after']) };
/** A refusal promises that nothing happened: after the effect it would be a lie no client could defend against. */
const before = { ...target, when: z.literal('before').default('before') };
const after = { ...target, when: z.literal('after').default('after') };
const onCharge = { ...before, route: z.literal('create-charge') };
const onRefund = { ...before, route: z.literal('refund') };
const ms = z.int().nonnegative();

export const conektaFault = z.discriminatedUnion('kind', [
  z.strictObject({ ...either, kind: z.literal('server-error') }),
  z.strictObject({ ...before, kind: z.literal('too-many-requests'), retryAfterSeconds: z.int().positive().optional() }),
  z.strictObject({ ...before, kind: z.literal('wrong-key') }),
  z.strictObject({ ...before, kind: z.literal('wrong-version') }),
  z.strictObject({ ...before, kind: z.literal('not-found') }),
  z.strictObject({ ...either, ...spoilKinds.timeout }),
  z.strictObject({ ...either, ...spoilKinds.reset }),
  z.strictObject({ ...either, ...spoilKinds.delay }),
  z.strictObject({ ...either, ...spoilKinds.cutBody }),
  z.strictObject({ ...after, ...spoilKinds.slowBody }),
  z.strictObject({ ...either, ...spoilKinds.htmlBody }),
  z.strictObject({ ...either, ...spoilKinds.emptyJson }),
  z.strictObject({ ...after, ...spoilKinds.altered }),
  z.strictObject({
    ...before,
    kind: z.literal('late'),
    ms: ms.optional(),
    answer: z.enum(['reset', 'server-error']).default('reset'),
  }),
  z.strictObject({ ...onCharge, kind: z.literal('unlocked') }),
  z.strictObject({ ...onCharge, kind: z.literal('charged-twice') }),
  z.strictObject({ ...onRefund, kind: z.literal('no-balance') }),
  z.strictObject({ ...onRefund, kind: z.literal('refund-pending') }),
  z.strictObject({ ...before, route: z.literal('search-orders'), kind: z.literal('search-lag'), ms }),
]);
export type ConektaFault = z.infer<typeof conektaFault>;
export type ConektaFaultInput = z.input<typeof conektaFault>;

const descriptions: Readonly<Record<ConektaFault['kind'], string>> = {
  'server-error': 'HTTP 500 with an api_error.',
  'too-many-requests': 'HTTP 429, with Retry-After when retryAfterSeconds is given. Only before.',
  'wrong-key': 'HTTP 401, as if the key had been revoked. Only before.',
  'wrong-version': 'HTTP 409, a conflict of API versions. Only before.',
  'not-found': 'HTTP 404, as if the thing did not exist. Only before.',
  ...spoilDescriptions,
  late:
    'Resets the connection (or answer: server-error) at once; the effect comes after ms, or when released. ' +
    'Nothing stops it in between, not even a cancel. Only before.',
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
