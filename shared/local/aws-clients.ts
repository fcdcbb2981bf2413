import type { KMSClient } from '@aws-sdk/client-kms';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoClient } from '#shared/platform/aws.ts';
import type { Config } from '#shared/platform/config.ts';
import { kmsClient } from '#shared/platform/kms.ts';
import { sqsClient } from '#shared/platform/sqs.ts';

/** One client of each service, made when first asked for, for whoever does more with a service than functions do. */
export interface AwsClients {
  readonly dynamo: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  readonly kms: KMSClient;
}

export function createAwsClients(config: Config): AwsClients {
  let dynamo: DynamoDBDocumentClient | undefined;
  let sqs: SQSClient | undefined;
  let kms: KMSClient | undefined;
  return {
    get dynamo() {
      return (dynamo ??= dynamoClient(config));
    },
    get sqs() {
      return (sqs ??= sqsClient(config));
    },
    get kms() {
      return (kms ??= kmsClient(config));
    },
  };
}
