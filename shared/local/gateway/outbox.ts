import { setTimeout as pauseUnlessStopped } from 'node:timers/promises';

/** A notification (webhook) as it leaves the gateway. */
export interface Notification {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends one, and gives the HTTP status it was answered with. */
export type Post = (notification: Notification) => Promise<number>;

/** What the network does to notifications. */
export const mailModes = ['delivered', 'doubled', 'lost'] as const;
export type MailMode = (typeof mailModes)[number];

/** The real ones come again for hours; here a few times, so that a receiver that restarts is reached. */
const RETRY_AFTER_MS = [500, 2_000, 5_000, 10_000] as const;
/** What was sent long ago is nobody's business any more. */
const REMEMBERED = 10_000;

/**
 * Notifications on their way out of a gateway. Never in the way of the request that caused them: they leave after its answer
 * was decided, in the background. Without `post` they only pile up, for tests that carry them themselves.
 */
export class Outbox {
  mode: MailMode = 'delivered';
  readonly #post: Post | undefined;
  readonly #stopped = new AbortController();
  #waiting: Notification[] = [];

  constructor(post?: Post) {
    this.#post = post;
  }

  put(notification: Notification): void {
    if (this.mode === 'lost') return;
    const copies = this.mode === 'doubled' ? [notification, notification] : [notification];
    for (const copy of copies) {
      this.#waiting = [...this.#waiting, copy].slice(-REMEMBERED);
      void this.#deliver(copy);
    }
  }

  /** Everything put in since the last time. */
  take(): readonly Notification[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #deliver(notification: Notification): Promise<void> {
    if (!this.#post) return;
    for (const waitMs of [0, ...RETRY_AFTER_MS]) {
      try {
        await pauseUnlessStopped(waitMs, undefined, { signal: this.#stopped.signal });
        const status = await this.#post(notification);
        if (status < 300) return;
      } catch {
        if (this.#stopped.signal.aborted) return;
      }
    }
  }
}

/** By HTTP, as the real gateways do; gives up after 22 s, as Mercado Pago does. */
export const postByHttp: Post = async ({ url, headers, body }) => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(22_000),
  });
  await answer.body?.cancel();
  return answer.status;
};
