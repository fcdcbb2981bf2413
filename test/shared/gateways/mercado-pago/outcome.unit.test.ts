import { describe, expect, test } from 'vitest';
import { mercadoPagoReasons } from '#shared/gateways/gateway.ts';
import { cancelAnswer, chargeAnswer, lookAnswer, toCancel } from '#shared/gateways/mercado-pago/outcome.ts';
import { ORDER_REF, payment, searchOf } from './purchase.ts';
import { answered, lost, refused, unknown } from './replies.ts';

const charged = (changes: Readonly<Record<string, unknown>>) => chargeAnswer(ORDER_REF, answered(payment(changes)));
const seen = (...payments: readonly Readonly<Record<string, unknown>>[]) =>
  lookAnswer(ORDER_REF, answered(searchOf(...payments.map((changes) => payment(changes)))));
const declined = (reason: string, httpStatus = 402) => ({ kind: 'declined', refusal: { reason, httpStatus } });
const approved = (paymentId: string) => ({
  kind: 'approved',
  approval: { paymentId, amount: { minor: 1999, currency: 'MXN' }, live: false, paidWith: expect.any(Object) },
});

const rejected = (detail: string) => ({ status: 'rejected', status_detail: detail });
const CHALLENGE = 'https://acs.bank.example/challenge';

describe('a status', () => {
  test.each([
    ['approved', 'accredited', approved('133000000001')],
    ['approved', 'partially_refunded', approved('133000000001')],
    ['authorized', 'pending_capture', { kind: 'awaiting-payment' }],
    ['pending', 'pending_waiting_payment', { kind: 'awaiting-payment' }],
    ['pending', 'pending_waiting_transfer', { kind: 'awaiting-payment' }],
    ['in_process', 'pending_contingency', { kind: 'awaiting-payment' }],
    ['in_process', 'pending_review_manual', { kind: 'awaiting-payment' }],
    ['rejected', 'cc_rejected_insufficient_amount', declined('mp:cc_rejected_insufficient_amount')],
    ['rejected', 'cc_rejected_call_for_authorize', declined('mp:cc_rejected_call_for_authorize')],
    ['rejected', 'cc_rejected_card_disabled', declined('mp:cc_rejected_card_disabled')],
    ['rejected', 'cc_rejected_card_error', declined('mp:cc_rejected_card_error')],
    ['rejected', 'cc_rejected_other_reason', declined('mp:cc_rejected_other_reason')],
    ['rejected', 'cc_rejected_time_out', declined('mp:default')],
    ['rejected', 'cc_rejected_max_attempts', declined('mp:cc_rejected_max_attempts')],
    ['rejected', 'cc_rejected_invalid_installments', declined('mp:invalid_installments')],
    ['rejected', 'cc_rejected_card_type_not_allowed', declined('mp:default')],
    ['rejected', 'cc_rejected_bad_filled_card_number', declined('mp:cc_rejected_bad_filled_card_number')],
    ['rejected', 'cc_rejected_bad_filled_date', declined('mp:cc_rejected_bad_filled_date')],
    ['rejected', 'cc_rejected_bad_filled_security_code', declined('mp:cc_rejected_bad_filled_security_code')],
    ['rejected', 'cc_rejected_bad_filled_other', declined('mp:default')],
    ['rejected', 'cc_rejected_high_risk', declined('mp:cc_rejected_high_risk')],
    ['rejected', 'cc_rejected_blacklist', declined('mp:cc_rejected_blacklist')],
    ['rejected', 'rejected_by_regulations', declined('mp:default')],
    ['rejected', '', declined('mp:default')],
    ['rejected', null, declined('mp:default')],
    ['REJECTED', 'CC_REJECTED_HIGH_RISK', declined('mp:cc_rejected_high_risk')],
    ['refunded', 'refunded', declined('mp:status:refunded')],
    // A disputed payment was approved first, and until it is lost the money is there.
    ['in_mediation', 'pending', approved('133000000001')],
    ['charged_back', 'in_process', approved('133000000001')],
    ['charged_back', 'reimbursed', approved('133000000001')],
    ['charged_back', 'brand_new', approved('133000000001')],
    ['charged_back', 'settled', declined('mp:status:charged_back')],
    ['brand_new', 'pending', unknown('unreadable')],
  ])('%s / %s means the same to a charge and to a look', (status, status_detail, answer) => {
    expect(charged({ status, status_detail })).toEqual(answer);
    expect(seen({ status, status_detail })).toEqual(answer);
  });

  test.each(['expired', 'by_collector', 'by_payer', 'by_admin'])(
    'cancelled / %s declines a charge, and is an end to a look',
    (status_detail) => {
      expect(charged({ status: 'cancelled', status_detail })).toEqual(declined('mp:status:cancelled'));
      expect(seen({ status: 'cancelled', status_detail })).toEqual({ kind: 'closed' });
    },
  );

  const awaiting = { kind: 'awaiting-payment' };
  const challenge = (creq: string | null) => ({ kind: 'action-required', action: { url: CHALLENGE, creq } });
  test.each([
    [{ external_resource_url: CHALLENGE, creq: 'x' }, challenge('x')],
    [{ external_resource_url: CHALLENGE }, challenge(null)],
    [{ external_resource_url: CHALLENGE, creq: null }, challenge(null)],
    [{ external_resource_url: CHALLENGE, creq: '' }, awaiting],
    [{ external_resource_url: CHALLENGE, creq: 7 }, awaiting],
    [{ external_resource_url: 'javascript:alert(1)' }, awaiting],
    [{ external_resource_url: 'http://acs.bank.example/' }, awaiting],
    [{ external_resource_url: 'data:text/html,x' }, awaiting],
    [{ external_resource_url: '/challenge' }, awaiting],
    [{ external_resource_url: null, creq: 'x' }, awaiting],
    [{}, awaiting],
    [null, awaiting],
  ])('pending / pending_challenge with %j sends the buyer to https only', (three_ds_info, answer) => {
    const change = { status: 'pending', status_detail: 'pending_challenge', three_ds_info };
    expect(charged(change)).toEqual(answer);
    expect(seen(change)).toEqual(answer);
  });

  test.each([
    ['approved', 'accredited', approved('133000000001')],
    ['rejected', 'cc_rejected_3ds_challenge', declined('mp:default')],
    ['cancelled', 'expired', { kind: 'closed' }],
    ['pending', 'pending_waiting_payment', awaiting],
  ])('%s / %s is what it is, whatever challenge came before', (status, status_detail, answer) => {
    const three_ds_info = { external_resource_url: CHALLENGE, creq: 'x' };
    expect(seen({ status, status_detail, three_ds_info })).toEqual(answer);
  });

  test('of a duplicate ends nothing before a look, which shows whether ours went through', () => {
    const duplicate = rejected('cc_rejected_duplicated_payment');
    expect(charged(duplicate)).toEqual(unknown('unreadable'));
    expect(seen(duplicate)).toEqual(declined('mp:cc_rejected_duplicated_payment'));
    expect(seen({ id: 2 }, duplicate)).toEqual(approved('2'));
    expect(seen({ id: 2, status: 'in_process' }, duplicate)).toEqual({ kind: 'awaiting-payment' });
    expect(seen({ id: 2, status: 'brand_new' }, duplicate)).toEqual(unknown('unreadable'));
  });
});

test.each(
  mercadoPagoReasons
    .slice(0, mercadoPagoReasons.indexOf('mp:default'))
    .filter((reason) => reason !== 'mp:cc_rejected_duplicated_payment'),
)('%s is found by its own detail, alone and inside another', (reason) => {
  const detail = reason.slice('mp:'.length);
  expect(charged(rejected(detail))).toEqual(declined(reason));
  expect(charged(rejected(`x_${detail}_x`))).toEqual(declined(reason));
});

describe('a charge', () => {
  test.each([
    [400, declined('mp:validation', 400)],
    [401, declined('mp:invalid_access_token', 500)],
    [403, declined('mp:authentication_error', 500)],
    [404, declined('mp:default', 500)],
    [422, declined('mp:validation', 400)],
    [429, declined('mp:default', 500)],
    [402, unknown('server-error')],
    [408, unknown('server-error')],
    [409, unknown('server-error')],
    [423, unknown('server-error')],
    [424, unknown('server-error')],
    [500, unknown('server-error')],
    [503, unknown('server-error')],
  ])('answered %i is a decline only where no money can have moved', (status, answer) => {
    expect(chargeAnswer(ORDER_REF, refused(status))).toEqual(answer);
  });

  test("answered by some proxy's 403 page is unknown", () => {
    expect(chargeAnswer(ORDER_REF, refused(403, false))).toEqual(unknown('unreadable'));
  });

  test.each([
    ['nothing', {}],
    ['no id', payment({ id: undefined })],
    ['no status', payment({ status: undefined })],
    ['an empty status', payment({ status: '' })],
    ['an id that lost its last digits', payment({ id: 2 ** 53 })],
    ['the reference of another purchase', payment({ external_reference: 'HS1' })],
    ['no reference', payment({ external_reference: null })],
    ['no amount', payment({ transaction_amount: null })],
    ['half a centavo', payment({ transaction_amount: 19.995 })],
    ['no currency', payment({ currency_id: undefined })],
    ['no live mode', payment({ live_mode: undefined })],
    ['a list', [payment()]],
    ['a text', 'approved'],
    ['null', null],
  ])('answered with %s is unknown, not paid', (_, body) => {
    expect(chargeAnswer(ORDER_REF, answered(body))).toEqual(unknown('unreadable'));
  });

  test('tells the live mode, the currency and a long id as they are', () => {
    expect(charged({ id: '9007199254740993', live_mode: true, currency_id: 'CLP', transaction_amount: 1999 })).toEqual({
      kind: 'approved',
      approval: {
        paymentId: '9007199254740993',
        amount: { minor: 1999, currency: 'CLP' },
        live: true,
        paidWith: expect.any(Object),
      },
    });
  });

  test('tells how it was paid, as far as that can be read', () => {
    const paidWith = (changes: Readonly<Record<string, unknown>>) => {
      const answer = charged({ status_detail: 'accredited', ...changes });
      return answer.kind === 'approved' ? answer.approval.paidWith : answer;
    };
    const card = { last_four_digits: '3704' };
    expect(
      paidWith({ installments: 3, payment_method_id: 'visa', payment_type_id: 'credit_card', issuer_id: 25, card }),
    ).toEqual({
      statusDetail: 'accredited',
      installments: 3,
      methodId: 'visa',
      methodType: 'credit_card',
      issuerId: '25',
      lastFour: '3704',
    });
    const unread = { installments: 'x', payment_method_id: 1, payment_type_id: null, issuer_id: {}, card: 7 };
    expect(paidWith(unread)).toEqual({
      statusDetail: 'accredited',
      installments: 1,
      methodId: null,
      methodType: null,
      issuerId: null,
      lastFour: null,
    });
  });

  test.each(['timeout', 'connection'] as const)('lost by %s is unknown', (cause) => {
    expect(chargeAnswer(ORDER_REF, { kind: 'lost', cause })).toEqual(unknown(cause));
  });
});

describe('a look', () => {
  const at = (hour: number) => ({ date_created: `2026-11-24T0${hour}:00:00.000-04:00` });

  test('that finds nothing is never an end', () => {
    expect(seen()).toEqual({ kind: 'no-charge' });
  });

  test('leaves every other reference alone, however it looks', () => {
    const foreign = payment({ external_reference: `${ORDER_REF}0`, id: null });
    expect(lookAnswer(ORDER_REF, answered(searchOf(foreign, {})))).toEqual({ kind: 'no-charge' });
  });

  test('finds the approved one among all others, and the oldest of two', () => {
    const others = [
      rejected('cc_rejected_other_reason'),
      { status: 'pending' },
      { status: 'new' },
      { status: 'refunded' },
    ];
    expect(seen({ id: 9, ...at(3) }, ...others, { id: 5, ...at(4) })).toEqual(approved('9'));
    expect(seen({ id: 5, ...at(4) }, ...others, { id: 9, ...at(3) })).toEqual(approved('9'));
  });

  test('waits for what may still be approved, whatever was rejected before or after', () => {
    const no = rejected('cc_rejected_other_reason');
    expect(seen({ ...no, ...at(1) }, { status: 'pending', ...at(2) }, { ...no, ...at(3) })).toEqual({
      kind: 'awaiting-payment',
    });
  });

  test('closes nothing and sends nobody on while one payment may be approved for all we know', () => {
    const odd = { status: 'brand_new', ...at(1) };
    const three_ds_info = { external_resource_url: CHALLENGE, creq: 'x' };
    const asked = { status: 'pending', status_detail: 'pending_challenge', three_ds_info, ...at(2) };
    expect(seen(odd, { ...rejected('x'), ...at(2) })).toEqual(unknown('unreadable'));
    expect(seen(odd, { status: 'cancelled', ...at(2) })).toEqual(unknown('unreadable'));
    expect(seen(odd, asked)).toEqual(unknown('unreadable'));
    expect(seen({ transaction_amount: null, ...at(1) }, { status: 'cancelled', ...at(2) })).toEqual(
      unknown('unreadable'),
    );
  });

  test('sends the buyer on as long as the challenge stands, and never past an approval', () => {
    const three_ds_info = { external_resource_url: CHALLENGE, creq: 'x' };
    const asked = { status: 'pending', status_detail: 'pending_challenge', three_ds_info };
    expect(seen(rejected('x'), { status: 'pending' }, asked)).toMatchObject({ kind: 'action-required' });
    expect(seen(asked, { id: 5 })).toEqual(approved('5'));
    expect(seen(asked, { id: 5, status: 'in_mediation' })).toEqual(approved('5'));
  });

  test('tells the newest of several refusals', () => {
    const [first, last] = [rejected('cc_rejected_high_risk'), rejected('cc_rejected_blacklist')];
    expect(seen({ ...last, ...at(2) }, { ...first, ...at(1) })).toEqual(declined('mp:cc_rejected_blacklist'));
  });

  test.each([
    ['a payment of ours it cannot read', searchOf(payment(), payment({ id: null }))],
    ['more payments than it shows', { paging: { total: 2 }, results: [payment()] }],
    ['no list', {}],
  ])('that finds %s is unknown', (_, body) => {
    expect(lookAnswer(ORDER_REF, answered(body))).toEqual(unknown('unreadable'));
  });

  test.each([404, 429, 500])('answered %i says nothing about money', (status) => {
    expect(lookAnswer(ORDER_REF, refused(status))).toEqual(unknown('server-error'));
  });

  test.each([401, 403])('answered %i says that the key is refused, which a web page does not', (status) => {
    expect(lookAnswer(ORDER_REF, refused(status))).toEqual(unknown('key-refused'));
    expect(lookAnswer(ORDER_REF, refused(status, false))).toEqual(unknown('server-error'));
  });
});

describe('a cancel', () => {
  const planned = (...payments: readonly Readonly<Record<string, unknown>>[]) =>
    toCancel(ORDER_REF, answered(searchOf(...payments.map((changes) => payment(changes)))));

  test('is for what is open, and only that', () => {
    const open = ['pending', 'in_process', 'authorized'].map((status, id) => ({ status, id: id + 1 }));
    expect(planned(...open, rejected('x'), { status: 'cancelled' }, { status: 'refunded' })).toEqual(['1', '2', '3']);
    expect(planned()).toEqual([]);
  });

  test('is refused for an approved payment, and not tried around a status we do not know', () => {
    expect(planned({ status: 'pending' }, {})).toBe('refused');
    expect(planned({ status: 'pending' }, { status: 'in_mediation' })).toBe('refused');
    expect(planned({ status: 'pending' }, { status: 'brand_new' })).toBe('unknown');
    expect(toCancel(ORDER_REF, refused(500))).toBe('unknown');
  });

  test.each([
    [answered(payment({ status: 'cancelled' })), 'cancelled'],
    [answered(payment({ status: 'rejected' })), 'cancelled'],
    [answered(payment()), 'refused'],
    [answered(payment({ status: 'pending' })), 'unknown'],
    [answered({}), 'unknown'],
    [answered(payment({ status: 'cancelled', external_reference: 'HS1' })), 'unknown'],
    [refused(400), 'refused'],
    [refused(404), 'refused'],
    [refused(400, false), 'unknown'],
    [refused(401), 'unknown'],
    [refused(403), 'unknown'],
    [refused(408), 'unknown'],
    [refused(429), 'unknown'],
    [refused(500), 'unknown'],
    [lost, 'unknown'],
  ])('answered with %o is %s', (reply, answer) => {
    expect(cancelAnswer(ORDER_REF, reply)).toBe(answer);
  });
});
