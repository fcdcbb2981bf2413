import * as z from 'zod';
import type { Row } from '#shared/http/contract.ts';
import type { HttpEvent, HttpHandler, HttpResult } from '#shared/http/endpoint.ts';

export type Handler<Event, Result> = (event: Event) => Promise<Result>;

/**
 * Imports a function by its file, as Lambda does.
 *
 * @param name path under `functions/` without the extension, such as `http/system/show-health`
 */
export async function loadHandler<Event, Result>(name: string): Promise<Handler<Event, Result>> {
  // By its address: bundlers and test runners would rewrite an import whose name is put together.
  const file = new URL(`../../functions/${name}.ts`, import.meta.url).href;
  const module: unknown = await import(/* @vite-ignore */ file);
  const handler = z.custom<Handler<Event, Result>>((value) => typeof value === 'function');
  return z.object({ handler }).parse(module).handler;
}

/** The functions of rows, each read when first asked for and then kept. */
export function httpFunctions(): (row: Row) => Promise<HttpHandler> {
  const loaded = new Map<string, Promise<HttpHandler>>();
  return (row) => {
    const handler = loaded.get(row.id) ?? loadHandler<HttpEvent, HttpResult>(`http/${row.id}`);
    loaded.set(row.id, handler);
    return handler;
  };
}
