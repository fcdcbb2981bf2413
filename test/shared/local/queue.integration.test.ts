import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalQueue, startQueue } from '#shared/local/queue.ts';
import { createAwsClients } from '#shared/local/aws-clients.ts';
import { readConfig } from '#shared/platform/config.ts';

let queue: LocalQueue;
let sqs: SQSClient;

beforeEach(async () => {
  queue = await startQueue({ port: 0 });
  ({ sqs } = createAwsClients(readConfig({ AWS_ENDPOINT_URL_SQS: queue.url })));
});
afterEach(async () => {
  sqs.destroy();
  await queue.stop();
});

const send = (group: string, body: string, dedup = body) =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: queue.jobs.queueUrl,
      MessageBody: body,
      MessageGroupId: group,
      MessageDeduplicationId: dedup,
    }),
  );
const receive = async (QueueUrl: string, VisibilityTimeout?: number) => {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, ...(VisibilityTimeout !== undefined && { VisibilityTimeout }) }),
  );
  return Messages[0];
};

describe('the queue of router jobs', () => {
  it('hides a running job for 25 s, longer than its worker runs', async () => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queue.jobs.queueUrl, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({ VisibilityTimeout: '25', FifoQueue: 'true' });
  });

  it('gives out one job of a router at a time, in order, while other routers go on', async () => {
    await send('RTR_A', 'a1');
    await send('RTR_A', 'a2');
    await send('RTR_B', 'b1');
    const first = await receive(queue.jobs.queueUrl);
    expect(first?.Body).toBe('a1');
    expect((await receive(queue.jobs.queueUrl))?.Body).toBe('b1');
    expect(await receive(queue.jobs.queueUrl)).toBeUndefined();
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queue.jobs.queueUrl, ReceiptHandle: first?.ReceiptHandle }));
    expect((await receive(queue.jobs.queueUrl))?.Body).toBe('a2');
  });

  it('takes the same job and attempt once', async () => {
    await send('RTR_A', 'first', 'job:1');
    await send('RTR_A', 'again', 'job:1');
    expect((await receive(queue.jobs.queueUrl, 0))?.Body).toBe('first');
    expect((await receive(queue.jobs.queueUrl))?.Body).toBe('first');
    expect(await receive(queue.jobs.queueUrl)).toBeUndefined();
  });

  it('puts a job aside whose worker crashed three times', async () => {
    await send('RTR_A', 'poison');
    for (let crash = 0; crash < 3; crash += 1) expect((await receive(queue.jobs.queueUrl, 0))?.Body).toBe('poison');
    expect(await receive(queue.jobs.queueUrl, 0)).toBeUndefined();
    expect((await receive(queue.jobs.deadLetterQueueUrl))?.Body).toBe('poison');
  });

  it('hands a job over at once to whoever waits for one, longer than a usual request may take', async () => {
    const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl: queue.jobs.queueUrl, WaitTimeSeconds: 20 }), {
      requestTimeout: 25_000,
    });
    await send('RTR_A', 'a1');
    expect((await waiting).Messages?.[0]?.Body).toBe('a1');
  });

  it('stops at once while somebody waits', async () => {
    const waiting = sqs
      .send(new ReceiveMessageCommand({ QueueUrl: queue.jobs.queueUrl, WaitTimeSeconds: 20 }), {
        requestTimeout: 25_000,
      })
      .catch(() => undefined);
    await fetch(`${queue.url}/health`);
    await queue.stop();
    await waiting;
    await expect(fetch(queue.url)).rejects.toThrow();
  });

  it('is reached from this machine only', async () => {
    const outward = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find((address) => address.family === 'IPv4' && !address.internal);
    expect(new URL(queue.url).hostname).toBe('127.0.0.1');
    expect(new URL(queue.jobs.queueUrl).host).toBe(new URL(queue.url).host);
    if (outward) await expect(fetch(`http://${outward.address}:${new URL(queue.url).port}/health`)).rejects.toThrow();
  });

  it('says in one sentence that its port is taken', async () => {
    const port = Number(new URL(queue.url).port);
    await expect(startQueue({ port })).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringContaining(`Port ${port} for the SQS endpoint is already taken`),
    });
  });
});
