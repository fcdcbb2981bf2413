import { createHmac } from 'node:crypto';
import { WebhookSignatureValidator } from 'mercadopago';
import { describe, expect, test } from 'vitest';
import { readNotice, signNotification, verifySignature } from '#shared/gateways/mercado-pago/webhook.ts';
import { Secret } from '#shared/security/secret.ts';

const NOW = 1_795_507_200_000;
const MINUTE = 60_000;
const secret = new Secret('planted-webhook-secret');
const about = { dataId: '133000000001', requestId: 'bb56a2f1-6aae-46ac-982e-9dcd3581d08e' };
const ts = String(NOW);

const hmacOf = (manifest: string, key = secret.reveal()) => createHmac('sha256', key).update(manifest).digest('hex');
const verify = (header: string | undefined, changes: Partial<Parameters<typeof verifySignature>[0]> = {}) =>
  verifySignature({ ...about, header, secret, now: NOW, ...changes });
const signed = (changes: Partial<Parameters<typeof signNotification>[0]> = {}) =>
  signNotification({ ...about, ts, secret, ...changes });

describe('a signature', () => {
  test('is over the id, the request and the time', () => {
    const v1 = hmacOf(`id:133000000001;request-id:${about.requestId};ts:${ts};`);
    expect(signed()).toBe(`ts=${ts},v1=${v1}`);
    expect(verify(`ts=${ts},v1=${v1}`)).toBe('valid');
  });

  test.each([
    ['everything', about],
    ['no request id', { ...about, requestId: undefined }],
    ['an empty request id', { ...about, requestId: '' }],
    ['no id', { ...about, dataId: null }],
    ['an empty id', { ...about, dataId: '' }],
    ['neither', { dataId: null, requestId: undefined }],
    ['an id in capitals', { ...about, dataId: 'PAY01ABC' }],
  ])('with %s is one that the SDK takes too', (_, given) => {
    const header = signed(given);
    const { requestId: xRequestId, dataId } = given;
    const check = () =>
      WebhookSignatureValidator.validate({ xSignature: header, xRequestId, dataId, secret: secret.reveal() });
    expect(check).not.toThrow();
    expect(verify(header, given)).toBe('valid');
  });

  test.each(['PAY01ABC', 'pay01abc'])('of PAY01ABC is taken over %s', (dataId) => {
    expect(verify(signed({ dataId }), { dataId: 'PAY01ABC' })).toBe('valid');
  });

  test('of pay01abc is not taken over PAY01ABC, which nobody promises', () => {
    expect(verify(signed({ dataId: 'PAY01ABC' }), { dataId: 'pay01abc' })).toBe('invalid');
  });

  test.each([
    ['another id', { dataId: '133000000002' }],
    ['no id', { dataId: null }],
    ['another request', { requestId: 'x' }],
    ['no request', { requestId: undefined }],
    ['another secret', { secret: new Secret('planted-webhook-secret ') }],
  ])('over %s is invalid', (_, changes) => {
    expect(verify(signed(), changes)).toBe('invalid');
    expect(verify(signed(changes))).toBe('invalid');
  });

  test('made with the empty secret is invalid, and so is every one when we have none', () => {
    const empty = new Secret('');
    expect(verify(signed({ secret: empty }), { secret: empty })).toBe('invalid');
    expect(verify(signed(), { secret: empty })).toBe('invalid');
  });

  test.each([
    ['in another order', (v1: string) => `v1=${v1},ts=${ts}`],
    ['with spaces', (v1: string) => ` ts = ${ts} ,  v1 = ${v1} `],
    ['with names in capitals', (v1: string) => `TS=${ts},V1=${v1}`],
    ['with parts of a later version', (v1: string) => `ts=${ts},v2=00,v1=${v1},v10`],
    ['with what has no value', (v1: string) => `ts=${ts},v1=${v1},tsx,v1x,,`],
    ['in capital hex', (v1: string) => `ts=${ts},v1=${v1.toUpperCase()}`],
  ])('is read %s', (_, written) => {
    expect(verify(written(hmacOf(`id:${about.dataId};request-id:${about.requestId};ts:${ts};`)))).toBe('valid');
  });

  test.each([
    ['milliseconds', (at: number) => String(at)],
    ['seconds', (at: number) => String(at / 1000)],
  ])('is good for a quarter of an hour both ways, in %s', (_, written) => {
    for (const [off, answer] of [
      [0, 'valid'],
      [15 * MINUTE, 'valid'],
      [-15 * MINUTE, 'valid'],
      [15 * MINUTE + 1000, 'invalid'],
      [-15 * MINUTE - 1000, 'invalid'],
    ] as const)
      expect(verify(signed({ ts: written(NOW - off) })), String(off)).toBe(answer);
  });

  test('keeps its time as it was written: the same moment in another unit is another signature', () => {
    const [, v1 = ''] = signed().split('v1=');
    expect(verify(`ts=${NOW / 1000},v1=${v1}`)).toBe('invalid');
  });

  test.each([undefined, '', '   '])('that is %j is missing', (header) => {
    expect(verify(header)).toBe('missing');
  });

  const good = hmacOf(`id:${about.dataId};request-id:${about.requestId};ts:${ts};`);
  test.each([
    'x',
    ',',
    '=',
    `ts=${ts}`,
    `v1=${good}`,
    `ts=,v1=${good}`,
    `ts=${ts},v1=`,
    `ts=${ts},v1=${good.slice(1)}`,
    `ts=${ts},v1=${good}00`,
    `ts=${ts},v1=${'z'.repeat(64)}`,
    `ts=${ts},v2=${good}`,
    `ts=${ts};v1=${good}`,
    `ts=${ts}0,v1=${good}`,
    `ts=-${ts},v1=${good}`,
    `ts=1e12,v1=${good}`,
    `ts=${ts},v1=${good},ts=now`,
  ])('written %j is invalid', (header) => {
    expect(verify(header)).toBe('invalid');
  });

  test.each(['12345678901', `${ts}000`, '179550720', '1795507200.5'])(
    'at %j has no time we know, even if signed',
    (odd) => {
      expect(verify(signed({ ts: odd }))).toBe('invalid');
    },
  );
});

describe('a notice', () => {
  const nothing = {
    topic: '',
    companyId: null,
    purchaseId: null,
    dataId: null,
    paymentId: null,
    approvedId: null,
  };
  const address = { empresa: 'EMP_0011223344', compra: '7000000001', source_news: 'webhooks' };
  const paymentBody = '{"action":"payment.updated","type":"payment","data":{"id":"133000000001"}}';

  test('of a payment says whose it is by the address we wrote, and which by the one that is signed', () => {
    expect(readNotice({ ...address, 'data.id': '133000000001', type: 'payment' }, paymentBody)).toEqual({
      topic: 'payment',
      companyId: 'EMP_0011223344',
      purchaseId: 7_000_000_001,
      dataId: '133000000001',
      paymentId: '133000000001',
      approvedId: null,
    });
  });

  test('of one that was just made says so, and of one that cannot be told does not', () => {
    const made = '{"action":"payment.created","type":"payment","data":{"id":"7"}}';
    expect(readNotice({ 'data.id': '7', type: 'payment' }, made).approvedId).toBe('7');
    expect(readNotice({ 'data.id': 'x', type: 'payment' }, made).approvedId).toBeNull();
    expect(readNotice({ 'data.id': '7', type: 'payment' }, paymentBody).approvedId).toBeNull();
    // A chargeback names a payment too, and tells of more than that it was made.
    const chargeback = '{"action":"payment.created","data":{"payment_id":7}}';
    const about = readNotice({ 'data.id': '9', type: 'topic_chargebacks_wh' }, chargeback);
    expect(about).toMatchObject({ paymentId: '7', approvedId: null });
  });

  test('of the older kind is read too', () => {
    const notice = readNotice({ topic: 'payment', id: '7' }, '{"resource":"7","topic":"payment"}');
    expect(notice).toEqual({ ...nothing, topic: 'payment', dataId: '7', paymentId: '7' });
  });

  test('believes the address before the body, and its data.id before its id', () => {
    const body = '{"type":"order","data":{"id":"3"}}';
    expect(readNotice({ type: 'payment', topic: 'order', 'data.id': '1', id: '2' }, body)).toMatchObject({
      topic: 'payment',
      dataId: '1',
      paymentId: '1',
    });
  });

  test.each([
    ['9007199254740993', '9007199254740993'],
    ['"9007199254740993"', '9007199254740993'],
    ['18446744073709551617', '18446744073709551617'],
    ['"133000000001"', '133000000001'],
    ['133000000001', '133000000001'],
    ['123456789012345678901', null],
    ['1.5', null],
    ['1e3', null],
    ['-1', null],
    ['"12a"', null],
    ['" 12"', null],
    ['""', null],
    ['null', null],
    ['[7]', null],
    ['{"id":7}', null],
  ])('of a payment whose id stands in the body only, as %s, is of %j', (id, paymentId) => {
    const body = `{"id":1,"x":{"data":{"id":2}},"type":"payment","text":"\\"data\\":{\\"id\\":3}","data":{"payment_id":4,"id":${id}}}`;
    expect(readNotice({}, body)).toEqual({ ...nothing, topic: 'payment', paymentId });
  });

  test.each([
    ['133000000001', '133000000001'],
    ['"133000000001"', '133000000001'],
    ['9007199254740993', '9007199254740993'],
    ['"x"', null],
    ['null', null],
  ])('of a chargeback is of the payment in its body, %s, not of its own id', (id, paymentId) => {
    const dataId = '217133000000001001';
    const body = `{"id":7,"type":"topic_chargebacks_wh","actions":["x"],"data":{"id":${dataId},"payment_id":${id}}}`;
    const notice = readNotice({ ...address, type: 'topic_chargebacks_wh', 'data.id': dataId }, body);
    expect(notice).toMatchObject({ topic: 'topic_chargebacks_wh', dataId, paymentId, purchaseId: 7_000_000_001 });
  });

  test.each(['topic_claims_integration_wh', 'merchant_order', 'order', 'mp-connect', 'subscription', 'toString', ''])(
    'about %j names no payment, whatever stands in it',
    (type) => {
      const notice = readNotice({ ...address, type, 'data.id': '7' }, '{"data":{"id":7,"payment_id":8}}');
      expect(notice).toMatchObject({ topic: type, dataId: '7', paymentId: null, companyId: 'EMP_0011223344' });
    },
  );

  test.each([
    '',
    'x',
    '{',
    '{"type":"payment","data":{"id":7}',
    'null',
    '7',
    '"payment"',
    '[]',
    '[{"type":"payment","data":{"id":7}}]',
    '{"type":["payment"],"topic":{},"action":7,"data":[{"id":7}]}',
    '{"__proto__":{"type":"payment","data":{"id":7}}}',
    '{"type":"payment","data":null}'.replace('payment', 'none'),
    '['.repeat(50_000),
    '['.repeat(30_000) + ']'.repeat(30_000),
    `{"type":"payment","data":{"id":7},"more":"${'x'.repeat(70_000)}"}`,
  ])('in %.40j is nothing, and nothing breaks', (body) => {
    expect(readNotice({}, body)).toEqual({ ...nothing, topic: body.includes('none') ? 'none' : '' });
  });

  test.each(['../../v1/users', '7/refunds', '7?x=1', '7,8', ' 7', '7 ', '٧', '-7', '7.0', '0x7', '1'.repeat(21), ''])(
    'that names the payment %j names none',
    (dataId) => {
      const notice = readNotice({ type: 'payment', 'data.id': dataId }, paymentBody);
      expect(notice).toMatchObject({ dataId, paymentId: null });
    },
  );

  test.each(['', 'EMP 1', 'EMP_1#x', '../x', 'é', 'a'.repeat(41)])('of the company %j is of none', (empresa) => {
    expect(readNotice({ empresa }, '').companyId).toBeNull();
  });

  test.each(['', 'x', '-1', '1.5', '1e3', ' 1', '1,2', String(2 ** 53), '9'.repeat(17)])(
    'of the purchase %j is of none',
    (compra) => {
      expect(readNotice({ compra }, '').purchaseId).toBeNull();
    },
  );
});
