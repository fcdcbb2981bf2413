import * as z from 'zod';

export type Handler<Event, Result> = (event: Event) => Promise<Result>;

/**
 * Imports a function by its file, as Lambda does.
 *
 * @param id path under `functions/` without the extension, such as `http/system/show-health`
 */
export async function loadHandler<Event, Result>(id: string): Promise<Handler<Event, Result>> {
  // By its address: bundlers and test runners would rewrite an import whose name is put together.
  const file = new URL(`../../functions/${id}.ts`, import.meta.url).href;
  const module: unknown = await import(/* @vite-ignore */ file);
  const handler = z.custom<Handler<Event, Result>>((value) => typeof value === 'function');
  return z.object({ handler }).parse(module).handler;
}
