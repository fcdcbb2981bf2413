import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Clock } from '#shared/platform/clock.ts';
import { page, pageRequest } from './listing.ts';
import { newObjectId } from './orders.ts';
import { Problem } from './problem.ts';
import { parsed } from './requests.ts';
import type { WebhookBooks, WebhookKeyRecord, WebhookRecord } from './webhook-books.ts';

/** What one account can have (specification 2.3.0, `GET /webhooks`). */
const MAX_WEBHOOKS = 10;

/** The real one refuses localhost and most ports. Here they have to be allowed: this sandbox lives there. */
const url = z.url({ protocol: /^https?$/ });
/** Any name of an event: the specification lists a few of them, and says only `string` here. */
const events = z.array(z.string().regex(/^[a-z_]+(\.[a-z_]+)*$/));

const webhookRequest = z.object({ url, subscribed_events: events.default([]) });
const webhookUpdate = z.object({
  url: url.optional(),
  subscribed_events: events.optional(),
  active: z.boolean().optional(),
});
const webhookKeyRequest = z.object({ active: z.boolean().default(true) });
const webhooksRequest = pageRequest.extend({ url: z.string().optional() });

const newKeyPair = promisify(generateKeyPair);

export interface SigningKey {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** An RSA pair as PEM. Made apart from the desk, because it takes a while and the desk does not pause. */
export function newSigningKey(): Promise<SigningKey> {
  return newKeyPair('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/**
 * What Conekta does with webhooks and the keys that sign them, apart from HTTP; to a company, those of another do not exist.
 * Each method returns the JSON of a 200 or throws a `Problem`.
 */
export class WebhookDesk {
  readonly #books: WebhookBooks;
  readonly #clock: Clock;

  constructor(books: WebhookBooks, clock: Clock) {
    this.#books = books;
    this.#clock = clock;
  }

  createWebhook(owner: string, body: unknown): object {
    const request = parsed(webhookRequest, body);
    if (this.#books.webhooksOf(owner).length >= MAX_WEBHOOKS) throw Problem.tooManyWebhooks();
    const subscribedEvents = request.subscribed_events;
    return this.#written({
      kind: 'webhook',
      id: newObjectId(),
      owner,
      url: request.url,
      subscribedEvents,
      active: true,
      deleted: false,
    });
  }

  /** Newest first. @param address what was asked for */
  listWebhooks(owner: string, address: URL): object {
    const request = parsed(webhooksRequest, Object.fromEntries(address.searchParams));
    const isWanted = (webhook: WebhookRecord) => request.url === undefined || webhook.url === request.url;
    return page(this.#books.webhooksOf(owner).toReversed(), isWanted, webhookAnswer, request, address);
  }

  updateWebhook(owner: string, id: string, body: unknown): object {
    const webhook = owned(this.#books.webhooksOf(owner), id);
    const { subscribed_events: subscribedEvents, ...request } = parsed(webhookUpdate, body);
    return this.#written({
      ...webhook,
      url: request.url ?? webhook.url,
      active: request.active ?? webhook.active,
      subscribedEvents: subscribedEvents ?? webhook.subscribedEvents,
    });
  }

  deleteWebhook(owner: string, id: string): object {
    return this.#written({ ...owned(this.#books.webhooksOf(owner), id), deleted: true });
  }

  createKey(owner: string, body: unknown, { publicKey, privateKey }: SigningKey): object {
    const { active } = parsed(webhookKeyRequest, body);
    const key: WebhookKeyRecord = {
      kind: 'key',
      id: newObjectId(),
      owner,
      active,
      createdAt: Math.floor(this.#clock.now() / 1000),
      publicKeyPem: publicKey,
      privateKeyPem: privateKey,
      deleted: false,
    };
    this.#books.write(key);
    return { ...keyAnswer(key), public_key: key.publicKeyPem };
  }

  /** Newest first. @param address what was asked for */
  listKeys(owner: string, address: URL): object {
    const request = parsed(pageRequest, Object.fromEntries(address.searchParams));
    return page(this.#books.keysOf(owner).toReversed(), () => true, wholeKeyAnswer, request, address);
  }

  getKey(owner: string, id: string): object {
    return wholeKeyAnswer(owned(this.#books.keysOf(owner), id));
  }

  deleteKey(owner: string, id: string): object {
    const key = owned(this.#books.keysOf(owner), id);
    this.#books.write({ ...key, deleted: true });
    return { ...keyAnswer(key), deleted: true };
  }

  #written(webhook: WebhookRecord): object {
    this.#books.write(webhook);
    return webhookAnswer(webhook);
  }
}

function owned<Entry extends { readonly id: string }>(entries: readonly Entry[], id: string): Entry {
  const found = entries.find((entry) => entry.id === id);
  if (!found) throw Problem.notFound();
  return found;
}

function webhookAnswer({ id, url, subscribedEvents, active }: WebhookRecord): object {
  return {
    object: 'webhook',
    id,
    livemode: false,
    active,
    status: 'listening',
    subscribed_events: subscribedEvents,
    url,
  };
}

function keyAnswer({ id, active, createdAt }: WebhookKeyRecord): object {
  return { object: 'webhook_key', id, livemode: false, active, created_at: createdAt };
}

function wholeKeyAnswer(key: WebhookKeyRecord): object {
  return { ...keyAnswer(key), deactivated_at: null, public_key: key.publicKeyPem };
}
