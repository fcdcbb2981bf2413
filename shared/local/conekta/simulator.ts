import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pauseUnlessStopped } from 'node:timers/promises';
import type { Clock } from '#shared/platform/clock.ts';
import { type Answer, send } from '../gateway/answer.ts';
import { FaultQueue } from '../gateway/fault-queue.ts';
import { Outbox, type Post } from '../gateway/outbox.ts';
import { textOf } from '../gateway/request-body.ts';
import { spoil } from '../gateway/spoil.ts';
import { listenOnLoopback } from '../loopback-port.ts';
import { Books } from './books.ts';
import type { ChargebackStep } from './chargebacks.ts';
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
import type { RefundSettlement, Settlement } from './orders.ts';
import { Problem } from './problem.ts';
import { calledBy, callsByRoute, jsonOf, ownerOf } from './reception.ts';
import { newSigningKey, WebhookDesk } from './webhooks.ts';
import { jsonAnswer, problem } from './wire.ts';

export interface ConektaSimulatorOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** The books live here, and outlive the process. */
  readonly dataDir: string;
  readonly clock: Clock;
  /** How long its bank thinks about a card. */
  readonly approvalDelayMs?: number;
  /** How notifications leave; without it they pile up in `notifications`. Those not delivered are lost at a stop. */
  readonly post?: Post;
}

export interface ConektaSimulator {
  readonly port: number;
  readonly url: string;
  readonly faultCatalogue: typeof conektaFaultCatalogue;
  /** What the webhooks of a company are told after each change of its orders. */
  readonly notifications: Outbox;
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
  /** The buyer's bank takes a paid charge back, and says how that ended. @throws Problem when it cannot */
  chargeBack(orderId: string, step: ChargebackStep): void;
  /** The addresses of every company's webhooks, in the order they were made. */
  webhookUrls(): readonly string[];
  /** Lets every effect happen that a `late` fault without `ms` holds back. A restart forgets them. @returns how many */
  releaseLate(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Conekta on this machine: the routes our adapter uses, over HTTP on loopback. It refuses first: keys, versions, fields
 * and tokens are checked as the real one does (payments.md A, F). Any `key_...` is a company of its own, unless it
 * contains `_bad` or `_revoked` or is the placeholder `key_test_default`; tokens are listed in tokens.ts.
 *
 * @throws StartError when the port is taken or the books cannot be used
 */
export async function startConektaSimulator(options: ConektaSimulatorOptions): Promise<ConektaSimulator> {
  const { port, dataDir, clock, approvalDelayMs = 0, post } = options;
  const books = new Books(dataDir);
  const notifications = new Outbox(post);
  const desk = new Desk(books, notifications, clock);
  const webhooks = new WebhookDesk(books.webhooks, clock);
  const faults = new FaultQueue<ConektaFault>();
  const stopped = new AbortController();
  const calls = new Map<ConektaRoute, number>();
  let heldBack: (() => Promise<unknown>)[] = [];
  const wait = (ms: number) => pauseUnlessStopped(ms, undefined, { signal: stopped.signal });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const called = calledBy(request);
    if (!called) return send(response, problem(Problem.notFound()));
    const { route, id, address } = called;
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
            const charge = desk.createCharge(owner, id, value, lock);
            return before?.kind === 'charged-twice' ? desk.repeatCharge(id) : charge;
          }
          case 'get-order':
            return desk.getOrder(owner, id);
          case 'search-orders': {
            const lagMs = before?.kind === 'search-lag' ? before.ms : 0;
            return desk.searchOrders(owner, address, lagMs);
          }
          case 'cancel-order':
            return desk.cancelOrder(owner, id);
          case 'refund':
            return desk.refund(owner, id, value, before?.kind === 'refund-pending' ? 'pending' : 'refunded');
          case 'create-webhook':
            return webhooks.createWebhook(owner, value);
          case 'list-webhooks':
            return webhooks.listWebhooks(owner, address);
          case 'update-webhook':
            return webhooks.updateWebhook(owner, id, value);
          case 'delete-webhook':
            return webhooks.deleteWebhook(owner, id);
          case 'create-webhook-key': {
            const key = await newSigningKey();
            // The books may have been closed meanwhile.
            stopped.signal.throwIfAborted();
            return webhooks.createKey(owner, value, key);
          }
          case 'list-webhook-keys':
            return webhooks.listKeys(owner, address);
          case 'get-webhook-key':
            return webhooks.getKey(owner, id);
          case 'delete-webhook-key':
            return webhooks.deleteKey(owner, id);
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
    notifications,
    ledger: () => ledgerOf(books.all()),
    calls: () => callsByRoute(calls),
    addFault: (fault) => faults.add(conektaFault.parse(fault)),
    clearFaults: () => faults.clear(),
    settle: (orderId, outcome) => desk.settle(orderId, outcome),
    settleRefund: (refundId, outcome) => desk.settleRefund(refundId, outcome),
    chargeBack: (orderId, step) => desk.chargeBack(orderId, step),
    webhookUrls: () => books.webhooks.all().map((webhook) => webhook.url),
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

async function listening(server: Server, port: number, books: Books): Promise<string> {
  try {
    return await listenOnLoopback(server, port, 'the Conekta simulator');
  } catch (error) {
    books.close();
    throw error;
  }
}

async function decide(work: () => Promise<object>): Promise<Answer> {
  try {
    return jsonAnswer(200, await work());
  } catch (error) {
    if (error instanceof Problem) return problem(error);
    throw error;
  }
}
