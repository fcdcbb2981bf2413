import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** How often each operation of an AWS service was asked for. */
export type Calls = Readonly<Record<string, number>>;

/** A request that carries it has its calls counted. */
const MARK = 'x-bench-run';

/**
 * Counts what single requests to an API in this process ask AWS services for. Each call is put down to the request in whose
 * handling it was made: what workers, other requests and the sweep ask for meanwhile does not count.
 */
export class OwnCalls {
  readonly #runs = new Map<string, Record<string, number>>();
  readonly #handling = new AsyncLocalStorage<Record<string, number>>();
  #last = 0;

  constructor() {
    subscribe('http.server.request.start', (message) => {
      const { request } = message as { request: IncomingMessage };
      const counts = this.#runs.get(String(request.headers[MARK]));
      if (counts) this.#handling.enterWith(counts);
    });
    // Made in the handler's own context; it may be sent in another's, once a connection is free.
    subscribe('http.client.request.created', (message) => {
      const counts = this.#handling.getStore();
      const { request } = message as { request: ClientRequest };
      const [, operation] = String(request.getHeader('x-amz-target') ?? '').split('.');
      if (counts && operation) counts[operation] = (counts[operation] ?? 0) + 1;
    });
  }

  /** @param send makes the request, with these headers among its own */
  async of(send: (mark: Readonly<Record<string, string>>) => Promise<unknown>): Promise<Calls> {
    const run = String((this.#last += 1));
    const counts: Record<string, number> = {};
    this.#runs.set(run, counts);
    try {
      await send({ [MARK]: run });
    } finally {
      this.#runs.delete(run);
    }
    return { ...counts };
  }
}
