import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { readConfig } from '#shared/platform/config.ts';
import { gatewayHintsQueue, routerJobsQueue } from '#shared/workers.ts';
import { createAwsClients } from './aws-clients.ts';
import { portError } from './loopback-port.ts';

/** Each has a dead-letter queue beside it. */
const queues = {
  jobs: { name: 'router-jobs', ...routerJobsQueue },
  hints: { name: 'gateway-hints', ...gatewayHintsQueue },
};

export interface QueueUrls {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

export interface LocalQueue {
  readonly url: string;
  readonly jobs: QueueUrls;
  readonly hints: QueueUrls;
  stop(): Promise<void>;
}

/**
 * Starts the SQS endpoint (fauxqs, in memory: a queue is never the truth) with the FIFO queues there are.
 *
 * @param port 0 picks a free one
 * @throws StartError when the port is taken
 */
export async function startQueue({ port }: { readonly port: number }): Promise<LocalQueue> {
  // Not `startFauxqs`: that one always listens on every network interface.
  const app = buildApp({ logger: false });
  let url: string;
  try {
    url = await app.listen({ port, host: '127.0.0.1' });
  } catch (error) {
    throw portError(error, port, 'the SQS endpoint');
  }
  const { sqs } = createAwsClients(readConfig({ AWS_ENDPOINT_URL_SQS: url }));
  const urls = await createQueues(sqs, url);
  sqs.destroy();
  return { url, ...urls, stop: () => app.close() };
}

/**
 * Makes the queues and their dead-letter queues where they are not there.
 *
 * @param url the endpoint, whose host the queues' URLs get
 */
export async function createQueues(
  sqs: SQSClient,
  url: string,
): Promise<{ readonly jobs: QueueUrls; readonly hints: QueueUrls }> {
  const [jobs, hints] = await Promise.all([createPair(sqs, url, queues.jobs), createPair(sqs, url, queues.hints)]);
  return { jobs, hints };
}

async function createPair(
  sqs: SQSClient,
  url: string,
  { name, visibilitySeconds, maxReceives }: (typeof queues)['jobs'] | (typeof queues)['hints'],
): Promise<QueueUrls> {
  const deadLetterQueueUrl = await createQueue(sqs, url, `${name}-dead.fifo`, {});
  const deadLetterTargetArn = await arnOf(sqs, deadLetterQueueUrl);
  const queueUrl = await createQueue(sqs, url, `${name}.fifo`, {
    VisibilityTimeout: String(visibilitySeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: maxReceives }),
  });
  return { queueUrl, deadLetterQueueUrl };
}

async function createQueue(sqs: SQSClient, url: string, name: string, attributes: Record<string, string>) {
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { FifoQueue: 'true', ...attributes } }),
  );
  // The endpoint answers with a host name that not every machine resolves; only the path counts.
  return new URL(new URL(QueueUrl).pathname, url).href;
}

async function arnOf(sqs: SQSClient, queueUrl: string): Promise<string> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  return Attributes?.['QueueArn'] ?? '';
}
