import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

const SENT = 'http.client.request.start';

/**
 * Counts what this process asks AWS services for while `work` runs, seen where requests leave the process: repeats by the
 * SDK count too.
 *
 * @returns by operation, such as `{ GetItem: 2, TransactWriteItems: 1, Sign: 1 }`
 */
export async function countAwsCalls(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const count = (message: unknown) => {
    const { request } = message as { request: ClientRequest };
    const [, operation] = String(request.getHeader('x-amz-target') ?? '').split('.');
    if (operation) counts[operation] = (counts[operation] ?? 0) + 1;
  };
  subscribe(SENT, count);
  try {
    await work();
  } finally {
    unsubscribe(SENT, count);
  }
  return counts;
}
