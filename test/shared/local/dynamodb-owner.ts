/** A process of its own that owns an engine, for the tests that kill it: says the engine's address and waits. */
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { startDynamo } from '#shared/local/dynamodb.ts';
import { createAwsClients } from '#shared/local/aws-clients.ts';
import { readConfig } from '#shared/platform/config.ts';

const [dataFile = ''] = process.argv.slice(2);
const { url, tableName } = await startDynamo({ dataFile });
const { dynamo } = createAwsClients(readConfig({ AWS_ENDPOINT_URL_DYNAMODB: url }));
await dynamo.send(new PutCommand({ TableName: tableName, Item: { pk: 'A', sk: 'A', kept: true } }));
process.stdout.write(`${url}\n`);
