import {
  type Approval,
  type CancelAnswer,
  type ChargeAnswer,
  type DeclineReason,
  type LookAnswer,
  mercadoPagoReasons,
  type PaidWith,
  type Refusal,
} from '../gateway.ts';
import { asksForPatience, refusesKey } from '../http-status.ts';
import { minorFromAmount } from './amount.ts';
import {
  disputeOf,
  givenBack,
  isDuplicate,
  open,
  type Payment,
  paymentBody,
  paymentsIn,
  type Reply,
  unknown,
  unread,
} from './payment.ts';

/** `cancelled` is an end like any other for a charge, but to a look it says that nothing can come any more. */
type Verdict = ChargeAnswer | { readonly kind: 'closed'; readonly refusal: Refusal };

/** The table of contract 7.3, in the order its first-match rule needs. */
const details = mercadoPagoReasons.slice(0, mercadoPagoReasons.indexOf('mp:default'));

/**
 * The statuses that promise no money moved (payments B.6), with what our answer says. Upstream answers 500 to all but 400
 * (contract 7.3). 409, 423, 424 and 5xx promise nothing, and neither does what Mercado Pago does not document.
 */
const definiteRefusals: ReadonlyMap<number, Refusal> = new Map<number, Refusal>([
  [400, { reason: 'mp:validation', httpStatus: 400 }],
  [401, { reason: 'mp:invalid_access_token', httpStatus: 500 }],
  [403, { reason: 'mp:authentication_error', httpStatus: 500 }],
  [404, { reason: 'mp:default', httpStatus: 500 }],
  [422, { reason: 'mp:validation', httpStatus: 400 }],
  [429, { reason: 'mp:default', httpStatus: 500 }],
]);

/** An error answer to a charge or a refund: a refusal where it promises that no money moved, else unknown. */
export function refusalOf({ status, readable }: Extract<Reply, { kind: 'refused' }>) {
  const refusal = definiteRefusals.get(status);
  if (!refusal) return unknown('server-error');
  return readable ? ({ kind: 'refused', refusal } as const) : unknown('unreadable');
}

/** The answer to `POST /v1/payments`, which is 201 for a declined card too. */
export function chargeAnswer(orderRef: string, reply: Reply): ChargeAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  if (reply.kind === 'refused') {
    const refused = refusalOf(reply);
    return refused.kind === 'refused' ? declined(refused.refusal) : refused;
  }
  const payment = paymentBody.safeParse(reply.body);
  if (!payment.success || payment.data.external_reference !== orderRef) return unknown('unreadable');
  // It may mean that ours went through, by a way we know nothing of: only a look tells.
  if (isDuplicate(payment.data)) return unknown('unreadable');
  const verdict = judge(payment.data);
  return verdict.kind === 'closed' ? declined(verdict.refusal) : verdict;
}

/**
 * The answer to a search by reference. The index lags behind (payments B.5), so an empty one is never an end by itself.
 * One approved payment decides, the oldest of several; then whatever may still be approved; then the newest. A duplicate is
 * a refusal like any other here: we send one payment for each purchase, and none that was approved is there.
 */
export function lookAnswer(orderRef: string, reply: Reply): LookAnswer {
  if (reply.kind === 'lost') return unknown(reply.cause);
  // Not even a 404 says that nothing was charged: the key may have been replaced by another company's.
  if (reply.kind === 'refused') return unread(reply);
  const payments = paymentsIn(reply.body, orderRef);
  if (!payments) return unknown('unreadable');
  const verdicts = payments.map(judge);
  const first = (kind: Verdict['kind']) => verdicts.find((verdict) => verdict.kind === kind);
  const verdict =
    first('approved') ?? first('unknown') ?? first('action-required') ?? first('awaiting-payment') ?? verdicts.at(-1);
  if (!verdict) return { kind: 'no-charge' };
  return verdict.kind === 'closed' ? { kind: 'closed' } : verdict;
}

/** The answer to `GET /v1/payments/{id}` about a payment that somebody named: another order's is none of this one. */
export function namedAnswer(orderRef: string, reply: Reply): ChargeAnswer {
  const answer = chargeAnswer(orderRef, reply);
  return answer.kind === 'declined' ? unknown('unreadable') : answer;
}

/** What a search says of closing an order: the answer, or the payments that have to be cancelled for it. */
export function toCancel(orderRef: string, reply: Reply): CancelAnswer | readonly string[] {
  const payments = reply.kind === 'answered' ? paymentsIn(reply.body, orderRef) : undefined;
  if (!payments) return 'unknown';
  const verdicts = payments.map(judge);
  if (verdicts.some(({ kind }) => kind === 'approved')) return 'refused';
  if (verdicts.some(({ kind }) => kind === 'unknown')) return 'unknown';
  return payments.filter(({ status }) => open.has(status)).map(({ id }) => id);
}

/** The answer to `PUT /v1/payments/{id}` with status cancelled. */
export function cancelAnswer(orderRef: string, reply: Reply): CancelAnswer {
  if (reply.kind === 'refused') {
    const isAboutOrder = reply.status < 500 && !refusesKey(reply.status) && !asksForPatience(reply.status);
    return isAboutOrder && reply.readable ? 'refused' : 'unknown';
  }
  const payment = paymentBody.safeParse(reply.kind === 'answered' ? reply.body : undefined);
  if (!payment.success || payment.data.external_reference !== orderRef) return 'unknown';
  const { status } = payment.data;
  if (status === 'cancelled' || status === 'rejected') return 'cancelled';
  return status === 'approved' ? 'refused' : 'unknown';
}

/** One payment's status (payments B.4). A status we do not know leaves the purchase in doubt rather than refused. */
function judge(payment: Payment): Verdict {
  const { status, status_detail: detail, three_ds_info: challenge } = payment;
  const dispute = disputeOf(payment);
  // What is disputed was approved first: the dispute is seen when its payments are read.
  if (status === 'approved' || dispute === 'open' || dispute === 'won') {
    const approval = approvalOf(payment);
    return approval ? { kind: 'approved', approval } : unknown('unreadable');
  }
  if (open.has(status)) {
    return detail === 'pending_challenge' && challenge
      ? { kind: 'action-required', action: { url: challenge.external_resource_url, creq: challenge.creq ?? null } }
      : { kind: 'awaiting-payment' };
  }
  if (givenBack.has(status)) return declined({ reason: reasonOfStatus(status), httpStatus: 402 });
  if (status === 'rejected') return declined({ reason: reasonOfDetail(detail) ?? 'mp:default', httpStatus: 402 });
  if (status === 'cancelled')
    return {
      kind: 'closed',
      refusal: { reason: reasonOfDetail(detail) ?? reasonOfStatus(status), httpStatus: 402 },
    };
  return unknown('unreadable');
}

/** Contract 7.3: exact, else the first of the table that stands inside it. */
function reasonOfDetail(detail: string): DeclineReason | undefined {
  return (
    details.find((reason) => reason === `mp:${detail}`) ??
    details.find((reason) => detail.includes(reason.slice('mp:'.length)))
  );
}

function reasonOfStatus(status: string): DeclineReason {
  return mercadoPagoReasons.find((reason) => reason === `mp:status:${status}`) ?? 'mp:status:other';
}

/** @returns undefined when amount, currency or mode are not there */
export function approvalOf(payment: Payment) {
  const { id, transaction_amount: amount, currency_id: currency, live_mode: live } = payment;
  const minor = amount === undefined || currency === undefined ? undefined : minorFromAmount(amount, currency);
  if (minor === undefined || currency === undefined || live === undefined) return undefined;
  return { paymentId: id, amount: { minor, currency }, live, paidWith: paidWith(payment) } satisfies Approval;
}

const paidWith = (payment: Payment): PaidWith => ({
  statusDetail: payment.status_detail,
  installments: payment.installments,
  methodId: payment.payment_method_id ?? null,
  methodType: payment.payment_type_id ?? null,
  issuerId: payment.issuer_id ?? null,
  lastFour: payment.card?.last_four_digits ?? null,
});

function declined(refusal: Refusal) {
  return { kind: 'declined', refusal } as const;
}
