import * as z from 'zod';
import { type Cause, Problem } from './problem.ts';

/** Mercado Pago's numbers for what is wrong with a request; 1 where it has none of its own. */
const descriptions: Readonly<Record<number, string>> = {
  1: 'Params Error',
  4000: "token attribute can't be null",
  4001: "payment_method_id attribute can't be null",
  4002: "transaction_amount attribute can't be null",
  4003: 'transaction_amount attribute must be numeric',
  4004: "installments attribute can't be null",
  4005: 'installments attribute must be numeric',
  4006: 'payer attribute is malformed',
  4020: 'notification_url attribute must be url valid',
  4037: 'Invalid transaction_amount',
  4040: 'The amount attribute must be numeric',
  4050: 'payer.email must be a valid email',
};

export function cause(code: number, param?: string): Cause {
  const description = descriptions[code] ?? 'Params Error';
  return { code, description: code === 1 && param !== undefined ? `${description}: ${param}` : description };
}

/** @returns what makes zod carry Mercado Pago's number of the mistake where a message goes */
const wrong = (missing: number, invalid: number) => ({
  error: ({ input }: { readonly input?: unknown }) => String(input === undefined || input === null ? missing : invalid),
});

export const paymentRequest = z.object({
  transaction_amount: z.number(wrong(4002, 4003)),
  payer: z.object({ email: z.email(wrong(4050, 4050)) }, wrong(4006, 4006)),
  token: z.string().min(1).optional(),
  payment_method_id: z.string(wrong(4001, 4001)).min(1, wrong(4001, 4001)),
  installments: z.int(wrong(4004, 4005)).positive(wrong(4004, 4005)).optional(),
  /** The specification has text here, and a number is refused. */
  issuer_id: z.string().nullish(),
  description: z.string().nullish(),
  external_reference: z.string().max(256).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  notification_url: z.url(wrong(4020, 4020)).nullish(),
  statement_descriptor: z.string().max(22).nullish(),
  binary_mode: z.boolean().default(false),
  capture: z.boolean().default(true),
  three_d_secure_mode: z.enum(['not_supported', 'optional', 'mandatory']).default('not_supported'),
  additional_info: z.record(z.string(), z.unknown()).nullish(),
});
export type PaymentRequest = z.infer<typeof paymentRequest>;

/** Capturing, the other use of this call, is nothing the product does. */
export const cancelRequest = z.strictObject({ status: z.literal('cancelled') });

/** Without an amount everything that is left. */
export const refundRequest = z.object({ amount: z.number(wrong(4040, 4040)).optional() });

const searchTime = z.enum(['date_created', 'date_last_updated', 'money_release_date']);
const date = z.iso.datetime({ offset: true });

/** Strict, so that no filter is passed over in silence: a range is all of its three parts or none. */
export const searchRequest = z
  .strictObject({
    sort: searchTime,
    criteria: z.enum(['asc', 'desc']),
    external_reference: z.string().optional(),
    status: z.string().optional(),
    limit: z.coerce.number().int().min(1).max(100).default(30),
    offset: z.coerce.number().int().min(0).default(0),
    range: searchTime.optional(),
    begin_date: date.optional(),
    end_date: date.optional(),
  })
  .refine(
    ({ range, begin_date: begin, end_date: end }) =>
      (range === undefined) === (begin === undefined) && (begin === undefined) === (end === undefined),
    { path: ['range'] },
  );
export type SearchRequest = z.infer<typeof searchRequest>;

/** @throws Problem 400 naming everything that is wrong */
export function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw Problem.badRequest(
    result.error.issues.map(({ message, path }) =>
      cause(/^\d+$/.test(message) ? Number(message) : 1, path.map(String).join('.')),
    ),
  );
}
