import * as z from 'zod';
import { Problem } from './problem.ts';

/** Longest text Conekta takes. */
const MAX_TEXT = 249;

const paymentMethod = z.object({
  type: z.literal('card'),
  token_id: z.string().min(1),
  customer_ip_address: z.union([z.ipv4(), z.ipv6()]).optional(),
});

export const chargeRequest = z.object({
  amount: z.int().positive().optional(),
  payment_method: paymentMethod,
  reference_id: z.string().max(MAX_TEXT).optional(),
});
export type ChargeRequest = z.infer<typeof chargeRequest>;

export const orderRequest = z.object({
  currency: z.string().regex(/^[A-Za-z]{3}$/),
  customer_info: z.object({ name: z.string().min(1), email: z.email(), phone: z.string().min(1) }),
  line_items: z
    .array(
      z.object({
        name: z.string().min(3).max(MAX_TEXT),
        unit_price: z.int().positive(),
        quantity: z.int().positive(),
      }),
    )
    .min(1),
  metadata: z
    .record(z.string(), z.union([z.string().max(MAX_TEXT), z.number(), z.boolean()]))
    .refine((metadata) => Object.keys(metadata).length <= 100)
    .default({}),
  charges: z.array(chargeRequest).max(1).default([]),
});

export const refundRequest = z.object({ amount: z.int().positive(), reason: z.string().min(1) });

/** @throws Problem 422 naming the first parameter that is wrong */
export function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw Problem.invalidParameter(issue?.path.map(String).join('.') ?? '', issue?.code ?? 'invalid');
}
