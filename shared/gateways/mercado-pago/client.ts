import { Payment, PaymentRefund, User } from 'mercadopago';
import { uuidOf } from '../../platform/ids.ts';
import type { CancelAnswer, GatewayCall, KeptPayment, PaymentGateway } from '../gateway.ts';
import { amountFromMinor } from './amount.ts';
import { chargeRequest } from './charge-request.ts';
import { paymentsAnswer, toRead } from './kept-payments.ts';
import { changesAnswer, checkAnswer, offsetIn, PAGE, traceAnswer } from './listing.ts';
import { orderRefOf } from './order-ref.ts';
import { cancelAnswer, chargeAnswer, lookAnswer, namedAnswer, toCancel } from './outcome.ts';
import { type Reply, unknown } from './payment.ts';
import { refundAnswer } from './refund-outcome.ts';
import { type MercadoPagoOptions, mercadoPagoSender } from './send.ts';

/**
 * Mercado Pago behind the port, by `/v1/payments` through its official SDK (payments B.8). Holds no key: each call brings the
 * company's own.
 */
export function mercadoPagoGateway(options: MercadoPagoOptions): PaymentGateway {
  const { clock, notificationUrl = null } = options;
  const send = mercadoPagoSender(options);

  const search = (orderRef: string, call: GatewayCall) =>
    send(call, {}, (configuration) =>
      new Payment(configuration).search({
        options: { external_reference: orderRef, sort: 'date_created', criteria: 'desc' },
      }),
    );

  /** @param id comes from outside, and goes into a path */
  const read = (id: string, call: GatewayCall): Promise<Reply> =>
    /^\d+$/.test(id)
      ? send(call, {}, (configuration) => new Payment(configuration).get({ id }))
      : Promise.resolve({ kind: 'refused', status: 404, readable: true });

  return {
    name: 'mercado-pago',

    // No call: there is no order apart from its payment, only the reference that both of us know.
    open(intent) {
      return Promise.resolve({ kind: 'opened', orderRef: orderRefOf(intent) });
    },

    async charge(orderRef, card, intent, call) {
      const body = chargeRequest(orderRef, card, intent, notificationUrl);
      const headers = {
        idempotencyKey: uuidOf(`charge ${orderRef}`),
        ...(card.deviceId && { meliSessionId: card.deviceId.reveal() }),
      };
      return chargeAnswer(
        orderRef,
        await send(call, headers, (configuration) => new Payment(configuration).create({ body })),
      );
    },

    async look(orderRef, call, named) {
      const direct = named === undefined ? undefined : namedAnswer(orderRef, await read(named, call));
      return direct?.kind === 'approved' ? direct : lookAnswer(orderRef, await search(orderRef, call));
    },

    async cancel(orderRef, call) {
      const found = toCancel(orderRef, await search(orderRef, call));
      if (typeof found === 'string') return found;
      const answers: CancelAnswer[] = [];
      for (const id of found) {
        const reply = await send(call, {}, (configuration) => new Payment(configuration).cancel({ id }));
        answers.push(cancelAnswer(orderRef, reply));
      }
      if (answers.includes('refused')) return 'refused';
      return answers.includes('unknown') ? 'unknown' : 'cancelled';
    },

    async paymentsOf(orderRef, call) {
      const found = toRead(orderRef, await search(orderRef, call));
      if ('kind' in found) return found;
      const payments: KeptPayment[] = [];
      for (const id of found) {
        const answer = paymentsAnswer(orderRef, id, await read(id, call));
        if (answer.kind === 'unknown') return answer;
        payments.push(...answer.payments);
      }
      return { kind: 'known', payments };
    },

    async refund({ paymentId, amountMinor, currency, attemptKey }, call) {
      const body = { amount: amountFromMinor(amountMinor, currency) };
      return refundAnswer(
        paymentId,
        await send(call, { idempotencyKey: attemptKey }, (configuration) =>
          new PaymentRefund(configuration).create({ payment_id: paymentId, body }),
        ),
      );
    },

    async trace(id, call) {
      return traceAnswer(id, await read(id, call));
    },

    async changes(since, from, call) {
      const offset = offsetIn(from);
      if (offset === undefined) return unknown('unreadable');
      const options = {
        range: 'date_last_updated',
        begin_date: new Date(since).toISOString(),
        end_date: new Date(clock.now()).toISOString(),
        sort: 'date_last_updated',
        criteria: 'desc',
        limit: PAGE,
        offset,
      } as const;
      return changesAnswer(
        offset,
        await send(call, {}, (configuration) => new Payment(configuration).search({ options })),
      );
    },

    async check(call) {
      const isTestToken = call.privateKey.reveal().startsWith('TEST-');
      return checkAnswer(isTestToken, await send(call, {}, (configuration) => new User(configuration).get()));
    },
  };
}
