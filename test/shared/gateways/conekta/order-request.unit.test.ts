import { expect, test } from 'vitest';
import { chargeRequest, orderRequest, phoneNumber, refundRequest } from '#shared/gateways/conekta/order-request.ts';
import { Secret } from '#shared/security/secret.ts';
import { intent } from './intent.ts';

test('an order carries the purchase and no charge', () => {
  expect(orderRequest(intent)).toEqual({
    currency: 'MXN',
    customer_info: { name: 'Ana López', email: 'ana@correo.mx', phone: '+525512345678' },
    line_items: [{ name: '1 hora', unit_price: 1999, quantity: 1 }],
    metadata: {
      purchase_id: '7000000001',
      empresa_id: 'EMP_0011223344',
      router_id: 'RTR_00112233',
      producto_id: '3',
      auto_connect_requested: 'true',
      mac_cliente: 'AA:BB:CC:DD:EE:FF',
      ip_cliente: '10.5.50.2',
      user_type: 'pin',
    },
  });
});

test('an absent MAC and address are empty in the metadata, and no address is sent with the card', () => {
  const bare = { ...intent, macAddress: null, ipAddress: null };
  expect(orderRequest(bare).metadata).toMatchObject({ mac_cliente: '', ip_cliente: '' });
  expect(chargeRequest(new Secret('tok_1'), bare)).toEqual({
    payment_method: { type: 'card', token_id: 'tok_1' },
    reference_id: '7000000001',
  });
});

test('a charge carries the card token, the address and the purchase', () => {
  expect(chargeRequest(new Secret('tok_1'), intent)).toEqual({
    payment_method: { type: 'card', token_id: 'tok_1', customer_ip_address: '10.5.50.2' },
    reference_id: '7000000001',
  });
});

test.each([
  ['525512345678', '+525512345678'],
  ['+52 (55) 1234-5678', '+525512345678'],
  ['5512345678', '+525512345678'],
  ['15512345678', '+521234567890'],
  ['445512345678', '+521234567890'],
  ['', '+521234567890'],
  [null, '+521234567890'],
])('phone %j is sent as %s', (given, sent) => {
  expect(phoneNumber(given)).toBe(sent);
});

test.each([
  ['1h', 'WiFi 1h'],
  [' 1 hora ', '1 hora'],
  ['x'.repeat(300), 'x'.repeat(249)],
  [`${'x'.repeat(248)}😀`, 'x'.repeat(248)],
])('product name %j fits the 3 to 249 characters of an item', (productName, name) => {
  expect(orderRequest({ ...intent, productName }).line_items).toMatchObject([{ name }]);
});

test('a refund names an amount and a reason, and nothing that Conekta does not know', () => {
  const refund = {
    orderRef: 'ord_1',
    paymentId: 'ch_1',
    amountMinor: 700,
    currency: 'MXN',
    attemptKey: 'key',
  } as const;
  expect(refundRequest(refund)).toEqual({ amount: 700, reason: 'requested_by_client' });
});
