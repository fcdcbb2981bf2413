/**
 * Hints that a purchase may have changed at its gateway: a webhook, a buyer who polls. Whoever has one stores it and is done;
 * the gateway is asked by a worker, moments later (design 3, "Webhooks are hints").
 */
import * as z from 'zod';
import type { Clock } from '../platform/clock.ts';
import { uuidOf } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import type { WorkQueue } from '../platform/work-queue.ts';
import type { Hint, HintStore, HintSubject } from '../store/hints.ts';

/** All that travels on the queue. */
export const hintMessage = z.object({
  companyId: z.string(),
  name: z.string(),
  /** Of the request that brought it, for the worker's log. */
  correlationId: z.string().optional(),
});

interface Parts {
  readonly queue: WorkQueue;
  readonly items: HintStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Hints {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** From the gateway, or from whoever says to be it. A thousand copies make one look now and one a minute later. */
  async fromWebhook(companyId: string, subject: HintSubject): Promise<void> {
    await this.#record(companyId, nameOf(subject), subject);
  }

  /** From the buyer's page, which waits: apart from webhooks, and sooner again. */
  async fromBuyer(companyId: string, purchaseId: number): Promise<void> {
    const subject: HintSubject = { kind: 'purchase', purchaseId, approvedId: null, namedId: null };
    await this.#record(companyId, `${BUYER}${nameOf(subject)}`, subject);
  }

  async #record(companyId: string, name: string, subject: HintSubject): Promise<void> {
    const { items, clock } = this.#parts;
    const hint = await items.record(companyId, name, subject, clock.now());
    if (hint.dueAt !== null && hint.dueAt <= clock.now()) await this.#send(hint);
  }

  /** Copies of one due time are one message to the queue. */
  async #send({ companyId, name, dueAt }: Hint): Promise<void> {
    const { queue, logger } = this.#parts;
    const { correlationId } = logger;
    const message: z.input<typeof hintMessage> = {
      companyId,
      name,
      ...(correlationId !== undefined && { correlationId }),
    };
    const group = `${companyId}.${name}`;
    // Its own among all of the queue: not every queue takes an id for one group's only.
    const envelope = { message, group, dedupId: uuidOf(`hint ${group} ${dueAt}`) };
    await queue.send(envelope, logger);
  }
}

const BUYER = 'buyer-';

function nameOf(subject: HintSubject): string {
  if (subject.kind === 'gateway-id') return `${subject.gateway}-${subject.id}`;
  const { purchaseId, approvedId } = subject;
  return approvedId === null ? `purchase-${purchaseId}` : `purchase-${purchaseId}-paid-${approvedId}`;
}

/** How long a subject is left alone after a look. */
export const spacingMs = ({ name }: Pick<Hint, 'name'>): number => (name.startsWith(BUYER) ? 5_000 : 60_000);
