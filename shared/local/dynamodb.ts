import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readConfig } from '#shared/platform/config.ts';
import { tableShape } from '#shared/store/table.ts';
import { createAwsClients } from './aws-clients.ts';
import { freePort } from './loopback-port.ts';
import { StartError } from './start-error.ts';

export const LOCAL_TABLE = 'pagos-hotspot';

/** The engine usually needs 20 ms. */
const START_MS = 10_000;

export interface LocalDynamo {
  readonly url: string;
  readonly tableName: string;
  /** Settles when the engine has ended, asked to or not. */
  readonly exited: Promise<void>;
  /** Ends the engine; what was written is on disk already. */
  stop(): Promise<void>;
}

interface Options {
  /** 0, the default, picks a free one. */
  readonly port?: number;
  /** SQLite file, made when missing; without it the data lives in memory. */
  readonly dataFile?: string;
  /** The engine's program; the one of the npm package `@dynoxide/linux-x64` unless given. */
  readonly engine?: string;
}

/**
 * Starts the DynamoDB engine (Dynoxide, design 6) as a child process and makes the one table when it is not there.
 *
 * @throws StartError when the engine is missing, its port taken or its folder not writable
 */
export async function startDynamo({ port = 0, dataFile, engine = findEngine() }: Options = {}): Promise<LocalDynamo> {
  requireProgram(engine);
  if (dataFile !== undefined) requireWritableFolder(dirname(dataFile));
  const running = await launchOn(port, engine, dataFile);
  try {
    const { dynamo } = createAwsClients(readConfig({ AWS_ENDPOINT_URL_DYNAMODB: running.url }));
    await createTable(dynamo);
    dynamo.destroy();
  } catch (error) {
    await running.stop();
    throw error;
  }
  return { ...running, tableName: LOCAL_TABLE };
}

/** Another program may take a picked port before the engine does; then another is picked. */
async function launchOn(port: number, engine: string, dataFile: string | undefined) {
  if (port !== 0) return launch(engine, port, dataFile);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launch(engine, await freePort(), dataFile);
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === 5) throw error;
    }
  }
}

/**
 * The child must never outlive this process, not even after kill -9. So a shell stands between: it ends the engine as
 * soon as the pipe from this process closes, and ends with the engine's own exit code when that comes first.
 */
const ENDS_WITH_THE_PIPE = `
exec 3<&0
"$0" "$@" </dev/null 3<&- & engine=$!
(read -r _ <&3; kill -9 "$engine") & watcher=$!
exec 3<&-
wait "$engine"; code=$?
kill -9 "$watcher"
exit "$code"`;

async function launch(engine: string, port: number, dataFile: string | undefined) {
  const serve = ['serve', '--host', '127.0.0.1', '--port', String(port)];
  const child = spawn(
    'sh',
    ['-c', ENDS_WITH_THE_PIPE, engine, ...serve, ...(dataFile ? ['--db-path', dataFile] : [])],
    {
      stdio: ['pipe', 'ignore', 'pipe'],
      // In a session of its own: Ctrl-C reaches only this process, which stops the engine after its last write.
      detached: true,
    },
  );
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // Writing to an engine that has just died is no event of its own: `exited` tells.
  child.stdin.on('error', () => undefined);
  const stop = async () => {
    child.stdin.destroy();
    await exited;
  };

  let said = '';
  const ready = new Promise<void>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < 10_000) said += text;
      if (said.includes('listening on')) resolve();
    });
  });
  const outcome = await Promise.race([
    ready.then(() => 'ready' as const),
    exited.then(() => 'ended' as const),
    wait(START_MS, 'silent' as const, { ref: false }),
  ]);
  if (outcome === 'silent') await stop();
  if (outcome !== 'ready') throw startFailure(said, port, dataFile);
  return { url: `http://127.0.0.1:${port}`, exited, stop };
}

class PortTaken extends StartError {}

function startFailure(said: string, port: number, dataFile: string | undefined): StartError {
  if (said.includes('already in use'))
    return new PortTaken(
      `Port ${port} for the DynamoDB engine is already taken: stop the other program or choose another port.`,
    );
  if (dataFile !== undefined && said.includes('unable to open database file'))
    return new StartError(
      `The DynamoDB engine cannot open its file in ${dirname(dataFile)}: make the folder writable.`,
    );
  return new StartError(`The DynamoDB engine did not start; it said: ${said.trim().slice(0, 300) || 'nothing'}`);
}

const MISSING =
  'DynamoDB engine missing: set AWS_ENDPOINT_URL_DYNAMODB to another endpoint or install on Linux x64 ' +
  '(npm package @dynoxide/linux-x64).';

function findEngine(): string {
  try {
    return createRequire(import.meta.url).resolve('@dynoxide/linux-x64/dynoxide');
  } catch {
    throw new StartError(MISSING);
  }
}

function requireProgram(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new StartError(MISSING);
  }
}

function requireWritableFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch {
    throw new StartError(`The folder ${folder} cannot be written to: make it writable or choose another.`);
  }
}

/** A table of an older version lacks indexes, which would be found out one failed request at a time. */
async function requireShape(client: DynamoDBClient): Promise<void> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: LOCAL_TABLE }));
  const there = new Set(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName));
  if (tableShape.indexes.every(({ name }) => there.has(name))) return;
  throw new StartError('The data was written by another version of this program: begin anew with --fresh.');
}

/** Makes the one table, with the shape the stack gives it, when it is not there; waits until it can be used. */
export async function createTable(client: DynamoDBClient): Promise<void> {
  const { key, indexes, timeToLive } = tableShape;
  const types = new Map<string, 'S' | 'N'>([key.partition, key.sort].map((name) => [name, 'S']));
  for (const { partition, sort, sortType } of indexes) types.set(partition, 'S').set(sort, sortType);
  try {
    await client.send(
      new CreateTableCommand({
        TableName: LOCAL_TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
        KeySchema: [
          { AttributeName: key.partition, KeyType: 'HASH' },
          { AttributeName: key.sort, KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: indexes.map((index) => ({
          IndexName: index.name,
          KeySchema: [
            { AttributeName: index.partition, KeyType: 'HASH' },
            { AttributeName: index.sort, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        })),
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
    return requireShape(client);
  }
  await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 60 }, { TableName: LOCAL_TABLE });
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: LOCAL_TABLE,
      TimeToLiveSpecification: { AttributeName: timeToLive, Enabled: true },
    }),
  );
}
