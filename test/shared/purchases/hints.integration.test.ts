import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Logger } from '#shared/platform/logger.ts';
import { Sqs } from '#shared/platform/sqs.ts';
import { WorkQueue } from '#shared/platform/work-queue.ts';
import { Hints } from '#shared/purchases/hints.ts';
import { type Stage, startStage } from '../../stage/stage.ts';

const now = 2_000_000;
const clock = { now: () => now };

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

it('hints of one moment about several purchases are a message each, and copies are one', async () => {
  const { aws, hintsQueueUrl: url, services } = stage;
  const queue = new WorkQueue(() => Promise.resolve(new Sqs(aws.sqs)), url);
  const hints = new Hints({ queue, items: services.hintItems, clock, logger: new Logger(clock, 'SILENT') });
  for (const purchaseId of [1, 2, 2, 3])
    await hints.fromWebhook('EMP_1', { kind: 'purchase', purchaseId, approvedId: null, namedId: null });
  const { Messages = [] } = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
  const names = Messages.map(({ Body = '' }) => JSON.parse(Body));
  expect(names).toEqual([1, 2, 3].map((id) => ({ companyId: 'EMP_1', name: `purchase-${id}` })));
});
