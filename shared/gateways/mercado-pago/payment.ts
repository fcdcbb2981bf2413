import * as z from 'zod';
import type { Dispute, UnknownCause } from '../gateway.ts';
import { refusesKey } from '../http-status.ts';

/**
 * What came back through the SDK. A refusal is `readable` when it was Mercado Pago's own; a page of some proxy is not.
 * Nothing about `body` is trusted: the SDK hands on a 201 whose body was cut, or is a web page, as a success without fields.
 */
export type Reply =
  | { readonly kind: 'answered'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly status: number; readonly readable: boolean }
  | { readonly kind: 'lost'; readonly cause: UnknownCause };

/**
 * The SDK has parsed the number already, so one above 2^53 is no longer exact: then it is no id at all, rather than that of
 * somebody else's payment.
 */
export const paymentId = z.union([z.int().positive(), z.string().regex(/^\d+$/)]).transform(String);

export const paymentBody = z.object({
  id: paymentId,
  status: z.string().min(1).toLowerCase(),
  status_detail: z
    .string()
    .toLowerCase()
    .nullish()
    .transform((detail) => detail ?? ''),
  external_reference: z.string(),
  transaction_amount: z.number().optional().catch(undefined),
  currency_id: z.string().optional().catch(undefined),
  installments: z.int().catch(1),
  payment_method_id: z.string().nullish().catch(undefined),
  payment_type_id: z.string().nullish().catch(undefined),
  issuer_id: z
    .union([z.string(), z.int().transform(String)])
    .nullish()
    .catch(undefined),
  card: z.object({ last_four_digits: z.string().nullish() }).nullish().catch(undefined),
  live_mode: z.boolean().optional().catch(undefined),
  date_created: z.string().catch(''),
  // The portal sends the buyer's browser there, so nothing but https will do.
  three_ds_info: z
    .object({ external_resource_url: z.url({ protocol: /^https$/ }), creq: z.string().min(1).nullish() })
    .nullish()
    .catch(undefined),
});
export type Payment = z.infer<typeof paymentBody>;

const searchBody = z.object({
  paging: z.object({ total: z.int() }).optional().catch(undefined),
  results: z.array(z.looseObject({ external_reference: z.unknown().optional() })),
});

/**
 * The payments of exactly this reference, oldest first; whatever else a search brings is not ours to read.
 *
 * @returns undefined when one of ours cannot be read, or the answer does not show all there is
 */
export function paymentsIn(body: unknown, orderRef: string): Payment[] | undefined {
  const search = searchBody.safeParse(body);
  if (!search.success) return undefined;
  const { paging, results } = search.data;
  if (paging && paging.total > results.length) return undefined;
  const ours = z.array(paymentBody).safeParse(results.filter((one) => one.external_reference === orderRef));
  return ours.success ? ours.data.toSorted(byAge) : undefined;
}

/** Always the same first: which of two payments is the one we keep must not depend on the listing. */
function byAge(a: Payment, b: Payment): number {
  return createdAt(a) - createdAt(b) || (a.id < b.id ? -1 : 1);
}

const createdAt = ({ date_created: created }: Payment): number => Date.parse(created) || 0;

/** Not final: each may still become approved. */
export const open: ReadonlySet<string> = new Set(['pending', 'in_process', 'authorized']);
export const givenBack: ReadonlySet<string> = new Set(['refunded', 'charged_back', 'in_mediation']);

/**
 * What the buyer's bank, or Mercado Pago between the two, has decided about a payment (payments B.4). A word we do not know
 * is a dispute that is not over.
 */
export function disputeOf({ status, status_detail: detail }: Payment): Dispute | null {
  if (status === 'in_mediation') return 'open';
  if (status !== 'charged_back') return null;
  return detail === 'reimbursed' ? 'won' : detail === 'settled' ? 'lost' : 'open';
}

/** Mercado Pago saw an equal payment shortly before. It may be our own, so this alone is no end: a look shows which it is. */
export const isDuplicate = ({ status, status_detail: detail }: Payment): boolean =>
  status === 'rejected' && detail.includes('duplicated_payment');

/** What a read that was refused says: of its subject nothing. */
export function unread({ status, readable }: Extract<Reply, { kind: 'refused' }>) {
  return unknown(readable && refusesKey(status) ? 'key-refused' : 'server-error');
}

export function unknown(cause: UnknownCause) {
  return { kind: 'unknown', cause } as const;
}
