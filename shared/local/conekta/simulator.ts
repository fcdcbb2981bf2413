import type { IncomingMessage } from 'node:http';
import { setTimeout as pauseUnlessStopped } from 'node:timers/promises';
import type { Clock } from '#shared/platform/clock.ts';
import type { Answer } from '../gateway/answer.ts';
import { type Called, type Course, openDoor, withRetryAfter } from '../gateway/door.ts';
import { Outbox, type Post } from '../gateway/outbox.ts';
import { Books } from './books.ts';
import type { ChargebackStep } from './chargebacks.ts';
import { Desk } from './desk.ts';
import {
  conektaFault,
  conektaFaultCatalogue,
  type ConektaFault,
  type ConektaFaultInput,
  type ConektaRoute,
} from './faults.ts';
import { type ConektaLedger, ledgerOf } from './ledger.ts';
import type { RefundSettlement, Settlement } from './orders.ts';
import { Problem } from './problem.ts';
import { callsByRoute, jsonOf, ownerOf, requestOf } from './reception.ts';
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
 * has the word `bad` or `revoked` or is the placeholder `key_test_default`; tokens are listed in tokens.ts.
 *
 * @throws StartError when the port is taken or the books cannot be used
 */
export async function startConektaSimulator(options: ConektaSimulatorOptions): Promise<ConektaSimulator> {
  const { port, dataDir, clock, approvalDelayMs = 0, post } = options;
  const books = new Books(dataDir);
  const notifications = new Outbox(post);
  const desk = new Desk(books, notifications, clock);
  const webhooks = new WebhookDesk(books.webhooks, clock);
  const stopped = new AbortController();

  function calledBy(request: IncomingMessage, body: string): Called<ConektaFault> | undefined {
    const called = requestOf(request);
    if (!called) return undefined;
    const { route, id, address } = called;
    const act = (before: ConektaFault | undefined) =>
      decide(async () => {
        const owner = ownerOf(request);
        const value = jsonOf(body);
        switch (route) {
          case 'create-order':
            return desk.createOrder(owner, value);
          case 'create-charge': {
            if (approvalDelayMs > 0) await pauseUnlessStopped(approvalDelayMs, undefined, { signal: stopped.signal });
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

    return { route, act };
  }

  const house = {
    name: 'the Conekta simulator',
    calledBy,
    courseOf,
    noSuchPath: problem(Problem.notFound()),
    internal: problem(Problem.internal()),
    nothingDone: jsonAnswer(200, { object: 'order', livemode: false }),
  };
  const door = await openDoor(house, port, stopped).catch((error: unknown) => {
    books.close();
    throw error;
  });

  return {
    port: Number(new URL(door.url).port),
    url: door.url,
    faultCatalogue: conektaFaultCatalogue,
    notifications,
    ledger: () => ledgerOf(books.all()),
    calls: () => callsByRoute(door.calls),
    addFault: (fault) => door.faults.add(conektaFault.parse(fault)),
    clearFaults: () => door.faults.clear(),
    settle: (orderId, outcome) => desk.settle(orderId, outcome),
    settleRefund: (refundId, outcome) => desk.settleRefund(refundId, outcome),
    chargeBack: (orderId, step) => desk.chargeBack(orderId, step),
    webhookUrls: () => books.webhooks.all().map((webhook) => webhook.url),
    releaseLate: () => door.releaseLate(),
    async stop() {
      notifications.stop();
      await door.close();
      books.close();
    },
  };
}

function courseOf(fault: ConektaFault): Course {
  const refused = (answer: Answer): Course => ({ kind: 'refused', answer });
  switch (fault.kind) {
    case 'server-error':
      return refused(problem(Problem.internal()));
    case 'too-many-requests':
      return refused(withRetryAfter(problem(Problem.tooManyRequests()), fault.retryAfterSeconds));
    case 'wrong-key':
      return refused(problem(Problem.unauthorized()));
    case 'wrong-version':
      return refused(problem(Problem.wrongVersion()));
    case 'not-found':
      return refused(problem(Problem.notFound()));
    case 'no-balance':
      return refused(problem(Problem.noBalance()));
    case 'unlocked':
    case 'charged-twice':
    case 'refund-pending':
    case 'search-lag':
      return { kind: 'other-effect' };
    default:
      return fault;
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
