import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { allWorkers, gatewayHintsQueue, routerJobsQueue } from '#shared/workers.ts';
import type { Queues } from './constructs/alarms.ts';
import { bundledCode } from './constructs/bundled-function.ts';
import type { DataCloud, WorkerCloud } from './constructs/grants.ts';
import { stackName } from './constructs/naming.ts';
import { Network } from './constructs/network.ts';
import { QueueWorker } from './constructs/queue-worker.ts';
import { RouterEdge } from './constructs/router-edge/router-edge.ts';
import { WorkQueue } from './constructs/work-queue.ts';
import { type Settings, type Stage, stages } from './settings.ts';

interface WorkerStackProps {
  readonly data: DataCloud;
  /** Folder of the bundle. */
  readonly bundle: string;
}

/** The queues, and what reaches the routers: the network and the worker that router jobs feed. */
export class WorkerStack extends Stack {
  /** What a function may be given so far: what the data stack has, and the queues. */
  readonly cloud: WorkerCloud;
  readonly queues: Queues;

  constructor(scope: Construct, stage: Stage, { data, bundle }: WorkerStackProps) {
    super(scope, stackName(stage, 'worker'), { description: 'Pagos Hotspot: router jobs' });
    const settings: Settings = stages[stage];
    const network = new Network(this, 'Network', { stage, settings });
    const edge = new RouterEdge(this, 'Edge', { stage, reach: settings.reach, network });
    const jobs = new WorkQueue(this, 'RouterJobs', routerJobsQueue);
    const hints = new WorkQueue(this, 'GatewayHints', gatewayHintsQueue);
    this.queues = { 'router-jobs': jobs, 'gateway-hints': hints };
    this.cloud = {
      ...data,
      ...edge.provided,
      JOBS_QUEUE_URL: jobs.provided,
      HINTS_QUEUE_URL: hints.provided,
    };
    const surroundings = { stage, settings, code: bundledCode(bundle), cloud: this.cloud };
    for (const worker of allWorkers.filter(({ trigger }) => 'queue' in trigger && trigger.queue === 'router-jobs'))
      new QueueWorker(this, worker.id, {
        ...surroundings,
        worker,
        queue: jobs.provided,
        batchSize: routerJobsQueue.batchSize,
        // Bounds the connections to routers.
        maximumConcurrency: settings.workerConcurrency,
        network,
      });
  }
}
