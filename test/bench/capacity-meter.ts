import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';

/** What DynamoDB bills: units written and read, indexes and transactions included, and how often it was called. */
export interface Capacity {
  writeUnits: number;
  readUnits: number;
  calls: number;
}

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems']);
const consumed = z.object({ CapacityUnits: z.number() });
const answerShape = z.object({ ConsumedCapacity: z.union([consumed, z.array(consumed)]).optional() });

/**
 * Stands between the functions and the table's engine and asks, with every request, what it cost: the engine counts as
 * DynamoDB does, by item sizes and projections.
 *
 * @param url of the engine
 */
export async function startCapacityMeter(url: string) {
  let used: Capacity = { writeUnits: 0, readUnits: 0, calls: 0 };
  const note = (operation: string, answer: unknown) => {
    const { ConsumedCapacity = [] } = answerShape.parse(answer);
    const units = [ConsumedCapacity].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
    used.calls += 1;
    if (WRITES.has(operation)) used.writeUnits += units;
    else used.readUnits += units;
  };
  const server = createServer((request, response) => {
    void (async () => {
      const [, operation = ''] = String(request.headers['x-amz-target']).split('.');
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(z.instanceof(Buffer).parse(chunk));
      const sent = z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      const isAboutItems = /Item|Query/.test(operation);
      const body = JSON.stringify(isAboutItems ? { ...sent, ReturnConsumedCapacity: 'TOTAL' } : sent);
      const { host: _host, 'content-length': _length, connection: _connection, ...headers } = request.headers;
      const answer = await fetch(url, {
        method: 'POST',
        headers: z.record(z.string(), z.string()).parse(headers),
        body,
      });
      const text = await answer.text();
      if (answer.ok && isAboutItems) note(operation, JSON.parse(text));
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(text);
    })();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    /** What was used since the last time. */
    take(): Capacity {
      const taken = used;
      used = { writeUnits: 0, readUnits: 0, calls: 0 };
      return taken;
    },
    stop: () => new Promise((stopped) => (server.closeAllConnections(), server.close(stopped))),
  };
}
