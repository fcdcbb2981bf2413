import { Duration } from 'aws-cdk-lib';
import { DeduplicationScope, FifoThroughputLimit, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Provided } from './grants.ts';

interface WorkQueueProps {
  readonly visibilitySeconds: number;
  readonly maxReceives: number;
}

/**
 * A queue of work: a message group (a router, a purchase) keeps its order, and high throughput lets the groups run side by
 * side. Messages carry ids only, so SQS's own encryption is enough.
 */
export class WorkQueue extends Construct {
  readonly provided: Provided;
  readonly work: Queue;
  /** Where messages are put aside that crash their worker. */
  readonly dead: Queue;

  constructor(scope: Construct, id: string, { visibilitySeconds, maxReceives }: WorkQueueProps) {
    super(scope, id);
    this.dead = new Queue(this, 'Dead', { fifo: true, enforceSSL: true, retentionPeriod: Duration.days(14) });
    acknowledge(this.dead, {
      'Serverless-SQSRedrivePolicy': 'This is a dead-letter queue itself: nothing reads it but a person.',
    });
    this.work = new Queue(this, 'Work', {
      fifo: true,
      enforceSSL: true,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      visibilityTimeout: Duration.seconds(visibilitySeconds),
      deadLetterQueue: { queue: this.dead, maxReceiveCount: maxReceives },
    });
    this.provided = { value: this.work.queueUrl, arn: this.work.queueArn };
  }
}
