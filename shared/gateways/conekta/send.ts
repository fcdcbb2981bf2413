import http from 'node:http';
import https from 'node:https';
import { Configuration } from 'conekta';
import type { Clock } from '../../platform/clock.ts';
import type { GatewayCall, UnknownCause } from '../gateway.ts';
import type { Reply } from './outcome.ts';

export interface ConektaOptions {
  /** `https://api.conekta.io`, or the simulator's address. */
  readonly baseUrl: string;
  readonly clock: Clock;
  /** Must verify certificates. Another one than ours only to trust another authority. */
  readonly httpsAgent?: https.Agent;
}

/** One request, and never an exception. */
export type Send = (
  call: GatewayCall,
  request: (configuration: Configuration) => Promise<{ readonly status: number; readonly data: unknown }>,
) => Promise<Reply>;

/** An order with its charges is a few kilobytes, seldom more than ten, and a page has 250 of them. */
const MAX_ANSWER_BYTES = 10_000_000;

/**
 * A kept connection is for the calls of one purchase. It is dropped soon after: one that slept with a frozen function is
 * dead, and would turn the next charge into an unknown one.
 */
const keptConnections = { keepAlive: true, timeout: 5_000 } as const;

/** The rules every request to Conekta keeps. Holds no key: each call brings the company's own. */
export function conektaSender({ baseUrl, clock, httpsAgent }: ConektaOptions): Send {
  // Without an agent of ours the SDK accepts every certificate, and reads its bundle from disk on every call.
  const agents = {
    httpsAgent: httpsAgent ?? new https.Agent({ ...keptConnections, rejectUnauthorized: true }),
    httpAgent: new http.Agent(keptConnections),
  };
  return async (call, request) => {
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
      // axios's errors carry the key and the card token, so they end here.
      return { kind: 'lost', cause: causeOf(error) };
    }
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
