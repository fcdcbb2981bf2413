import { DeleteMessageCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { setTimeout as pauseUnlessStopped } from 'node:timers/promises';
import { pause } from '#shared/platform/clock.ts';
import type { Logger } from '#shared/platform/logger.ts';
import type { Handler } from './load-handler.ts';

export interface QueuePump {
  /** Takes no more messages and gives the jobs under way `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

export interface QueuePumpOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly handler: Handler<SQSEvent, unknown>;
  readonly logger: Logger;
  /** How many jobs may run at once. */
  readonly concurrency?: number;
}

const LONGEST_POLL_SECONDS = 20;
const PAUSE_AFTER_FAILURE_MS = 500;
const GRACE_MS = 1_000;

/**
 * Lambda's event source of the FIFO queue: one message per event; a message whose function throws stays and comes again.
 * Messages are fetched one by one, each started at once: so the queue itself, which hands out no message of a group that has
 * one under way, keeps the order within a group, and groups run side by side.
 */
export function startQueuePump(options: QueuePumpOptions): QueuePump {
  const { sqs, queueUrl, handler, logger, concurrency = 20 } = options;
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function pump(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (underWay.size >= concurrency) await Promise.race(underWay);
      else await fetchOne();
    }
  }

  async function fetchOne(): Promise<void> {
    try {
      const message = await receive(sqs, queueUrl, stopping.signal);
      if (!message) return;
      const running = run(message).finally(() => underWay.delete(running));
      underWay.add(running);
    } catch (error) {
      if (stopping.signal.aborted) return;
      logger.error('queue unreachable', error);
      await pauseUnlessStopped(PAUSE_AFTER_FAILURE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  async function run(message: Message): Promise<void> {
    try {
      await handler({ Records: [recordOf(message)] });
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }));
    } catch (error) {
      logger.error('job failed', error, { messageId: message.MessageId });
    }
  }

  const pumping = pump();
  return {
    async stop(graceMs = GRACE_MS) {
      stopping.abort();
      await Promise.race([pumping.then(() => Promise.allSettled(underWay)), pause(graceMs)]);
    },
  };
}

async function receive(sqs: SQSClient, queueUrl: string, abortSignal: AbortSignal): Promise<Message | undefined> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 1,
      WaitTimeSeconds: LONGEST_POLL_SECONDS,
      MessageSystemAttributeNames: ['All'],
    }),
    { abortSignal, requestTimeout: (LONGEST_POLL_SECONDS + 5) * 1000 },
  );
  return Messages[0];
}

function recordOf(message: Message): SQSEvent['Records'][number] {
  const { Attributes: attributes = {} } = message;
  const attribute = (name: keyof typeof attributes) => attributes[name] ?? '';
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    md5OfBody: message.MD5OfBody ?? '',
    attributes: {
      ApproximateReceiveCount: attribute('ApproximateReceiveCount'),
      SentTimestamp: attribute('SentTimestamp'),
      SenderId: attribute('SenderId'),
      ApproximateFirstReceiveTimestamp: attribute('ApproximateFirstReceiveTimestamp'),
      MessageGroupId: attribute('MessageGroupId'),
      MessageDeduplicationId: attribute('MessageDeduplicationId'),
      SequenceNumber: attribute('SequenceNumber'),
    },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:router-jobs.fifo',
    awsRegion: 'us-east-1',
  };
}
