/** The way of notifications from a gateway to the API: carried by the harness, as well or as badly as a story wants. */
import type { Notification } from '#shared/local/gateway/outbox.ts';
import type { Purchase } from '#shared/store/purchases.ts';
import type { Answer } from '../stage/stage.ts';
import type { FarGateway } from '../stage/gateways/far-gateway.ts';
import { act, type Acted } from './wires.ts';
import type { World } from './world.ts';

export interface Carriage {
  /** So many copies at once. */
  readonly copies?: number;
  /** The newest first. */
  readonly reversed?: boolean;
}

/** How a notification is not what it should be: `borrowed` has the signature of another one that is right. */
export const forgeries = ['unsigned', 'badly-signed', 'borrowed'] as const;
export type Forgery = (typeof forgeries)[number];

export class Mail {
  readonly #world: World;
  readonly #far: FarGateway;
  #waiting: Notification[] = [];
  readonly #heard: Notification[] = [];
  #sent = 0;

  constructor(world: World, far: FarGateway) {
    this.#world = world;
    this.#far = far;
  }

  /** Hands over all that was said since the last time. What is not answered well comes again, as gateways do. */
  async deliver({ copies = 1, reversed = false }: Carriage = {}): Promise<void> {
    this.#collect();
    const batch = reversed ? this.#waiting.toReversed() : this.#waiting;
    this.#waiting = [];
    for (const notification of batch) {
      const posts = Array.from({ length: copies }, () => this.#post(notification, `webhook ${++this.#sent}`));
      const answered = await this.#world.waitedFor(Promise.all(posts));
      if (answered.every(({ dead, value }) => dead || value?.status !== 200)) this.#waiting.push(notification);
    }
  }

  /** What was said until now is never heard. */
  lose(): void {
    this.#collect();
    this.#waiting = [];
  }

  /**
   * Somebody who is not the gateway says that this purchase was paid.
   *
   * @returns the answer; undefined when the gateway does not know the purchase, or nobody heard the answer
   */
  async forge(forgery: Forgery, { id }: Purchase): Promise<Answer | undefined> {
    this.#collect();
    const forged = this.#far.forge(id);
    if (!forged) return undefined;
    const { concerns, ...notification } = forged;
    const other = this.#heard.find(({ url, body }) => !url.includes(concerns) && !body.includes(concerns));
    const headers = { unsigned: {}, 'badly-signed': forged.headers, borrowed: other?.headers ?? forged.headers };
    const post = this.#post({ ...notification, headers: headers[forgery] }, `forger ${++this.#sent}`);
    const { dead, value } = await this.#world.waitedFor(post);
    return dead ? undefined : value;
  }

  #collect(): void {
    const said = this.#far.notifications.take();
    this.#heard.push(...said);
    this.#waiting.push(...said);
  }

  #post({ url, headers, body }: Notification, actor: string): Promise<Acted<Answer>> {
    const { pathname, search } = new URL(url);
    return act(actor, () => this.#world.stage.call('POST', pathname + search, { headers, body }));
  }
}
