import { MercadoPagoConfig, MercadoPagoError, MPConnectionError } from 'mercadopago';
import { AppConfig } from 'mercadopago/dist/utils/config/index.js';
import type { Clock } from '../../platform/clock.ts';
import type { GatewayCall } from '../gateway.ts';
import type { Reply } from './payment.ts';

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

/** One request, and never an exception: a foreign error's text goes no further. */
export type Send = (
  call: GatewayCall,
  headers: RequestHeaders,
  request: (configuration: MercadoPagoConfig) => Promise<unknown>,
) => Promise<Reply>;

/** Ours ends the call, for it covers the body too; the SDK's own timer, which stops at the headers, then ends the request. */
const SDK_TIMER_LATER_MS = 100;

/** The SDK's words for an error whose body had none: some proxy's page, not Mercado Pago's answer. */
const NO_WORDS = 'MercadoPago API error';

/** The rules every request to Mercado Pago keeps. Holds no key: each call brings the company's own. */
export function mercadoPagoSender({ baseUrl, clock }: MercadoPagoOptions): Send {
  const origin = baseUrl.replace(/\/+$/, '');
  return async (call, headers, request) => {
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
