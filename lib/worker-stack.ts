import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { allWorkers } from '#shared/workers.ts';
import { bundledCode } from './constructs/bundled-function.ts';
import type { Cloud } from './constructs/grants.ts';
import { JobQueue } from './constructs/job-queue.ts';
import { stackName } from './constructs/naming.ts';
import { Network } from './constructs/network.ts';
import { QueueWorker } from './constructs/queue-worker.ts';
import { type Stage, stages } from './settings.ts';

interface WorkerStackProps {
  readonly data: Omit<Cloud, 'JOBS_QUEUE_URL'>;
  /** Folder of the bundle. */
  readonly bundle: string;
}

/** What reaches the routers: the network, the queue and the worker it feeds. */
export class WorkerStack extends Stack {
  /** Everything a function may be given: what the data stack has, and the queue. */
  readonly cloud: Cloud;

  constructor(scope: Construct, stage: Stage, { data, bundle }: WorkerStackProps) {
    super(scope, stackName(stage, 'worker'), { description: 'Pagos Hotspot: router jobs' });
    const settings = stages[stage];
    const network = new Network(this, 'Network', settings);
    const queue = new JobQueue(this, 'JobQueue');
    this.cloud = { ...data, JOBS_QUEUE_URL: queue.provided };
    const surroundings = { stage, settings, code: bundledCode(bundle), cloud: this.cloud };
    for (const worker of allWorkers.filter(({ trigger }) => 'queue' in trigger))
      new QueueWorker(this, worker.id, { ...surroundings, worker, network });
  }
}
