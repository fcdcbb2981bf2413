import { MercadoPagoConfig, MercadoPagoError, MPConnectionError, Payment, PaymentRefund } from 'mercadopago';
import { AppConfig } from 'mercadopago/dist/utils/config/index.js';
import type { Clock } from '../../platform/clock.ts';
import { uuidOf } from '../../platform/ids.ts';
import type { CancelAnswer, GatewayCall, PaymentGateway, RefundedPayment } from '../gateway.ts';
import { amountFromMinor } from './amount.ts';
import { chargeRequest, orderRefOf } from './charge-request.ts';
import { cancelAnswer, chargeAnswer, lookAnswer, toCancel } from './outcome.ts';
import type { Reply } from './payment.ts';
import { refundAnswer, refundsAnswer, toRead } from './refund-outcome.ts';

export interface MercadoPagoOptions {
  /** `https://api.mercadopago.com`, or the simulator's address. */
  readonly baseUrl: string;
  readonly clock: Clock;
  /** The address of our own webhook, without a query; null or absent when nobody listens. */
  readonly notificationUrl?: string | null;
}

/** What the SDK takes from the configuration for one request alone. */
interface RequestHeaders {
  readonly idempotencyKey?: string;
  readonly meliSessionId?: string;
}

/** Ours ends the call, for it covers the body too; the SDK's own timer, which stops at the headers, then ends the request. */
const SDK_TIMER_LATER_MS = 100;

/** The SDK's words for an error whose body had none: some proxy's page, not Mercado Pago's answer. */
const NO_WORDS = 'MercadoPago API error';

/**
 * Mercado Pago behind the port, by `/v1/payments` through its official SDK (payments B.8). Holds no key: each call brings the
 * company's own.
 */
export function mercadoPagoGateway({ baseUrl, clock, notificationUrl = null }: MercadoPagoOptions): PaymentGateway {
  const origin = baseUrl.replace(/\/+$/, '');

  /** One request, and never an exception: a foreign error's text goes no further than here. */
  async function send(
    call: GatewayCall,
    headers: RequestHeaders,
    request: (configuration: MercadoPagoConfig) => Promise<unknown>,
  ): Promise<Reply> {
    const remainingMs = Math.floor(call.deadlineAt - clock.now());
    if (remainingMs <= 0) return { kind: 'lost', cause: 'timeout' };
    const options = {
      ...headers,
      timeout: remainingMs + SDK_TIMER_LATER_MS,
      // By default the SDK repeats a charge three times, and waits up to four minutes (payments 0.5).
      maxRetries: 0,
      // Handed on to fetch: the card's token goes to Mercado Pago and nowhere a redirect points.
      redirect: 'error',
    };
    // The SDK has no option for the address, only this static. It reads it before `request` returns, so that calls of two
    // gateways in one process cannot cross.
    Reflect.set(AppConfig, 'BASE_URL', origin);
    // A new one for every call: the SDK keeps one call's idempotency key in it for all later ones (payments 0.3).
    const answer = replyOf(request(new MercadoPagoConfig({ accessToken: call.privateKey.reveal(), options })));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Reply>((resolve) => {
      timer = setTimeout(() => resolve({ kind: 'lost', cause: 'timeout' }), remainingMs);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  const search = (orderRef: string, call: GatewayCall) =>
    send(call, {}, (configuration) =>
      new Payment(configuration).search({
        options: { external_reference: orderRef, sort: 'date_created', criteria: 'desc' },
      }),
    );

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

    async look(orderRef, call) {
      return lookAnswer(orderRef, await search(orderRef, call));
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

    async refundsOf(orderRef, call) {
      const found = toRead(orderRef, await search(orderRef, call));
      if ('kind' in found) return found;
      const payments: RefundedPayment[] = [];
      for (const id of found) {
        const reply = await send(call, {}, (configuration) => new Payment(configuration).get({ id }));
        const answer = refundsAnswer(orderRef, id, reply);
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
  };
}

async function replyOf(request: Promise<unknown>): Promise<Reply> {
  try {
    return { kind: 'answered', body: await request };
  } catch (error) {
    if (error instanceof MPConnectionError) return { kind: 'lost', cause: 'connection' };
    if (error instanceof MercadoPagoError)
      return { kind: 'refused', status: error.status, readable: error.message !== NO_WORDS };
    return { kind: 'lost', cause: 'unreadable' };
  }
}
