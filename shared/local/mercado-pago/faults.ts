import * as z from 'zod';
import { spoilDescriptions, spoilKinds } from '../gateway/spoil.ts';

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

const target = {
  route: z.enum(mercadoPagoRoutes),
  /** How many requests it spoils; until cleared if absent. */
  times: z.int().positive().optional(),
};
/** Before: nothing was stored. After: everything was, and only the answer suffers. */
const either = { ...target, when: z.enum(['before', 'after']) };
/** A refusal promises that nothing happened: after the effect it would be a lie no client could defend against. */
const before = { ...target, when: z.literal('before').default('before') };
const after = { ...target, when: z.literal('after').default('after') };
const onRefund = { ...before, route: z.literal('refund') };
const ms = z.int().nonnegative();

export const mercadoPagoFault = z.discriminatedUnion('kind', [
  z.strictObject({ ...either, kind: z.literal('server-error') }),
  z.strictObject({ ...before, kind: z.literal('too-many-requests'), retryAfterSeconds: z.int().positive().optional() }),
  z.strictObject({ ...before, kind: z.literal('wrong-key') }),
  z.strictObject({ ...before, kind: z.literal('forbidden') }),
  z.strictObject({ ...before, kind: z.literal('bad-request') }),
  z.strictObject({ ...before, kind: z.literal('not-found') }),
  z.strictObject({ ...either, kind: z.literal('conflict') }),
  z.strictObject({ ...either, kind: z.literal('locked') }),
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
  z.strictObject({ ...before, route: z.literal('create-payment'), kind: z.literal('charged-twice') }),
  z.strictObject({ ...onRefund, kind: z.literal('refund-pending') }),
  z.strictObject({ ...onRefund, kind: z.literal('refund-rejected') }),
  z.strictObject({ ...before, route: z.literal('search-payments'), kind: z.literal('search-lag'), ms }),
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
  ...spoilDescriptions,
  late:
    'Resets the connection (or answer: server-error) at once; the effect comes after ms, or when released. ' +
    'Nothing stops it in between. Only before.',
  'charged-twice': 'One request, two payments under its reference. Only before create-payment.',
  'refund-pending': 'The refund is taken, and stays in_process until settled. Only before refund.',
  'refund-rejected': 'The refund is answered as rejected: the account is empty, nothing is back. Only before refund.',
  'search-lag': 'What changed less than ms ago is not found. Only before search-payments.',
};

/** What can be asked for, one line each. Every kind goes with every route, unless its line names the only one. */
export const mercadoPagoFaultCatalogue: readonly { readonly kind: string; readonly description: string }[] =
  Object.entries(descriptions).map(([kind, description]) => ({ kind, description }));
