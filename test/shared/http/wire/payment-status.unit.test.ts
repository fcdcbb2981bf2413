import { expect, it } from 'vitest';
import { toPaymentStatusBody } from '#shared/http/wire/payment-status.ts';

const payment = {
  id: '123456789',
  status: 'approved',
  statusDetail: 'accredited',
  dateApproved: null,
  dateLastUpdated: null,
  orderRef: 'HS1',
  purchaseId: 1,
};

it.each([
  [1999, 'MXN', 19.99],
  [1999, 'CLP', 1999],
])('%i minor units of %s are shown as the decimal %d', (amountMinor, currency, amount) => {
  expect(toPaymentStatusBody({ ...payment, amountMinor, currency })).toMatchObject({ payment_id: 123456789, amount });
});
