import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEvent, signBody, verifyDigest } from '#shared/gateways/conekta/webhook.ts';

const publicKeyEncoding = { type: 'spki', format: 'pem' } as const;
const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const;
const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding, privateKeyEncoding });
const conekta = rsa();
const forger = rsa();

const order = (more: object = {}) => ({
  object: 'order',
  id: 'ord_2tMtQQpDvfnNjiuFG',
  livemode: false,
  amount: 1999,
  currency: 'MXN',
  payment_status: 'paid',
  metadata: { purchase_id: '7000000001', empresa_id: 'EMP_0011223344' },
  ...more,
});
const charge = (more: object = {}) => ({
  object: 'charge',
  id: '63efa757cf65380001aec040',
  order_id: 'ord_2tMtQQpDvfnNjiuFG',
  status: 'paid',
  reference_id: '7000000001',
  ...more,
});
const event = (type: unknown, object?: unknown) => ({
  id: '6307a60c41de27127515a575',
  object: 'event',
  type,
  created_at: 1661445644,
  livemode: false,
  data: object === undefined ? { action: 'ping', livemode: false } : { object },
  webhook_status: 'pending',
  webhook_logs: [{ id: 'webhl_2svd2sh6GbqzyWBNZ', object: 'webhook_log', failed_attempts: 0 }],
});
const read = (thing: unknown) => readEvent(JSON.stringify(thing));
const known = (type: string) => ({
  type,
  orderRef: 'ord_2tMtQQpDvfnNjiuFG',
  purchaseId: 7_000_000_001,
  approvedId: type === 'charge.paid' ? '63efa757cf65380001aec040' : null,
});

describe('a signature', () => {
  // Spaces and escapes as another writer of JSON sets them: parsing and writing again would not give them back.
  const body = '{ "type": "order.paid",\n "amount": 1999.0, "name": "Mu\\u00f1oz – ñandú 🎉" }';
  const digest = signBody(body, conekta.privateKey);
  const verified = (raw: Buffer | string, header: string | undefined = digest, pem = conekta.publicKey) =>
    verifyDigest(raw, header, pem);

  test('of the bytes as they came is valid, as a text and as a buffer', () => {
    expect(verified(body)).toBe('valid');
    expect(verified(Buffer.from(body))).toBe('valid');
    expect(signBody(Buffer.from(body), conekta.privateKey)).toBe(digest);
  });

  test('is not valid for a body that says the same in other bytes', () => {
    const rewritten = JSON.stringify(JSON.parse(body));
    expect(verified(rewritten)).toBe('invalid');
    expect(verified(`${body} `)).toBe('invalid');
    expect(verified(Buffer.from(body).subarray(1))).toBe('invalid');
    expect(verified('')).toBe('invalid');
  });

  test('with another key is not valid', () => {
    expect(verified(body, signBody(body, forger.privateKey))).toBe('invalid');
    expect(verified(body, digest, forger.publicKey)).toBe('invalid');
  });

  test('that was changed, cut or grown is not valid', () => {
    const bytes = Buffer.from(digest, 'base64');
    const changed = Buffer.from(bytes);
    changed.writeUInt8(bytes.readUInt8(7) ^ 1, 7);
    for (const other of [changed, bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.from([0])])]) {
      expect(verified(body, other.toString('base64'))).toBe('invalid');
    }
  });

  test.each(['not base64 !!', '=', 'AAAA', 'x'.repeat(100_000), '{"a":1}', 'ñ'])('%.20j is not valid', (header) => {
    expect(verified(body, header)).toBe('invalid');
  });

  test('that is not there is missing', () => {
    expect(verifyDigest(body, undefined, conekta.publicKey)).toBe('missing');
    expect(verified(body, '')).toBe('missing');
    expect(verified(body, '  ')).toBe('missing');
  });

  test('is checked with a key whose line ends became backslashes', () => {
    expect(verified(body, digest, conekta.publicKey.replaceAll('\n', '\\n'))).toBe('valid');
    expect(verified(body, digest, conekta.publicKey.replaceAll('\n', '\\r\\n'))).toBe('valid');
  });

  test('is never valid by a key that is none, or of another kind', () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding, privateKeyEncoding });
    const keys = ['', 'key', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n', ec.publicKey];
    for (const pem of keys) expect(verified(body, digest, pem)).toBe('invalid');
    expect(verified(body, signBody(body, ec.privateKey), ec.publicKey)).toBe('invalid');
  });

  test('of anything is an answer, never an error', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (raw, header, pem) => {
        expect(verifyDigest(raw, header, pem)).not.toBe('valid');
        expect(verifyDigest(raw, header, conekta.publicKey)).not.toBe('valid');
      }),
    );
  });
});

describe('an event', () => {
  test.each(['order.paid', 'order.refunded', 'order.charged_back'])('%s names its order and purchase', (type) => {
    expect(read(event(type, order()))).toEqual(known(type));
    expect(read(event(type, order({ metadata: { purchase_id: 7_000_000_001 } })))).toEqual(known(type));
  });

  test.each(['charge.paid', 'charge.reversed', 'charge.chargeback.created'])('%s about a charge does too', (type) => {
    expect(read(event(type, charge()))).toEqual(known(type));
  });

  test('about a refund or a chargeback names its order where it says one', () => {
    const refund = { object: 'refund', id: 're_1', order_id: 'ord_1', amount: -500 };
    expect(read(event('refund.refunded', refund))).toEqual({
      type: 'refund.refunded',
      orderRef: 'ord_1',
      purchaseId: null,
      approvedId: null,
    });
    const chargeback = { object: 'chargeback', id: 'chbk_1', charge_id: '6966a06c044243000156c24d', status: 'lost' };
    const type = 'charge.chargeback.lost';
    expect(read(event(type, chargeback))).toEqual({ type, orderRef: null, purchaseId: null, approvedId: null });
    expect(read(event(type, { ...chargeback, order_id: 'ord_1' }))).toEqual({
      type,
      orderRef: 'ord_1',
      purchaseId: null,
      approvedId: null,
    });
  });

  test('of an order paid by one charge says which, so that nothing is asked once that is known', () => {
    const paidBy = (...ids: readonly unknown[]) =>
      read(event('order.paid', order({ charges: { data: ids.map((id) => ({ id })) } })))?.approvedId;
    expect(paidBy('chg_1')).toBe('chg_1');
    expect(paidBy('chg_1', 'chg_2')).toBeNull();
    expect(paidBy()).toBeNull();
    expect(paidBy('../x')).toBeNull();
    expect(read(event('order.refunded', order({ charges: { data: [{ id: 'chg_1' }] } })))?.approvedId).toBeNull();
  });

  test('of another business names no purchase', () => {
    const type = 'order.paid';
    expect(read(event(type, order({ metadata: {} })))).toEqual({ ...known(type), purchaseId: null });
    for (const reference_id of [null, undefined, 'pedido-12', '', 1e300, '99999999999999999999']) {
      expect(read(event('charge.paid', charge({ reference_id })))).toEqual({
        ...known('charge.paid'),
        purchaseId: null,
      });
    }
  });

  test('that is a ping, or about a customer, names nothing', () => {
    expect(read(event('webhook_ping'))).toEqual({
      type: 'webhook_ping',
      orderRef: null,
      purchaseId: null,
      approvedId: null,
    });
    const customer = { object: 'customer', id: 'cus_1' };
    expect(read(event('customer.created', customer))).toMatchObject({ orderRef: null, purchaseId: null });
  });

  test.each([null, '', 7, ['ord_1'], { id: 'ord_1' }, '../customers', 'ord_1?x', 'ord 1', 'ord_1\n', 'x'.repeat(101)])(
    'with %j for an order names none',
    (id) => {
      expect(read(event('order.paid', order({ id })))).toMatchObject({ orderRef: null, purchaseId: 7_000_000_001 });
      expect(read(event('charge.paid', charge({ order_id: id })))).toMatchObject({ orderRef: null });
    },
  );

  test.each([null, 7, 'order', [order()], {}, { object: 7, order_id: 'ord_1' }])(
    'about %j names no purchase',
    (odd) => {
      expect(read(event('order.paid', odd))).toMatchObject({ type: 'order.paid', purchaseId: null });
    },
  );

  test.each([
    '',
    'null',
    'true',
    '7',
    '1e999',
    '9'.repeat(400),
    '"event"',
    '[]',
    '{}',
    '{"object":"event"}',
    '{"type":"order.paid"}',
    '{"object":"error","type":"order.paid"}',
    '<html>',
    '{"object":"event","type":',
    '['.repeat(200_000),
    '\ud800',
    JSON.stringify([event('order.paid', order())]),
    JSON.stringify(event('', order())),
    JSON.stringify(event(7, order())),
    JSON.stringify(event('x'.repeat(101), order())),
  ])('is not what is written in %.40j', (text) => {
    expect(readEvent(text)).toBeUndefined();
  });

  test('is not read from a body that no event is as long as', () => {
    const sized = (length: number) =>
      readEvent(JSON.stringify({ ...event('order.paid', order()), x: 'x'.repeat(length) }));
    expect(sized(200 * 1024)).toMatchObject({ type: 'order.paid' });
    expect(sized(256 * 1024)).toBeUndefined();
  });

  test('is read from anything without an error', () => {
    fc.assert(fc.property(fc.string(), (text) => readEvent(text) === undefined));
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (about, data) => {
        const found = read({ object: 'event', type: 'order.paid', data: { object: about } });
        expect(found).toMatchObject({ type: 'order.paid' });
        expect(read({ object: 'event', type: 'order.paid', data })).toMatchObject({ type: 'order.paid' });
      }),
    );
  });
});
