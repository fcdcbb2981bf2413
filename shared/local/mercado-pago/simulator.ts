import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pauseUnlessStopped } from 'node:timers/promises';
import * as z from 'zod';
import type { Clock } from '#shared/platform/clock.ts';
import { type Answer, send } from '../gateway/answer.ts';
import { FaultQueue } from '../gateway/fault-queue.ts';
import { Outbox, type Post } from '../gateway/outbox.ts';
import { textOf } from '../gateway/request-body.ts';
import { spoil } from '../gateway/spoil.ts';
import { listenOnLoopback } from '../loopback-port.ts';
import { jsonAnswer, problemAnswer } from './answers.ts';
import { Books } from './books.ts';
import { Desk, type Sent } from './desk.ts';
import type { DisputeStep } from './disputes.ts';
import {
  type AnswerFault,
  changesEffect,
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
 * `TEST-...` or `APP_USR-...` is a seller of its own, the latter in live mode, unless `-bad` or `-revoked` is part of it;
 * card tokens are listed in tokens.ts. Every change of a payment is told to its `notification_url`, signed.
 *
 * @throws StartError when the port is taken or the books cannot be used
 */
export async function startMercadoPagoSimulator(options: MercadoPagoSimulatorOptions): Promise<MercadoPagoSimulator> {
  const { port, dataDir, clock, approvalDelayMs = 0, currency = 'MXN', post } = options;
  const books = new Books(dataDir);
  const notifications = new Outbox(post);
  const desk = new Desk(books, notifications, clock, currency);
  const faults = new FaultQueue<MercadoPagoFault>();
  const stopped = new AbortController();
  const calls = new Map<MercadoPagoRoute, number>();
  let heldBack: (() => Promise<unknown>)[] = [];
  const wait = (ms: number) => pauseUnlessStopped(ms, undefined, { signal: stopped.signal });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request);
    const called = routeOf(request);
    if (!called) return send(response, problemAnswer(Problem.noSuchPath()));
    const { route, id, query } = called;
    calls.set(route, (calls.get(route) ?? 0) + 1);

    const before = faults.take(route, 'before');
    const effect = () =>
      decide(async () => {
        const seller = callerOf(request);
        const sent: Sent = { text, value: jsonOf(text), key: keyOf(request) };
        switch (route) {
          case 'create-payment':
            if (approvalDelayMs > 0) await wait(approvalDelayMs);
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

    if (before?.kind === 'delay') await wait(before.ms);
    else if (before?.kind === 'late') {
      if (before.answer === 'reset') response.socket?.resetAndDestroy();
      else send(response, problemAnswer(Problem.internal()));
      if (before.ms === undefined) heldBack.push(effect);
      else await wait(before.ms).then(effect);
      return;
    } else if (before && !changesEffect(before))
      return sendSpoilt(before, response, jsonAnswer(200, { live_mode: false }));

    const answer = await effect();
    const after = faults.take(route, 'after');
    if (after && !changesEffect(after)) return sendSpoilt(after, response, answer);
    send(response, answer);
  }

  async function sendSpoilt(fault: AnswerFault, response: ServerResponse, answer: Answer): Promise<void> {
    switch (fault.kind) {
      case 'server-error':
        return send(response, problemAnswer(Problem.internal()));
      case 'too-many-requests': {
        const { retryAfterSeconds: seconds } = fault;
        const headers = seconds === undefined ? {} : { 'Retry-After': String(seconds) };
        return send(response, { ...problemAnswer(Problem.tooManyRequests()), headers });
      }
      case 'wrong-key':
        return send(response, problemAnswer(Problem.unauthorized()));
      case 'forbidden':
        return send(response, problemAnswer(Problem.forbidden()));
      case 'bad-request':
        return send(response, problemAnswer(Problem.badRequest([cause(4037)])));
      case 'not-found':
        return send(response, problemAnswer(Problem.paymentNotFound()));
      case 'conflict':
        return send(response, problemAnswer(Problem.keyAlreadyUsed()));
      case 'locked':
        return send(response, problemAnswer(Problem.locked()));
      default:
        return spoil(fault, response, answer, wait);
    }
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => {
      if (stopped.signal.aborted || response.headersSent) response.destroy();
      else send(response, problemAnswer(Problem.internal()));
    });
  });
  const url = await listening(server, port, books);

  return {
    port: Number(new URL(url).port),
    url,
    faultCatalogue: mercadoPagoFaultCatalogue,
    notifications,
    ledger: () => ledgerOf(books.all()),
    calls: () => callsByRoute(calls),
    addFault: (fault) => faults.add(mercadoPagoFault.parse(fault)),
    clearFaults: () => faults.clear(),
    settle: (paymentId, outcome) => desk.settle(paymentId, outcome),
    settleRefund: (refundId, outcome) => desk.settleRefund(refundId, outcome),
    chargeBack: (paymentId, step) => desk.chargeBack(paymentId, step),
    claim: (paymentId, step) => desk.claim(paymentId, step),
    webhookSecretOf: (accessToken) => webhookSecretOf(ownerOf(accessToken)),
    async releaseLate() {
      const effects = heldBack;
      heldBack = [];
      for (const effect of effects) await effect();
      return effects.length;
    },
    async stop() {
      stopped.abort();
      notifications.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      books.close();
    },
  };
}

function refundStatus(fault: MercadoPagoFault | undefined): RefundRecord['status'] {
  if (fault?.kind === 'refund-pending') return 'in_process';
  return fault?.kind === 'refund-rejected' ? 'rejected' : 'approved';
}

async function listening(server: Server, port: number, books: Books): Promise<string> {
  try {
    return await listenOnLoopback(server, port, 'the Mercado Pago simulator');
  } catch (error) {
    books.close();
    throw error;
  }
}

interface Called {
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

function routeOf({ method, url = '/' }: IncomingMessage): Called | undefined {
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
