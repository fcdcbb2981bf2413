import type { Card, ChargeIntent } from '#shared/gateways/gateway.ts';
import { Secret } from '#shared/security/secret.ts';

export const ORDER_REF = 'HS7000000001';
export const CARD_TOKEN = 'ff8080814c11e237014c1ff593b57b4d';
export const DEVICE_ID = 'armor.planted-device';

/** One hour of WiFi, bought by Ana. */
export const intent: ChargeIntent = {
  purchaseId: 7_000_000_001,
  companyId: 'EMP_0011223344',
  routerId: 'RTR_00112233',
  productId: 3,
  amount: { minor: 1999, currency: 'MXN' },
  productName: '1 hora',
  customer: { name: ' Ana  López Ruiz', email: 'ana@correo.mx', phone: '+52 55 1234 5678' },
  autoConnect: true,
  macAddress: 'AA:BB:CC:DD:EE:FF',
  ipAddress: '10.5.50.2',
  userKind: 'pin',
};

export const card: Card = {
  token: new Secret(CARD_TOKEN),
  paymentMethodId: 'visa',
  installments: 3,
  issuerId: '25',
  deviceId: new Secret(DEVICE_ID),
  identification: { type: 'RFC', number: 'XAXX010101000' },
};

/** A payment as Mercado Pago lists it. */
export const payment = (changes: Readonly<Record<string, unknown>> = {}) => ({
  id: 133_000_000_001,
  status: 'approved',
  status_detail: 'accredited',
  external_reference: ORDER_REF,
  transaction_amount: 19.99,
  currency_id: 'MXN',
  live_mode: false,
  date_created: '2026-11-24T08:00:00.000-04:00',
  refunds: [],
  ...changes,
});

export const searchOf = (...results: readonly unknown[]) => ({
  paging: { total: results.length, limit: 30, offset: 0 },
  results,
});
