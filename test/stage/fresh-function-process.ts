/**
 * A process that has just been made for one function, as Lambda makes one: reads the bundle's file, takes one event, says on
 * its standard output what that took, and ends. It imports nothing of the project. Its task comes as JSON in its first argument.
 */
import { subscribe } from 'node:diagnostics_channel';
import { registerHooks } from 'node:module';

interface Task {
  /** Address of the bundle's file. */
  readonly file: string;
  readonly event?: unknown;
  /** Where gateways are: time spent with them is told apart. */
  readonly gateways: readonly string[];
  /** Whether to tell which files were read; that takes time itself. */
  readonly tellsFiles: boolean;
}

const task = JSON.parse(process.argv[2] ?? '') as Task;
const files: string[] = [];
if (task.tellsFiles)
  registerHooks({
    load(url, context, next) {
      files.push(url);
      return next(url, context);
    },
  });

const gateways = new Set(task.gateways.map((url) => new URL(url).host));
const startedAt = new Map<unknown, number>();
let gatewayMs = 0;
const begin = (request: unknown, host: unknown) => {
  if (gateways.has(String(host))) startedAt.set(request, performance.now());
};
const end = (request: unknown) => {
  gatewayMs += performance.now() - (startedAt.get(request) ?? performance.now());
};
interface Seen {
  readonly request: { readonly origin?: string; getHeader?: (name: string) => unknown };
}
// Through node:http, as Conekta's SDK does, and by fetch, as Mercado Pago's.
subscribe('http.client.request.start', (seen) => {
  const { request } = seen as Seen;
  begin(request, request.getHeader?.('host'));
});
subscribe('http.client.response.finish', (seen) => end((seen as Seen).request));
subscribe('undici:request:create', (seen) => {
  const { request } = seen as Seen;
  begin(request, new URL(request.origin ?? 'none:').host);
});
subscribe('undici:request:trailers', (seen) => end((seen as Seen).request));

// Counted from the start of the process, Node's own part of it too.
const bootMs = performance.now();
const { handler } = (await import(task.file)) as { handler: (event: unknown) => Promise<unknown> };
const importedMs = performance.now();
const answer = task.event === undefined ? null : await handler(task.event);
const answeredMs = performance.now();
const report = { bootMs, importMs: importedMs - bootMs, firstMs: answeredMs - importedMs, gatewayMs, files, answer };
process.stdout.write(JSON.stringify(report), () => process.exit());
