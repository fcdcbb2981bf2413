import * as z from 'zod';
import {
  type CancelAnswer,
  type ChargeAnswer,
  type DeclineReason,
  errorReasons,
  type LookAnswer,
  type OpenAnswer,
  type Refusal,
  statusReasons,
  type UnknownCause,
} from '../gateway.ts';
import { asksForPatience, refusesKey } from '../http-status.ts';
import { approvalOf, byAge, type Charge, chargeBody, chargedBack, disputeOf, optionalText } from './charge.ts';

/** What came back from Conekta, or why nothing did. Nothing about `body` is trusted: proxies answer too. */
export type Reply =
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'lost'; readonly cause: UnknownCause };

const errorBody = z.object({
  type: optionalText,
  details: z.array(z.object({ code: optionalText, message: optionalText, debug_message: optionalText })).catch([]),
});

const orderBody = z.object({
  object: z.literal('order'),
  id: z.string().min(1),
  /** Absent, or null, until the order has a charge. */
  payment_status: z.string().toLowerCase().nullish(),
  charges: z.object({ data: z.array(chargeBody).default([]) }).nullish(),
  // The portal sends the buyer's browser there, so nothing but https will do.
  next_action: z
    .object({ redirect_to_url: z.object({ url: z.url({ protocol: /^https$/ }) }) })
    .nullish()
    .catch(undefined),
});

/** A look before it is known who asks: a closed order ends a charge call with its reason, but a look only with the fact. */
type Verdict = Exclude<LookAnswer, { kind: 'closed' }> | { readonly kind: 'closed'; readonly reason: DeclineReason };

/** Not final: each may still become paid, so none may be called a refusal. */
const waiting: ReadonlySet<string> = new Set([
  'pending',
  'pending_payment',
  'pre_authorized',
  'partially_paid',
  'under_fraud_review',
]);
const refused: ReadonlySet<string> = new Set(['declined', 'failed', 'fraudulent']);
const closed: ReadonlySet<string> = new Set(['canceled', 'expired', 'voided']);
const givenBack: ReadonlySet<string> = new Set(['refunded', ...chargedBack]);

/** The statuses contract 7.2 hands on to the caller; every other one becomes 500. */
const passedOn = [400, 401, 402, 404, 422, 429] as const;

/**
 * The answers to a charge or a refund that promise no money moved. 428 is not one: it says that a charge holds the order.
 * A proxy's own 408, or a status Conekta does not document, promises nothing either.
 */
export const definiteRefusals: ReadonlySet<number> = new Set([400, 401, 402, 403, 404, 409, 422, 429]);

/** Why Conekta refused, by the tables and the word search of contract 7.2. */
export function refusalOf(httpStatus: number, body: unknown): Refusal {
  return { reason: reasonOf(body), httpStatus: passedOn.find((status) => status === httpStatus) ?? 500 };
}

export function openAnswer(reply: Reply): OpenAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (isSuccess(reply.status)) {
    const order = orderBody.safeParse(reply.body);
    return order.success ? { kind: 'opened', orderRef: order.data.id } : unknown('unreadable');
  }
  if (reply.status < 400 || reply.status >= 500) return unknown('server-error');
  return isObject(reply.body)
    ? { kind: 'refused', refusal: refusalOf(reply.status, reply.body) }
    : unknown('unreadable');
}

/**
 * The answer to `POST /orders/{id}/charges`, which is a charge, not an order.
 *
 * @returns `read-order` when the charge is neither paid nor declined: where a 3DS challenge goes stands on the order only
 */
export function chargeAnswer(orderRef: string, reply: Reply): ChargeAnswer | 'read-order' {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (!isSuccess(reply.status)) {
    if (!definiteRefusals.has(reply.status)) return unknown('server-error');
    return isObject(reply.body) ? declined(refusalOf(reply.status, reply.body)) : unknown('unreadable');
  }
  const parsed = chargeBody.safeParse(reply.body);
  if (!parsed.success) return chargeAnswerOfOrder(orderRef, reply);
  const charge = parsed.data;
  if (charge.order_id !== orderRef) return unknown('unreadable');
  if (charge.status === 'paid') return { kind: 'approved', approval: approvalOf(charge) };
  if (charge.status === 'declined') return declined(refusalOfCharge(charge));
  return 'read-order';
}

/** The answer to a charge, as the order it was put on tells it. */
export function chargeAnswerOfOrder(orderRef: string, reply: Reply): ChargeAnswer {
  const verdict = judge(orderRef, reply);
  if (verdict.kind === 'closed') return declined({ reason: verdict.reason, httpStatus: 402 });
  // We have just put a charge on it: an order that shows none has not caught up.
  return verdict.kind === 'no-charge' ? unknown('unreadable') : verdict;
}

/** The answer to `GET /orders/{id}`. */
export function lookAnswer(orderRef: string, reply: Reply): LookAnswer {
  const verdict = judge(orderRef, reply);
  return verdict.kind === 'closed' ? { kind: 'closed' } : verdict;
}

/** The answer to `POST /orders/{id}/cancel`. */
export function cancelAnswer(orderRef: string, reply: Reply): CancelAnswer {
  if (reply.kind === 'answered' && reply.status >= 400 && reply.status < 500) {
    const isAboutOrder = isObject(reply.body) && !refusesKey(reply.status) && !asksForPatience(reply.status);
    return isAboutOrder ? 'refused' : 'unknown';
  }
  const verdict = judge(orderRef, reply);
  switch (verdict.kind) {
    case 'closed':
    case 'no-charge':
    case 'declined':
      return 'cancelled';
    case 'approved':
    case 'action-required':
    case 'awaiting-payment':
      return 'refused';
    case 'unknown':
      return 'unknown';
  }
}

/**
 * Paid takes both the order and one of its charges to say so. Where they disagree, or the order has a status we do not
 * know, the answer is unknown: the purchase stays in doubt rather than being called refused. Disputed money is kept money
 * until the bank has decided: `paymentsOf` tells of the dispute.
 */
function judge(orderRef: string, reply: Reply): Verdict {
  if (reply.kind === 'lost') return unknown(reply.cause);
  // Not even a 404 says that nothing was charged: the key may have been replaced by another company's.
  if (!isSuccess(reply.status)) return unread(reply);
  const parsed = orderBody.safeParse(reply.body);
  if (!parsed.success || parsed.data.id !== orderRef) return unknown('unreadable');

  const { payment_status: status, charges, next_action: next } = parsed.data;
  const listed = charges?.data ?? [];
  const taken = listed.filter(({ status }) => status === 'paid' || chargedBack.has(status)).toSorted(byAge);
  const kept = taken.find((charge) => disputeOf(charge) !== 'lost');
  const last = listed.toSorted((a, b) => a.created_at - b.created_at).at(-1);

  // Partly refunded is paid: somebody gave a part back by hand before we knew of the charge, or the second of two.
  if (status === 'paid' || status === 'partially_refunded' || (status && chargedBack.has(status))) {
    if (kept) return { kind: 'approved', approval: approvalOf(kept) };
    if (taken.length > 0) return declined({ reason: 'status:chargeback', httpStatus: 402 });
    if (!chargedBack.has(status)) return unknown('unreadable');
  }
  if (status && givenBack.has(status)) return declined({ reason: reasonOfStatus(status), httpStatus: 402 });
  if (taken.length > 0) return unknown('unreadable');
  if (status && closed.has(status)) return { kind: 'closed', reason: reasonOfStatus(status) };
  if (waiting.has(status ?? last?.status ?? '')) {
    return next
      ? { kind: 'action-required', action: { url: next.redirect_to_url.url, creq: null } }
      : { kind: 'awaiting-payment' };
  }
  if (last?.status === 'declined') return declined(refusalOfCharge(last));
  if (status && refused.has(status)) return declined({ reason: reasonOfStatus(status), httpStatus: 402 });
  return !status && !last ? { kind: 'no-charge' } : unknown('unreadable');
}

function reasonOf(body: unknown): DeclineReason {
  const { type, details } = errorBody.catch({ type: undefined, details: [] }).parse(body);
  const detail = details[0];
  // `??`, not `||`: an empty code stays empty, and matches the first entry.
  const code = (detail?.code ?? type ?? 'default').toLowerCase();
  return (
    errorReasons.find((reason) => reason.includes(code) || code.includes(reason)) ??
    reasonInWords((detail?.debug_message || detail?.message || '').toLowerCase())
  );
}

/** The word search of contract 7.2, in its order. */
function reasonInWords(text: string): DeclineReason {
  const says = (...words: string[]) => words.some((word) => text.includes(word));
  if (says('token')) {
    if (says('already', 'used')) return 'conekta.errors.processing.tokenization.used';
    if (says('invalid')) return 'conekta.errors.processing.tokenization.invalid';
    if (says('expired')) return 'conekta.errors.processing.tokenization.expired';
  }
  if (says('card', 'tarjeta')) {
    if (says('declined', 'rechazada')) return 'card_declined';
    if (says('insufficient', 'fondos')) return 'insufficient_funds';
    if (says('expired', 'expirada')) return 'expired_card';
    if (says('invalid', 'inválida')) return 'invalid_card';
  }
  if (says('funds')) return 'insufficient_funds';
  if (says('auth')) return 'authentication_error';
  if (says('parameter', 'validation')) return 'parameter_validation_error';
  return 'default';
}

function refusalOfCharge({ failure_code: code, status }: Charge): Refusal {
  const reason = errorReasons.find((entry) => entry === code?.toLowerCase()) ?? reasonOfStatus(status);
  return { reason, httpStatus: 402 };
}

function reasonOfStatus(status: string): DeclineReason {
  const name = status === 'charged_back' ? 'chargeback' : status;
  return statusReasons.find((reason) => reason === `status:${name}`) ?? 'status:other';
}

function declined(refusal: Refusal) {
  return { kind: 'declined', refusal } as const;
}

export function unknown(cause: UnknownCause) {
  return { kind: 'unknown', cause } as const;
}

/** What a read that did not succeed says: of its subject nothing. */
export function unread({ status, body }: Extract<Reply, { kind: 'answered' }>) {
  return unknown(refusesKey(status) && isObject(body) ? 'key-refused' : 'server-error');
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

export function isObject(body: unknown): boolean {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}
