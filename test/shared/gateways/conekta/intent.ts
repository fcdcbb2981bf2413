import type { Card, ChargeIntent } from '#shared/gateways/gateway.ts';
import { Secret } from '#shared/security/secret.ts';

/** One hour of WiFi, bought by Ana. */
export const intent: ChargeIntent = {
  purchaseId: 7_000_000_001,
  companyId: 'EMP_0011223344',
  routerId: 'RTR_00112233',
  productId: 3,
  amount: { minor: 1999, currency: 'MXN' },
  productName: '1 hora',
  customer: { name: 'Ana López', email: 'ana@correo.mx', phone: '55 1234 5678' },
  autoConnect: true,
  macAddress: 'AA:BB:CC:DD:EE:FF',
  ipAddress: '10.5.50.2',
  userKind: 'pin',
};

/** A card as the Conekta portal sends it: its token, and nothing else. */
export const cardOf = (token: string): Card => ({
  token: new Secret(token),
  paymentMethodId: null,
  installments: null,
  issuerId: null,
  deviceId: null,
  identification: null,
});
