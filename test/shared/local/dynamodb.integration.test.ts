import { tableShape } from '#shared/store/table.ts';
import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDynamo } from '#shared/local/dynamodb.ts';
import { createAwsClients } from '#shared/local/aws-clients.ts';
import { readConfig } from '#shared/platform/config.ts';
import { scratchFolder } from '../../stage/scratch-folder.ts';

const clientOf = (url: string) => createAwsClients(readConfig({ AWS_ENDPOINT_URL_DYNAMODB: url })).dynamo;

/** Ids of living processes whose command line names `text`; a dead one not yet collected has no command line. */
function processesNaming(text: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return pid > 0 && pid !== process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    });
}
const isShell = (pid: number) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'sh';

describe('the DynamoDB engine', () => {
  it('has the one table with its indexes and its expiry', async () => {
    const dynamo = await startDynamo();
    onTestFinished(dynamo.stop);
    const client = clientOf(dynamo.url);
    const { Table } = await client.send(new DescribeTableCommand({ TableName: dynamo.tableName }));
    expect(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName).toSorted()).toEqual(
      tableShape.indexes.map(({ name }) => name).toSorted(),
    );
    expect(Table?.StreamSpecification?.StreamEnabled ?? false).toBe(false);
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: dynamo.tableName }));
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'expiresAtSeconds', TimeToLiveStatus: 'ENABLED' });
  });

  it("does not outlive its owner's kill -9, and the next start finds what was written", async () => {
    const dataFile = join(scratchFolder(), 'data', 'table.db');
    const owner = spawn(process.execPath, [join(import.meta.dirname, 'dynamodb-owner.ts'), dataFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void owner.kill('SIGKILL'));
    await new Promise((resolve) => owner.stdout.once('data', resolve));
    expect(processesNaming(dataFile).length).toBeGreaterThanOrEqual(3);
    owner.kill('SIGKILL');
    await expect.poll(() => processesNaming(dataFile), { timeout: 5_000 }).toEqual([]);

    const dynamo = await startDynamo({ dataFile });
    onTestFinished(dynamo.stop);
    const { Item } = await clientOf(dynamo.url).send(
      new GetCommand({ TableName: dynamo.tableName, Key: { pk: 'A', sk: 'A' } }),
    );
    expect(Item).toMatchObject({ kept: true });
  });

  it('leaves nothing behind when it is stopped', async () => {
    const dataFile = join(scratchFolder(), 'table.db');
    const dynamo = await startDynamo({ dataFile });
    await dynamo.stop();
    await dynamo.stop();
    await expect.poll(() => processesNaming(dataFile)).toEqual([]);
    await expect(fetch(dynamo.url)).rejects.toThrow();
  });

  it('that crashes is noticed by its owner', async () => {
    const dataFile = join(scratchFolder(), 'table.db');
    const dynamo = await startDynamo({ dataFile });
    onTestFinished(dynamo.stop);
    const engine = processesNaming(dataFile).filter((pid) => !isShell(pid));
    expect(engine).toHaveLength(1);
    for (const pid of engine) process.kill(pid, 'SIGKILL');
    await dynamo.exited;
    await expect.poll(() => processesNaming(dataFile)).toEqual([]);
  });

  it("whose guarding shell is killed still ends with its owner's pipe", async () => {
    const dataFile = join(scratchFolder(), 'table.db');
    const dynamo = await startDynamo({ dataFile });
    const [shell = 0] = processesNaming(dataFile)
      .filter(isShell)
      .toSorted((a, b) => a - b);
    process.kill(shell, 'SIGKILL');
    await dynamo.exited;
    await dynamo.stop();
    await expect.poll(() => processesNaming(dataFile)).toEqual([]);
  });

  it('says in one sentence why it cannot start', async () => {
    const refusal = (message: string) => ({ name: 'StartError', message: expect.stringContaining(message) });
    await expect(startDynamo({ engine: '/nowhere/dynoxide' })).rejects.toMatchObject(
      refusal('DynamoDB engine missing: set AWS_ENDPOINT_URL_DYNAMODB to another endpoint or install on Linux x64'),
    );
    const dynamo = await startDynamo();
    onTestFinished(dynamo.stop);
    const port = Number(new URL(dynamo.url).port);
    await expect(startDynamo({ port })).rejects.toMatchObject(
      refusal(`Port ${port} for the DynamoDB engine is already taken`),
    );
    const file = join(scratchFolder(), 'file');
    writeFileSync(file, 'no table');
    await expect(startDynamo({ dataFile: join(file, 'table.db') })).rejects.toMatchObject(
      refusal('cannot be written to'),
    );
    await expect(startDynamo({ dataFile: file })).rejects.toMatchObject({ name: 'StartError' });
    await expect(startDynamo({ dataFile: scratchFolder() })).rejects.toMatchObject(refusal('cannot open its file'));
  });
});
