import { WebhookKeysApi, WebhooksApi } from 'conekta';
import * as z from 'zod';
import type { GatewayCall, UnknownCause } from '../gateway.ts';
import { isObject, isSuccess, type Reply, unknown } from './outcome.ts';
import { type ConektaOptions, conektaSender } from './send.ts';

/** What exists at Conekta for one company: where it sends to, and the key it signs with. */
export interface WebhookRegistration {
  readonly webhookId: string;
  readonly keyId: string;
}

export type RegisterAnswer =
  | ({ readonly kind: 'registered'; readonly publicKeyPem: string } & WebhookRegistration)
  | { readonly kind: 'refused'; readonly httpStatus: number }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause };

export interface ConektaWebhooks {
  /**
   * Makes a webhook at exactly this address and the key that signs its deliveries. Safe to repeat: whatever an attempt
   * that broke off left at this address is removed first. Touches no webhook of another address, and no other key.
   */
  register(url: string, call: GatewayCall): Promise<RegisterAnswer>;
  /** What is gone already counts as removed. */
  remove(registration: WebhookRegistration, call: GatewayCall): Promise<'removed' | 'refused' | 'unknown'>;
}

/** Everything that can change the money of an order or of a charge (payments A.9). */
export const subscribedEvents = [
  ...['paid', 'declined', 'expired', 'canceled', 'voided', 'partially_refunded', 'refunded', 'charged_back'].map(
    (change) => `order.${change}`,
  ),
  ...['paid', 'refunded', 'reversed', 'fraudulent'].map((change) => `charge.${change}`),
  ...['created', 'updated', 'under_review', 'won', 'lost'].map((change) => `charge.chargeback.${change}`),
  ...['refunded', 'canceled', 'expired'].map((change) => `refund.${change}`),
];

/** An account has ten at most (Conekta's specification, 2.3.0): one page holds them all. */
const WEBHOOKS_PER_PAGE = 250;

const webhookList = z.object({
  has_more: z.literal(false).default(false),
  data: z.array(z.object({ id: z.string().min(1), url: z.string().nullish() })),
});
const madeWebhook = z.object({ id: z.string().min(1) });
const madeKey = z.object({ id: z.string().min(1), public_key: z.string().min(1) });

/** The statuses by which Conekta decides about the request; after any other one the same request may still succeed. */
const refusals: ReadonlySet<number> = new Set([400, 401, 403, 404, 422]);

type Failure = Exclude<RegisterAnswer, { kind: 'registered' }>;

/** The webhooks of the companies' accounts at Conekta. */
export function conektaWebhooks(options: ConektaOptions): ConektaWebhooks {
  const send = conektaSender(options);
  const deleteWebhook = async (id: string, call: GatewayCall) =>
    removal(await send(call, (configuration) => new WebhooksApi(configuration).deleteWebhook(id)));
  const deleteKey = async (id: string, call: GatewayCall) =>
    removal(await send(call, (configuration) => new WebhookKeysApi(configuration).deleteWebhookKey(id)));

  return {
    async register(url, call) {
      const listed = result(
        webhookList,
        await send(call, (configuration) =>
          new WebhooksApi(configuration).getWebhooks(undefined, undefined, WEBHOOKS_PER_PAGE),
        ),
      );
      if (listed.kind !== 'made') return listed;
      for (const { id } of listed.value.data.filter((webhook) => webhook.url === url)) {
        const removed = await deleteWebhook(id, call);
        if (removed !== 'removed') return removed;
      }

      const key = result(
        madeKey,
        await send(call, (configuration) =>
          new WebhookKeysApi(configuration).createWebhookKey(undefined, { active: true }),
        ),
      );
      if (key.kind !== 'made') return key;
      const webhook = result(
        madeWebhook,
        await send(call, (configuration) =>
          new WebhooksApi(configuration).createWebhook({ url, subscribed_events: subscribedEvents }),
        ),
      );
      const { id: keyId, public_key: publicKeyPem } = key.value;
      if (webhook.kind === 'made') return { kind: 'registered', webhookId: webhook.value.id, keyId, publicKeyPem };
      // A webhook whose making stayed unknown is found by its address the next time; a key has none to be found by.
      await deleteKey(keyId, call);
      return webhook;
    },

    // The webhook first: one that is left over keeps its key.
    async remove({ webhookId, keyId }, call) {
      const webhook = await deleteWebhook(webhookId, call);
      const last = webhook === 'removed' ? await deleteKey(keyId, call) : webhook;
      return last === 'removed' ? last : last.kind;
    },
  };
}

function result<T>(shape: z.ZodType<T>, reply: Reply): { readonly kind: 'made'; readonly value: T } | Failure {
  if (reply.kind === 'lost' || !isSuccess(reply.status)) return failure(reply);
  const parsed = shape.safeParse(reply.body);
  return parsed.success ? { kind: 'made', value: parsed.data } : unknown('unreadable');
}

function removal(reply: Reply): 'removed' | Failure {
  if (reply.kind === 'lost') return failure(reply);
  const isGone = isSuccess(reply.status) || reply.status === 404;
  return isGone && isObject(reply.body) ? 'removed' : failure(reply);
}

function failure(reply: Reply): Failure {
  if (reply.kind === 'lost') return unknown(reply.cause);
  const isRefusal = refusals.has(reply.status);
  if (!isRefusal && !isSuccess(reply.status)) return unknown('server-error');
  return isRefusal && isObject(reply.body) ? { kind: 'refused', httpStatus: reply.status } : unknown('unreadable');
}
