import type { Row } from '#shared/http/contract.ts';
import type { HttpEvent, HttpHandler, HttpResult } from '#shared/http/endpoint.ts';
import { routes } from '#shared/http/routes.ts';
import type { Capability } from '#shared/platform/capabilities.ts';
import { type Handler, loadHandler } from './load-handler.ts';
import type { Stoppable } from './running.ts';
import type { Environment } from './settings.ts';

/** What there is to know of a function before it runs; a worker is one. */
export interface FunctionName {
  /** Path under `functions/` without the extension, such as `http/system/show-health`. */
  readonly id: string;
  readonly needs: readonly Capability[];
}

/** Where the sandbox's functions run: as they are written, or as they are deployed. */
export interface FunctionHost extends Stoppable {
  handlerOf<Event, Result>(name: FunctionName): Promise<Handler<Event, Result>>;
  /** Reads what it can before anybody asks, so that no first call is slow. */
  warm(): Promise<unknown>;
  /** Comes before the first event. @param variables everything that there is to be told to functions */
  begin(variables: Environment): void;
}

/** The functions as they are written, in this process and on its runtime, which `useRuntime` has told everything. */
export const sourceFunctions: FunctionHost = {
  handlerOf: ({ id }) => loadHandler(id),
  warm: () =>
    Promise.allSettled([
      ...routes.map(({ id }) => loadHandler(`http/${id}`)),
      import('#shared/gateways/conekta/client.ts'),
      import('#shared/gateways/mercado-pago/client.ts'),
      import('#shared/routers/routeros/client.ts'),
    ]),
  begin: () => undefined,
  stop: () => Promise.resolve(),
};

/** The functions of rows, each asked for when first called and then kept. */
export function httpFunctions(host: FunctionHost): (row: Row) => Promise<HttpHandler> {
  const known = new Map<string, Promise<HttpHandler>>();
  return ({ id, needs }) => {
    const handler = known.get(id) ?? host.handlerOf<HttpEvent, HttpResult>({ id: `http/${id}`, needs });
    known.set(id, handler);
    return handler;
  };
}
