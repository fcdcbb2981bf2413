import { expect, test } from 'vitest';
import { chargeRequest, phoneNumber } from '#shared/gateways/mercado-pago/charge-request.ts';
import { card, CARD_TOKEN, intent, ORDER_REF } from './purchase.ts';

const request = (changes: Partial<typeof intent> = {}, sent = card, notificationUrl: string | null = null) =>
  chargeRequest(ORDER_REF, sent, { ...intent, ...changes }, notificationUrl);

test('the body is the one of contract 7.3', () => {
  expect(request({}, card, 'https://pagos.example/webhooks/mercado-pago')).toEqual({
    transaction_amount: 19.99,
    token: CARD_TOKEN,
    description: 'Acceso Hotspot - 1 hora',
    payment_method_id: 'visa',
    installments: 3,
    issuer_id: '25',
    external_reference: ORDER_REF,
    notification_url:
      'https://pagos.example/webhooks/mercado-pago?empresa=EMP_0011223344&compra=7000000001&source_news=webhooks',
    statement_descriptor: 'HOTSPOT WIFI',
    three_d_secure_mode: 'optional',
    binary_mode: false,
    payer: {
      email: 'ana@correo.mx',
      first_name: 'Ana',
      last_name: 'López Ruiz',
      identification: { type: 'RFC', number: 'XAXX010101000' },
      phone: { area_code: '', number: '5512345678' },
    },
    metadata: {
      empresa_id: 'EMP_0011223344',
      router_id: 'RTR_00112233',
      producto_id: '3',
      product_name: '1 hora',
      transaction_amount: '19.99',
      auto_connect_requested: 'true',
      mac_cliente: 'AA:BB:CC:DD:EE:FF',
      ip_cliente: '10.5.50.2',
      user_type: 'pin',
    },
    additional_info: {
      items: [
        {
          id: '3',
          title: '1 hora',
          description: 'Acceso WiFi - 1 hora',
          category_id: 'services',
          quantity: 1,
          unit_price: 19.99,
        },
      ],
      ip_address: '10.5.50.2',
    },
  });
});

test('what was not given is not sent, least of all as null', () => {
  const bare = request(
    { macAddress: null, ipAddress: null, customer: { name: 'Ana', email: 'ana@correo.mx', phone: null } },
    { ...card, paymentMethodId: null, installments: null, issuerId: null, deviceId: null, identification: null },
  );
  expect(bare.payer).toEqual({ email: 'ana@correo.mx', first_name: 'Ana' });
  expect(bare.installments).toBe(1);
  for (const key of ['payment_method_id', 'issuer_id', 'notification_url']) expect(bare).not.toHaveProperty(key);
  expect(bare.additional_info).not.toHaveProperty('ip_address');
  expect(JSON.stringify(bare)).not.toMatch(/null|None|undefined/);
});

test('all metadata is text', () => {
  expect(Object.values({ ...request().metadata }).map((value) => typeof value)).toEqual(Array(9).fill('string'));
});

test.each([
  ['525512345678', '5512345678'],
  ['+52 (55) 1234-5678', '5512345678'],
  ['5512345678', '5512345678'],
  ['5212345678', '5212345678'],
  ['575512345678', '575512345678'],
  ['15512345678', '15512345678'],
  ['ninguno', ''],
  [null, ''],
])('phone %j is sent as %j', (given, sent) => {
  expect(phoneNumber(given)).toBe(sent);
});
