import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { type Config, setting } from '#shared/platform/config.ts';
import { createAwsClients } from './aws-clients.ts';
import { createTable } from './dynamodb.ts';
import { localKeys } from './kms-keys.ts';
import { createQueues, type LocalQueue } from './queue.ts';
import { StartError } from './start-error.ts';

/** An endpoint that is not ours: nothing of it runs here. */
interface Elsewhere {
  readonly url: string;
  readonly stop?: undefined;
}

/** Makes the table at the endpoint a person named, when it is not there. */
export async function tableElsewhere(config: Config): Promise<Elsewhere> {
  const { dynamo } = createAwsClients(config);
  await reaching('AWS_ENDPOINT_URL_DYNAMODB', () => createTable(dynamo));
  dynamo.destroy();
  return { url: setting(config, 'AWS_ENDPOINT_URL_DYNAMODB') };
}

/** Makes the queues at the endpoint a person named, when they are not there. */
export async function queueElsewhere(config: Config): Promise<Omit<LocalQueue, 'stop'>> {
  const url = setting(config, 'AWS_ENDPOINT_URL_SQS');
  const { sqs } = createAwsClients(config);
  const queues = await reaching('AWS_ENDPOINT_URL_SQS', () => createQueues(sqs, url));
  sqs.destroy();
  return { url, ...queues };
}

/** Keys are not made elsewhere: they cost money and outlive what they protect. They must be there, by these aliases. */
export async function keysElsewhere(config: Config): Promise<Elsewhere> {
  const { kms } = createAwsClients(config);
  await reaching('AWS_ENDPOINT_URL_KMS', () =>
    Promise.all(Object.values(localKeys).map((KeyId) => kms.send(new DescribeKeyCommand({ KeyId })))),
  );
  kms.destroy();
  return { url: setting(config, 'AWS_ENDPOINT_URL_KMS') };
}

async function reaching<T>(variable: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown';
    throw new StartError(`The endpoint in ${variable} cannot be used (${reason}): correct it or leave it out.`);
  }
}
