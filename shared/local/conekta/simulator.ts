import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pauseUnlessStopped } from 'node:timers/promises';
import type { Clock } from '#shared/platform/clock.ts';
import { type Answer, send } from '../gateway/answer.ts';
import { FaultQueue } from '../gateway/fault-queue.ts';
import { textOf } from '../gateway/request-body.ts';
import { spoil } from '../gateway/spoil.ts';
import { listenOnLoopback } from '../loopback-port.ts';
import { Books } from './books.ts';
import { Desk } from './desk.ts';
import {
  conektaFault,
  conektaFaultCatalogue,
  type AnswerFault,
  changesEffect,
  type ConektaFault,
  type ConektaFaultInput,
  type ConektaRoute,
} from './faults.ts';
import { type ConektaLedger, ledgerOf } from './ledger.ts';
import { hashOf, type RefundSettlement, type Settlement } from './orders.ts';
import { Problem } from './problem.ts';
import { jsonAnswer, problem } from './wire.ts';

export interface ConektaSimulatorOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** The books live here, and outlive the process. */
  readonly dataDir: string;
  readonly clock: Clock;
  /** How long its bank thinks about a card. */
  readonly approvalDelayMs?: number;
}

export interface ConektaSimulator {
  readonly port: number;
  readonly url: string;
  readonly faultCatalogue: typeof conektaFaultCatalogue;
  ledger(): ConektaLedger;
  /** Requests since the start, by route, the spoiled ones included. */
  calls(): Readonly<Record<ConektaRoute, number>>;
  /** @throws ZodError when it is not a fault of the catalogue */
  addFault(fault: ConektaFaultInput): void;
  clearFaults(): void;
  /**
   * Ends the wait of an order whose charge is pending; `paid` also pays late one that was canceled or expired since.
   *
   * @throws Problem when nothing there can end so
   */
  settle(orderId: string, outcome: Settlement): void;
  /** Ends the wait of a refund. @throws Problem when there is none that waits */
  settleRefund(refundId: string, outcome: RefundSettlement): void;
  /** Lets every effect happen that a `late` fault without `ms` holds back. A restart forgets them. @returns how many */
  releaseLate(): Promise<number>;
  stop(): Promise<void>;
}

const DEFAULT_PAGE = 20;
const MAX_PAGE = 250;

/**
 * Conekta on this machine: the routes our adapter uses, over HTTP on loopback. It refuses first: keys, versions, fields
 * and tokens are checked as the real one does (payments.md A, F). Any `key_...` is a company of its own, unless it
 * contains `_bad` or `_revoked` or is the placeholder `key_test_default`; tokens are listed in tokens.ts.
 *
 * @throws StartError when the port is taken or the books cannot be used
 */
export async function startConektaSimulator(options: ConektaSimulatorOptions): Promise<ConektaSimulator> {
  const { port, dataDir, clock, approvalDelayMs = 0 } = options;
  const books = new Books(dataDir);
  const desk = new Desk(books, clock);
  const faults = new FaultQueue<ConektaFault>();
  const stopped = new AbortController();
  const calls = new Map<ConektaRoute, number>();
  let heldBack: (() => Promise<unknown>)[] = [];
  const wait = (ms: number) => pauseUnlessStopped(ms, undefined, { signal: stopped.signal });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const called = routeOf(request);
    if (!called) return send(response, problem(Problem.notFound()));
    const { route, orderId, query } = called;
    calls.set(route, (calls.get(route) ?? 0) + 1);

    const before = faults.take(route, 'before');
    const effect = () =>
      decide(async () => {
        const owner = ownerOf(request);
        const value = jsonOf(body);
        switch (route) {
          case 'create-order':
            return desk.createOrder(owner, value);
          case 'create-charge': {
            if (approvalDelayMs > 0) await wait(approvalDelayMs);
            const lock = before?.kind === 'late' || before?.kind === 'unlocked' ? 'ignored' : 'held';
            const charge = desk.createCharge(owner, orderId, value, lock);
            return before?.kind === 'charged-twice' ? desk.repeatCharge(orderId) : charge;
          }
          case 'get-order':
            return desk.getOrder(owner, orderId);
          case 'search-orders': {
            const lagMs = before?.kind === 'search-lag' ? before.ms : 0;
            return desk.searchOrders(owner, query.get('search') ?? '', pageSize(query), lagMs);
          }
          case 'cancel-order':
            return desk.cancelOrder(owner, orderId);
          case 'refund':
            return desk.refund(owner, orderId, value, before?.kind === 'refund-pending' ? 'pending' : 'refunded');
        }
      });

    if (before?.kind === 'delay') await wait(before.ms);
    else if (before?.kind === 'late') {
      if (before.answer === 'reset') response.socket?.resetAndDestroy();
      else send(response, problem(Problem.internal()));
      if (before.ms === undefined) heldBack.push(effect);
      else await wait(before.ms).then(effect);
      return;
    } else if (before && !changesEffect(before))
      return sendSpoilt(before, response, jsonAnswer(200, { object: 'order', livemode: false }));

    const answer = await effect();
    const after = faults.take(route, 'after');
    if (after && !changesEffect(after)) return sendSpoilt(after, response, answer);
    send(response, answer);
  }

  async function sendSpoilt(fault: AnswerFault, response: ServerResponse, answer: Answer): Promise<void> {
    switch (fault.kind) {
      case 'server-error':
        return send(response, problem(Problem.internal()));
      case 'too-many-requests': {
        const { retryAfterSeconds: seconds } = fault;
        const headers = seconds === undefined ? {} : { 'Retry-After': String(seconds) };
        return send(response, { ...problem(Problem.tooManyRequests()), headers });
      }
      case 'wrong-key':
        return send(response, problem(Problem.unauthorized()));
      case 'wrong-version':
        return send(response, problem(Problem.wrongVersion()));
      case 'not-found':
        return send(response, problem(Problem.notFound()));
      case 'no-balance':
        return send(response, problem(Problem.noBalance()));
      default:
        return spoil(fault, response, answer, wait);
    }
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => {
      if (stopped.signal.aborted || response.headersSent) response.destroy();
      else send(response, problem(Problem.internal()));
    });
  });
  const url = await listening(server, port, books);

  return {
    port: Number(new URL(url).port),
    url,
    faultCatalogue: conektaFaultCatalogue,
    ledger: () => ledgerOf(books.all()),
    calls: () => callsByRoute(calls),
    addFault: (fault) => faults.add(conektaFault.parse(fault)),
    clearFaults: () => faults.clear(),
    settle: (orderId, outcome) => desk.settle(orderId, outcome),
    settleRefund: (refundId, outcome) => desk.settleRefund(refundId, outcome),
    async releaseLate() {
      const effects = heldBack;
      heldBack = [];
      for (const effect of effects) await effect();
      return effects.length;
    },
    async stop() {
      stopped.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      books.close();
    },
  };
}

async function listening(server: Server, port: number, books: Books): Promise<string> {
  try {
    return await listenOnLoopback(server, port, 'the Conekta simulator');
  } catch (error) {
    books.close();
    throw error;
  }
}

interface Called {
  readonly route: ConektaRoute;
  /** Empty where the path has none. */
  readonly orderId: string;
  readonly query: URLSearchParams;
}

const paths: readonly { readonly route: ConektaRoute; readonly method: string; readonly path: RegExp }[] = [
  { route: 'create-order', method: 'POST', path: /^\/orders$/ },
  { route: 'search-orders', method: 'GET', path: /^\/orders$/ },
  { route: 'get-order', method: 'GET', path: /^\/orders\/([^/]+)$/ },
  { route: 'create-charge', method: 'POST', path: /^\/orders\/([^/]+)\/charges$/ },
  { route: 'cancel-order', method: 'POST', path: /^\/orders\/([^/]+)\/cancel$/ },
  { route: 'refund', method: 'POST', path: /^\/orders\/([^/]+)\/refunds$/ },
];

function routeOf({ method, url = '/' }: IncomingMessage): Called | undefined {
  const { pathname, searchParams: query } = new URL(url, 'http://conekta');
  for (const row of paths) {
    const match = row.method === method ? row.path.exec(pathname) : null;
    if (match) return { route: row.route, orderId: match[1] ?? '', query };
  }
  return undefined;
}

/** @returns the company a key belongs to, which is the key's hash: the key itself is not kept */
function ownerOf({ headers }: IncomingMessage): string {
  const [, key] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
  if (key === undefined) throw Problem.missingKey();
  if (!/^key_[\w-]+$/.test(key) || /_(bad|revoked)/i.test(key) || key === 'key_test_default')
    throw Problem.unauthorized();
  if (!/application\/vnd\.conekta-v2\.\d+\.\d+\+json/.test(headers.accept ?? '')) throw Problem.wrongVersion();
  return hashOf(key);
}

function jsonOf(body: string): unknown {
  if (body === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    throw new Problem(400, 'malformed_request_error', {
      code: 'conekta.errors.malformed_request.json',
      text: 'The body is not JSON.',
    });
  }
}

function pageSize(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? DEFAULT_PAGE);
  return Number.isInteger(limit) ? Math.min(Math.max(limit, 1), MAX_PAGE) : DEFAULT_PAGE;
}

async function decide(work: () => Promise<object>): Promise<Answer> {
  try {
    return jsonAnswer(200, await work());
  } catch (error) {
    if (error instanceof Problem) return problem(error);
    throw error;
  }
}

function callsByRoute(calls: ReadonlyMap<ConektaRoute, number>): Record<ConektaRoute, number> {
  const of = (route: ConektaRoute) => calls.get(route) ?? 0;
  return {
    'create-order': of('create-order'),
    'create-charge': of('create-charge'),
    'get-order': of('get-order'),
    'search-orders': of('search-orders'),
    'cancel-order': of('cancel-order'),
    refund: of('refund'),
  };
}
