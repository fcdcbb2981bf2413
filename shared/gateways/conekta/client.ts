import { ChargesApi, OrdersApi } from 'conekta';
import type { GatewayCall, PaymentGateway } from '../gateway.ts';
import { paymentsAnswer } from './kept-payments.ts';
import { changesAnswer, checkAnswer, ordersPerPage } from './listing.ts';
import { chargeRequest, orderRequest, refundRequest } from './order-request.ts';
import { cancelAnswer, chargeAnswer, chargeAnswerOfOrder, lookAnswer, openAnswer } from './outcome.ts';
import { traceAnswer } from './purchase-id.ts';
import { refundAnswer } from './refund-outcome.ts';
import { type ConektaOptions, conektaSender } from './send.ts';

/** Conekta behind the port, through its official SDK. */
export function conektaGateway(options: ConektaOptions): PaymentGateway {
  const send = conektaSender(options);

  const read = (orderRef: string, call: GatewayCall) =>
    send(call, (configuration) => new OrdersApi(configuration).getOrderById(orderRef));

  /** The SDK's arguments have places, not names: only here are they counted. */
  const list = (query: { limit: number; next?: string; updatedSince?: number }, call: GatewayCall) =>
    send(call, (configuration) =>
      new OrdersApi(configuration).getOrders(
        undefined, // language
        undefined, // child company
        query.limit,
        undefined, // search
        query.next,
        undefined, // previous
        undefined, // payment_status
        undefined, // last_payment_info.status
        undefined, // created_at
        undefined, // created_at.gte
        undefined, // created_at.lte
        query.updatedSince, // updated_at.gte, in seconds
      ),
    );

  return {
    name: 'conekta',

    async open(intent, call) {
      const order = orderRequest(intent);
      return openAnswer(await send(call, (configuration) => new OrdersApi(configuration).createOrder(order)));
    },

    async charge(orderRef, card, intent, call) {
      const charge = chargeRequest(card.token, intent);
      const answer = chargeAnswer(
        orderRef,
        await send(call, (configuration) => new ChargesApi(configuration).ordersCreateCharge(orderRef, charge)),
      );
      return answer === 'read-order' ? chargeAnswerOfOrder(orderRef, await read(orderRef, call)) : answer;
    },

    async look(orderRef, call) {
      return lookAnswer(orderRef, await read(orderRef, call));
    },

    async cancel(orderRef, call) {
      return cancelAnswer(
        orderRef,
        await send(call, (configuration) => new OrdersApi(configuration).cancelOrder(orderRef)),
      );
    },

    async paymentsOf(orderRef, call) {
      return paymentsAnswer(orderRef, await read(orderRef, call));
    },

    // `attemptKey` stays here: Conekta has no idempotency key. What keeps a refund single is reading before it.
    async refund(refund, call) {
      const { orderRef, amountMinor } = refund;
      const body = refundRequest(refund);
      return refundAnswer(
        orderRef,
        amountMinor,
        await send(call, (configuration) => new OrdersApi(configuration).orderRefund(orderRef, body)),
      );
    },

    async trace(orderId, call) {
      return traceAnswer(orderId, await read(orderId, call));
    },

    async changes(since, from, call) {
      const updatedSince = Math.floor(since / 1000);
      const query = { limit: ordersPerPage, updatedSince, ...(from !== null && { next: from }) };
      return changesAnswer(from, await list(query, call));
    },

    // A list of orders, and not the company: only orders say which mode the key is for.
    async check(call) {
      return checkAnswer(await list({ limit: 1 }, call));
    },
  };
}
