import { paymentRows } from '#shared/http/contracts/payments.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toPaymentStatusBody } from '#shared/http/wire/payment-status.ts';
import { readPaymentStatus } from '#shared/purchases/payment-status.ts';

/** How long Mercado Pago may think about it. */
const WITHIN_MS = 8_000;

export const handler = endpoint(paymentRows.showPaymentStatus, async ({ caller, params, receivedAt }, services) => {
  const seller = { company: caller.company, routerId: caller.router.id };
  const payment = await readPaymentStatus(params.payment_id, seller, receivedAt + WITHIN_MS, {
    payments: await services.mercadoPagoPayments(),
    purchases: services.purchases,
    box: services.box('gateway-credentials'),
  });
  return { status: 200, body: toPaymentStatusBody(payment) };
});
