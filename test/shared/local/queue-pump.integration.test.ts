import { CreateQueueCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { buildApp } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startQueuePump } from '#shared/local/queue-pump.ts';
import { createAwsClients } from '#shared/local/aws-clients.ts';
import { systemClock } from '#shared/platform/clock.ts';
import { readConfig } from '#shared/platform/config.ts';
import { Logger } from '#shared/platform/logger.ts';

const app = buildApp({ logger: false });
let url: string;
let sqs: SQSClient;
beforeAll(async () => {
  url = await app.listen({ port: 0, host: '127.0.0.1' });
  sqs = createAwsClients(readConfig({ AWS_ENDPOINT_URL_SQS: url })).sqs;
});
afterAll(() => app.close());

let queues = 0;
/** A FIFO queue of its own with a pump on it, and a way to send to it. */
async function pumping(handler: (event: SQSEvent) => Promise<unknown>, concurrency?: number) {
  const QueueName = `jobs-${(queues += 1)}.fifo`;
  const Attributes = { FifoQueue: 'true', VisibilityTimeout: '1' };
  const created = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const queueUrl = new URL(new URL(created.QueueUrl ?? '').pathname, url).href;
  const logger = new Logger(systemClock, 'SILENT');
  const pump = startQueuePump({ sqs, queueUrl, handler, logger, ...(concurrency && { concurrency }) });
  onTestFinished(() => pump.stop(0));
  const send = (group: string, body: string) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageGroupId: group,
        MessageDeduplicationId: `${group} ${body}`,
      }),
    );
  return { send, pump };
}

const bodyOf = (event: SQSEvent) => event.Records.map(({ body }) => body).join();
describe('the pump of the jobs` queue', () => {
  it('hands over one message per event, as Lambda writes it', async () => {
    const seen: SQSEvent[] = [];
    const { send } = await pumping((event) => Promise.resolve(seen.push(event)));
    await Promise.all(['a', 'b', 'c'].map((group) => send(group, `{"of":"${group}"}`)));
    await expect.poll(() => seen.length).toBe(3);
    const [record, ...others] = seen.flatMap(({ Records }) => Records);
    expect(others).toHaveLength(2);
    expect(record).toMatchObject({
      messageId: expect.stringMatching(/.+/),
      attributes: { MessageGroupId: 'a', MessageDeduplicationId: 'a {"of":"a"}', ApproximateReceiveCount: '1' },
      body: '{"of":"a"}',
      eventSource: 'aws:sqs',
    });
  });

  it('keeps the order within a group and never runs two of it at once', async () => {
    const done: string[] = [];
    let running = 0;
    const { send } = await pumping(async (event) => {
      running += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      done.push(bodyOf(event));
      running -= 1;
    });
    const wanted = Array.from({ length: 12 }, (_, n) => String(n));
    for (const body of wanted) await send('router-1', body);
    await expect.poll(() => done).toEqual(wanted);
  });

  it('runs groups side by side: a slow router holds up no other', async () => {
    const slow = Promise.withResolvers<void>();
    const done: string[] = [];
    const { send } = await pumping(async (event) => {
      if (bodyOf(event) === 'slow') await slow.promise;
      done.push(bodyOf(event));
    });
    await send('router-1', 'slow');
    await send('router-1', 'behind');
    await send('router-2', 'quick');
    await expect.poll(() => done).toEqual(['quick']);
    slow.resolve();
    await expect.poll(() => done).toEqual(['quick', 'slow', 'behind']);
  });

  it('runs no more at once than allowed', async () => {
    const all = Promise.withResolvers<void>();
    const started: string[] = [];
    const { send } = await pumping((event) => {
      started.push(bodyOf(event));
      return all.promise;
    }, 2);
    for (const group of ['a', 'b', 'c']) await send(group, group);
    await expect.poll(() => started).toEqual(['a', 'b']);
    all.resolve();
    await expect.poll(() => started).toEqual(['a', 'b', 'c']);
  });

  it('leaves a message whose function threw: it comes again before the next of its group', async () => {
    const seen: string[] = [];
    const { send } = await pumping((event) => {
      seen.push(`${bodyOf(event)} ${event.Records[0]?.attributes.ApproximateReceiveCount}`);
      return seen.length === 1 ? Promise.reject(new Error('crashed')) : Promise.resolve();
    });
    await send('router-1', 'first');
    await send('router-1', 'second');
    await expect.poll(() => seen, { timeout: 3_000 }).toEqual(['first 1', 'first 2', 'second 1']);
  });

  it('gives the job under way its time when it is stopped, but not for ever', async () => {
    const job = Promise.withResolvers<void>();
    let ended = false;
    const { send, pump } = await pumping(async () => {
      await job.promise;
      ended = true;
    });
    await send('router-1', 'x');
    await send('router-2', 'hangs');
    const stopped = pump.stop(50);
    job.resolve();
    await stopped;
    expect(ended).toBe(true);
  });
});
