import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Config } from './config.ts';

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

/**
 * What every client is made with.
 *
 * @param endpoint sends a service elsewhere (design 6); without one the SDK finds region and account
 */
export const clientSettings = (endpoint: string | undefined, config: Config) => ({
  ...common,
  ...target(endpoint, config),
});
export type ClientSettings = ReturnType<typeof clientSettings>;

export const dynamoClient = (config: Config): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(clientSettings(config.AWS_ENDPOINT_URL_DYNAMODB, config)), {
    marshallOptions: { removeUndefinedValues: true },
  });

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
