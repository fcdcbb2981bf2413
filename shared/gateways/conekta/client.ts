import http from 'node:http';
import https from 'node:https';
import { ChargesApi, Configuration, OrdersApi } from 'conekta';
import type { Clock } from '../../platform/clock.ts';
import type { GatewayCall, PaymentGateway, UnknownCause } from '../gateway.ts';
import { chargeRequest, orderRequest, refundRequest } from './order-request.ts';
import { cancelAnswer, chargeAnswer, chargeAnswerOfOrder, lookAnswer, openAnswer, type Reply } from './outcome.ts';
import { refundAnswer, refundsAnswer } from './refund-outcome.ts';

export interface ConektaOptions {
  /** `https://api.conekta.io`, or the simulator's address. */
  readonly baseUrl: string;
  readonly clock: Clock;
  /** Must verify certificates. Another one than ours only to trust another authority. */
  readonly httpsAgent?: https.Agent;
}

/** An order with its charges is a few kilobytes. */
const MAX_ANSWER_BYTES = 1_000_000;

/**
 * A kept connection is for the calls of one purchase. It is dropped soon after: one that slept with a frozen function is
 * dead, and would turn the next charge into an unknown one.
 */
const keptConnections = { keepAlive: true, timeout: 5_000 } as const;

/** Conekta behind the port, through its official SDK. Holds no key: each call brings the company's own. */
export function conektaGateway({ baseUrl, clock, httpsAgent }: ConektaOptions): PaymentGateway {
  // Without an agent of ours the SDK accepts every certificate, and reads its bundle from disk on every call.
  const agents = {
    httpsAgent: httpsAgent ?? new https.Agent({ ...keptConnections, rejectUnauthorized: true }),
    httpAgent: new http.Agent(keptConnections),
  };

  /** One request, and never an exception: axios's errors carry the key and the card token, so they end here. */
  async function send(
    call: GatewayCall,
    request: (configuration: Configuration) => Promise<{ readonly status: number; readonly data: unknown }>,
  ): Promise<Reply> {
    const remainingMs = Math.floor(call.deadlineAt - clock.now());
    if (remainingMs <= 0) return { kind: 'lost', cause: 'timeout' };
    const configuration = new Configuration({
      accessToken: call.privateKey.reveal(),
      basePath: baseUrl.replace(/\/+$/, ''),
      baseOptions: {
        ...agents,
        // The timeout is about silence; only the signal also ends a body that trickles in.
        timeout: remainingMs,
        signal: AbortSignal.timeout(remainingMs),
        maxContentLength: MAX_ANSWER_BYTES,
        // The key goes to Conekta and nowhere else: not where a redirect points, not through a proxy of the environment.
        maxRedirects: 0,
        proxy: false,
        validateStatus: () => true,
      },
    });
    try {
      const { status, data } = await request(configuration);
      return { kind: 'answered', status, body: data };
    } catch (error) {
      return { kind: 'lost', cause: causeOf(error) };
    }
  }

  const read = (orderRef: string, call: GatewayCall) =>
    send(call, (configuration) => new OrdersApi(configuration).getOrderById(orderRef));

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

    async refundsOf(orderRef, call) {
      return refundsAnswer(orderRef, await read(orderRef, call));
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
  };
}

/** Only the code of a foreign error is looked at, never its text. */
function causeOf(error: unknown): UnknownCause {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ECONNABORTED':
    case 'ETIMEDOUT':
    case 'ERR_CANCELED':
      return 'timeout';
    case 'ERR_BAD_RESPONSE':
      return 'unreadable';
    default:
      return 'connection';
  }
}
