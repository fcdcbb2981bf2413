/**
 * A process that has just been made for one function, as Lambda makes one: reads the bundle's file, takes one event, says on
 * its standard output what that took, and ends. It imports nothing of the project, and is JavaScript: Node's way of reading
 * TypeScript would be measured too. Its task comes as JSON in its first argument (fresh-function.ts).
 */
import { subscribe } from 'node:diagnostics_channel';
import { registerHooks } from 'node:module';

const task = JSON.parse(process.argv[2] ?? '');
const files = [];
if (task.tellsFiles)
  registerHooks({
    load(url, context, next) {
      files.push(url);
      return next(url, context);
    },
  });

const gateways = new Set(task.gateways.map((url) => new URL(url).host));
const startedAt = new Map();
let gatewayMs = 0;
const begin = (request, host) => {
  if (gateways.has(host)) startedAt.set(request, performance.now());
};
const end = ({ request }) => {
  gatewayMs += performance.now() - (startedAt.get(request) ?? performance.now());
};
// Through node:http, as Conekta's SDK does, and by fetch, as Mercado Pago's.
subscribe('http.client.request.start', ({ request }) => begin(request, request.getHeader('host')));
subscribe('http.client.response.finish', end);
subscribe('undici:request:create', ({ request }) => begin(request, new URL(request.origin).host));
subscribe('undici:request:trailers', end);

// Counted from the start of the process: Node's own part.
const bootMs = performance.now();
const before = process.cpuUsage();
const { handler } = await import(task.file);
const importedMs = performance.now();
const answer = task.event === undefined ? null : await handler(task.event);
const answeredMs = performance.now();
const { user, system } = process.cpuUsage(before);
const report = {
  bootMs,
  importMs: importedMs - bootMs,
  firstMs: answeredMs - importedMs,
  gatewayMs,
  cpuMs: (user + system) / 1000,
  files,
  answer,
};
process.stdout.write(JSON.stringify(report), () => process.exit());
