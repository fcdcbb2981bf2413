import { Duration } from 'aws-cdk-lib';
import { DeduplicationScope, FifoThroughputLimit, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { routerJobsQueue } from '#shared/workers.ts';
import type { Provided } from './grants.ts';

/**
 * The queue of router jobs: one message group per router keeps a router's jobs in order, and high throughput lets the
 * groups run side by side. Messages carry ids only, so SQS's own encryption is enough.
 */
export class JobQueue extends Construct {
  readonly provided: Provided;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const deadJobs = new Queue(this, 'DeadJobs', {
      fifo: true,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const jobs = new Queue(this, 'Jobs', {
      fifo: true,
      enforceSSL: true,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      visibilityTimeout: Duration.seconds(routerJobsQueue.visibilitySeconds),
      deadLetterQueue: { queue: deadJobs, maxReceiveCount: routerJobsQueue.maxReceives },
    });
    this.provided = { value: jobs.queueUrl, arn: jobs.queueArn };
  }
}
