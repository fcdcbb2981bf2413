import type { IncomingMessage } from 'node:http';
import { setTimeout as pauseUnlessStopped } from 'node:timers/promises';
import * as z from 'zod';
import type { Clock } from '#shared/platform/clock.ts';
import type { Answer } from '../gateway/answer.ts';
import { type Called, type Course, openDoor, withRetryAfter } from '../gateway/door.ts';
import { Outbox, type Post } from '../gateway/outbox.ts';
import { jsonAnswer, problemAnswer } from './answers.ts';
import { Books } from './books.ts';
import { Desk, type Sent } from './desk.ts';
import type { DisputeStep } from './disputes.ts';
import {
  mercadoPagoFault,
  type MercadoPagoFault,
  mercadoPagoFaultCatalogue,
  type MercadoPagoFaultInput,
  type MercadoPagoRoute,
} from './faults.ts';
import { ledgerOf, type MercadoPagoLedger } from './ledger.ts';
import type { SiteCurrency } from './money.ts';
import type { RefundRecord, RefundSettlement, Settlement } from './payments.ts';
import { Problem } from './problem.ts';
import { cause } from './requests.ts';
import { ownerOf, type Seller, sellerOf, webhookSecretOf } from './seller.ts';

export interface MercadoPagoSimulatorOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** The books live here, and outlive the process. */
  readonly dataDir: string;
  readonly clock: Clock;
  /** How long its bank thinks about a card. */
  readonly approvalDelayMs?: number;
  /** The money of its site: Mexico's unless Chile's is asked for, which has no decimals. */
  readonly currency?: SiteCurrency;
  /** How notifications leave; without it they pile up in `notifications`. Those not delivered are lost at a stop. */
  readonly post?: Post;
}

export interface MercadoPagoSimulator {
  readonly port: number;
  readonly url: string;
  readonly faultCatalogue: typeof mercadoPagoFaultCatalogue;
  /** What the `notification_url` of every payment is told after each of its changes. */
  readonly notifications: Outbox;
  ledger(): MercadoPagoLedger;
  /** Requests since the start, by route, the spoiled ones included. */
  calls(): Readonly<Record<MercadoPagoRoute, number>>;
  /** @throws ZodError when it is not a fault of the catalogue */
  addFault(fault: MercadoPagoFaultInput): void;
  clearFaults(): void;
  /**
   * Ends the wait of a payment that is pending, in_process or authorized; `approved` also pays late a cancelled one.
   *
   * @throws Problem when nothing there can end so
   */
  settle(paymentId: number, outcome: Settlement): void;
  /** Ends the wait of a refund. @throws Problem when there is none that waits */
  settleRefund(refundId: number, outcome: RefundSettlement): void;
  /** The buyer's bank takes an approved payment back, and says how that ended. @throws Problem when it cannot */
  chargeBack(paymentId: number, step: DisputeStep): void;
  /** The buyer complains of an approved payment, and how that ended. @throws Problem when it cannot */
  claim(paymentId: number, step: DisputeStep): void;
  /** What signs the notifications of a seller's payments, as the seller's panel shows it. */
  webhookSecretOf(accessToken: string): string;
  /** Lets every effect happen that a `late` fault without `ms` holds back. A restart forgets them. @returns how many */
  releaseLate(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Mercado Pago's `/v1/payments` and `/users/me` on this machine: the routes our adapter uses, over HTTP on loopback. It
 * refuses first: access tokens, keys, fields and card tokens are checked as the real one does (payments.md B, F). Any
 * `TEST-...` or `APP_USR-...` is a seller of its own, the latter in live mode, unless `bad` or `revoked` is a word of it;
 * card tokens are listed in tokens.ts. Every change of a payment is told to its `notification_url`, signed.
 *
 * @throws StartError when the port is taken or the books cannot be used
 */
export async function startMercadoPagoSimulator(options: MercadoPagoSimulatorOptions): Promise<MercadoPagoSimulator> {
  const { port, dataDir, clock, approvalDelayMs = 0, currency = 'MXN', post } = options;
  const books = new Books(dataDir);
  const notifications = new Outbox(post);
  const desk = new Desk(books, notifications, clock, currency);
  const stopped = new AbortController();

  function calledBy(request: IncomingMessage, text: string): Called<MercadoPagoFault> | undefined {
    const called = requestOf(request);
    if (!called) return undefined;
    const { route, id, query } = called;
    const act = (before: MercadoPagoFault | undefined) =>
      decide(async () => {
        const seller = callerOf(request);
        const sent: Sent = { text, value: jsonOf(text), key: keyOf(request) };
        switch (route) {
          case 'create-payment':
            if (approvalDelayMs > 0) await pauseUnlessStopped(approvalDelayMs, undefined, { signal: stopped.signal });
            return desk.createPayment(seller, sent, before?.kind === 'charged-twice');
          case 'get-payment':
            return desk.getPayment(seller, id);
          case 'search-payments':
            return desk.searchPayments(seller, query, before?.kind === 'search-lag' ? before.ms : 0);
          case 'cancel-payment':
            return desk.cancelPayment(seller, id, sent);
          case 'refund':
            return desk.refund(seller, id, sent, refundStatus(before));
          case 'list-refunds':
            return desk.listRefunds(seller, id);
          case 'get-user':
            return desk.getUser(seller);
        }
      });

    return { route, act };
  }

  const house = {
    name: 'the Mercado Pago simulator',
    calledBy,
    courseOf,
    noSuchPath: problemAnswer(Problem.noSuchPath()),
    internal: problemAnswer(Problem.internal()),
    nothingDone: jsonAnswer(200, { live_mode: false }),
  };
  const door = await openDoor(house, port, stopped).catch((error: unknown) => {
    books.close();
    throw error;
  });

  return {
    port: Number(new URL(door.url).port),
    url: door.url,
    faultCatalogue: mercadoPagoFaultCatalogue,
    notifications,
    ledger: () => ledgerOf(books.all()),
    calls: () => callsByRoute(door.calls),
    addFault: (fault) => door.faults.add(mercadoPagoFault.parse(fault)),
    clearFaults: () => door.faults.clear(),
    settle: (paymentId, outcome) => desk.settle(paymentId, outcome),
    settleRefund: (refundId, outcome) => desk.settleRefund(refundId, outcome),
    chargeBack: (paymentId, step) => desk.chargeBack(paymentId, step),
    claim: (paymentId, step) => desk.claim(paymentId, step),
    webhookSecretOf: (accessToken) => webhookSecretOf(ownerOf(accessToken)),
    releaseLate: () => door.releaseLate(),
    async stop() {
      notifications.stop();
      await door.close();
      books.close();
    },
  };
}

function refundStatus(fault: MercadoPagoFault | undefined): RefundRecord['status'] {
  if (fault?.kind === 'refund-pending') return 'in_process';
  return fault?.kind === 'refund-rejected' ? 'rejected' : 'approved';
}

function courseOf(fault: MercadoPagoFault): Course {
  const refused = (problem: Problem): Course => ({ kind: 'refused', answer: problemAnswer(problem) });
  switch (fault.kind) {
    case 'server-error':
      return refused(Problem.internal());
    case 'too-many-requests': {
      const answer = withRetryAfter(problemAnswer(Problem.tooManyRequests()), fault.retryAfterSeconds);
      return { kind: 'refused', answer };
    }
    case 'wrong-key':
      return refused(Problem.unauthorized());
    case 'forbidden':
      return refused(Problem.forbidden());
    case 'bad-request':
      return refused(Problem.badRequest([cause(4037)]));
    case 'not-found':
      return refused(Problem.paymentNotFound());
    case 'conflict':
      return refused(Problem.keyAlreadyUsed());
    case 'locked':
      return refused(Problem.locked());
    case 'charged-twice':
    case 'refund-pending':
    case 'refund-rejected':
    case 'search-lag':
      return { kind: 'other-effect' };
    default:
      return fault;
  }
}

interface MercadoPagoRequest {
  readonly route: MercadoPagoRoute;
  /** 0 where the path has none. */
  readonly id: number;
  readonly query: URLSearchParams;
}

const paths: readonly { readonly route: MercadoPagoRoute; readonly method: string; readonly path: RegExp }[] = [
  { route: 'create-payment', method: 'POST', path: /^\/v1\/payments$/ },
  { route: 'search-payments', method: 'GET', path: /^\/v1\/payments\/search$/ },
  { route: 'get-payment', method: 'GET', path: /^\/v1\/payments\/(\d+)$/ },
  { route: 'cancel-payment', method: 'PUT', path: /^\/v1\/payments\/(\d+)$/ },
  { route: 'refund', method: 'POST', path: /^\/v1\/payments\/(\d+)\/refunds$/ },
  // The SDK lists with a slash at the end.
  { route: 'list-refunds', method: 'GET', path: /^\/v1\/payments\/(\d+)\/refunds\/?$/ },
  { route: 'get-user', method: 'GET', path: /^\/users\/me$/ },
];

function requestOf({ method, url = '/' }: IncomingMessage): MercadoPagoRequest | undefined {
  const { pathname, searchParams: query } = new URL(url, 'http://mercado-pago');
  for (const row of paths) {
    const match = row.method === method ? row.path.exec(pathname) : null;
    if (match) return { route: row.route, id: Number(match[1] ?? 0), query };
  }
  return undefined;
}

function callerOf({ headers }: IncomingMessage): Seller {
  const [, accessToken = ''] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
  return sellerOf(accessToken);
}

/** @throws Problem 400 when it is sent and is not a UUID */
function keyOf({ headers }: IncomingMessage): string | undefined {
  const key = headers['x-idempotency-key'];
  if (key === undefined) return undefined;
  const uuid = z.guid().safeParse(key);
  if (!uuid.success) throw Problem.badRequest([cause(1, 'X-Idempotency-Key')]);
  return uuid.data;
}

function jsonOf(body: string): unknown {
  if (body === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    throw Problem.badRequest([cause(1, 'body')]);
  }
}

async function decide(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem) return problemAnswer(error);
    throw error;
  }
}

function callsByRoute(calls: ReadonlyMap<MercadoPagoRoute, number>): Record<MercadoPagoRoute, number> {
  const of = (route: MercadoPagoRoute) => calls.get(route) ?? 0;
  return {
    'create-payment': of('create-payment'),
    'get-payment': of('get-payment'),
    'search-payments': of('search-payments'),
    'cancel-payment': of('cancel-payment'),
    refund: of('refund'),
    'list-refunds': of('list-refunds'),
    'get-user': of('get-user'),
  };
}
