import { SendMessageCommand, type SendMessageCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import { clientSettings } from './aws.ts';
import type { Config } from './config.ts';

/** A long poll outlives the usual request time: give its own with `send(command, { requestTimeout })`. */
export function sqsClient(config: Config): SQSClient {
  const endpoint = config.AWS_ENDPOINT_URL_SQS;
  return new SQSClient({
    ...clientSettings(endpoint, config),
    // A queue URL names its own host; the override must win over it.
    ...(endpoint && { useQueueUrlAsEndpoint: false }),
  });
}

/** All that functions ask of SQS. A file of its own, so that it can be loaded by those that ask. */
export class Sqs {
  readonly #client: SQSClient;

  constructor(client: SQSClient) {
    this.#client = client;
  }

  sendMessage(input: SendMessageCommandInput) {
    return this.#client.send(new SendMessageCommand(input));
  }
}
