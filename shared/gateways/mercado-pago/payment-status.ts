import { Payment } from 'mercadopago';
import * as z from 'zod';
import type { GatewayCall, UnknownCause } from '../gateway.ts';
import { minorFromAmount } from './amount.ts';
import { purchaseIdIn } from './order-ref.ts';
import { paymentBody, type Reply, unknown } from './payment.ts';
import { type MercadoPagoOptions, mercadoPagoSender } from './send.ts';

/** A payment as contract 6.3 (#14) shows it. */
export interface PaymentStatus {
  readonly id: string;
  readonly status: string;
  readonly statusDetail: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly dateApproved: string | null;
  readonly dateLastUpdated: string | null;
  readonly orderRef: string | null;
  /** null for a payment that is none of ours. */
  readonly purchaseId: number | null;
}

export type StatusAnswer =
  | { readonly kind: 'found'; readonly payment: PaymentStatus }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'refused'; readonly httpStatus: number }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause };

export interface MercadoPagoPayments {
  /** @param paymentId digits */
  read(paymentId: string, call: GatewayCall): Promise<StatusAnswer>;
}

/** Reading one payment by its own id, which only the portal of a Mercado Pago sale asks for. */
export function mercadoPagoPayments(options: MercadoPagoOptions): MercadoPagoPayments {
  const send = mercadoPagoSender(options);
  return {
    async read(id, call) {
      // It came from outside, and goes into a path.
      if (!/^\d+$/.test(id)) return { kind: 'not-found' };
      return statusAnswer(id, await send(call, {}, (configuration) => new Payment(configuration).get({ id })));
    },
  };
}

const statusBody = paymentBody.extend({
  external_reference: z.string().nullish().catch(null),
  transaction_amount: z.number(),
  currency_id: z.string(),
  date_approved: z.string().nullish(),
  date_last_updated: z.string().nullish(),
});

export function statusAnswer(id: string, reply: Reply): StatusAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (reply.kind === 'refused') {
    if (!reply.readable || reply.status >= 500) return unknown('server-error');
    return reply.status === 404 ? { kind: 'not-found' } : { kind: 'refused', httpStatus: reply.status };
  }
  const parsed = statusBody.safeParse(reply.body);
  if (!parsed.success || parsed.data.id !== id) return unknown('unreadable');
  const { status, status_detail: statusDetail, transaction_amount: amount, currency_id: currency } = parsed.data;
  const amountMinor = minorFromAmount(amount, currency);
  if (amountMinor === undefined) return unknown('unreadable');
  return {
    kind: 'found',
    payment: {
      id,
      status,
      statusDetail,
      amountMinor,
      currency,
      dateApproved: parsed.data.date_approved ?? null,
      dateLastUpdated: parsed.data.date_last_updated ?? null,
      orderRef: parsed.data.external_reference ?? null,
      purchaseId: purchaseIdIn(parsed.data.external_reference) ?? null,
    },
  };
}
