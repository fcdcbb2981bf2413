import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Config } from './config.ts';

/** One client of each service for the whole process, made when first asked for. */
export interface AwsClients {
  readonly dynamo: DynamoDBDocumentClient;
  /** A long poll outlives the usual request time: give its own with `send(command, { requestTimeout })`. */
  readonly sqs: SQSClient;
  readonly kms: KMSClient;
}

/**
 * A call that hangs must end while the request it serves can still be answered: two attempts fit into 8 s.
 * `throwOnRequestTimeout` matters: without it the SDK only prints a warning and goes on waiting.
 */
const common = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 3_000,
    throwOnRequestTimeout: true,
    httpAgent: { keepAlive: true, maxSockets: 50 },
    httpsAgent: { keepAlive: true, maxSockets: 50 },
  },
};

const SANDBOX_REGION = 'us-east-1';
const sandboxAccount = {
  region: SANDBOX_REGION,
  credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
};

/** What a client is made with, for those that are loaded only by the functions that use them. */
export type ClientSettings = ReturnType<typeof clientSettings>;
export const clientSettings = (endpoint: string | undefined, config: Config) => ({
  ...common,
  ...target(endpoint, config),
});

/** @param config endpoint overrides send a service elsewhere (design 6); without one the SDK finds region and account */
export function createAwsClients(config: Config): AwsClients {
  let dynamo: DynamoDBDocumentClient | undefined;
  let sqs: SQSClient | undefined;
  let kms: KMSClient | undefined;
  return {
    get dynamo() {
      const endpoint = config.AWS_ENDPOINT_URL_DYNAMODB;
      dynamo ??= DynamoDBDocumentClient.from(new DynamoDBClient({ ...common, ...target(endpoint, config) }), {
        marshallOptions: { removeUndefinedValues: true },
      });
      return dynamo;
    },
    get sqs() {
      const endpoint = config.AWS_ENDPOINT_URL_SQS;
      // A queue URL names its own host; the override must win over it.
      sqs ??= new SQSClient({
        ...common,
        ...target(endpoint, config),
        ...(endpoint && { useQueueUrlAsEndpoint: false }),
      });
      return sqs;
    },
    get kms() {
      kms ??= new KMSClient({ ...common, ...target(config.AWS_ENDPOINT_URL_KMS, config) });
      return kms;
    },
  };
}

/**
 * An endpoint on this machine never checks who signs, so it gets a made-up account even where a real one exists: an
 * expired login or another default region must not break the sandbox. An endpoint elsewhere gets the real account.
 */
function target(endpoint: string | undefined, config: Config) {
  if (endpoint === undefined) return {};
  const { hostname } = new URL(endpoint);
  const onThisMachine = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  const hasAccount = Boolean(config.AWS_ACCESS_KEY_ID ?? config.AWS_PROFILE);
  return onThisMachine || !hasAccount ? { endpoint, ...sandboxAccount } : { endpoint };
}
