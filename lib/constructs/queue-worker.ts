import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { routerJobsQueue, type Worker } from '#shared/workers.ts';
import { bundledFunction, type Surroundings } from './bundled-function.ts';
import { logGroup } from './log-groups.ts';
import type { Network } from './network.ts';
import { consumeQueue, Roles, standInNetwork } from './roles.ts';

interface QueueWorkerProps extends Surroundings {
  readonly worker: Worker;
  readonly network: Network;
}

/** A worker that the queue of router jobs feeds, standing in the network that reaches the routers. */
export class QueueWorker extends Construct {
  constructor(scope: Construct, id: string, { worker, network, ...surroundings }: QueueWorkerProps) {
    super(scope, id);
    const { arn } = surroundings.cloud.JOBS_QUEUE_URL;
    const logs = logGroup(this, worker.id, surroundings);
    const role = new Roles(this, 'Roles', surroundings.cloud).for(worker.needs, logs, [
      consumeQueue(arn),
      standInNetwork(),
    ]);
    const handler = bundledFunction(this, 'Function', {
      ...surroundings,
      entry: worker.id,
      needs: worker.needs,
      timeoutSeconds: worker.timeoutSeconds,
      memoryMb: worker.memoryMb,
      role,
      logGroup: logs,
      network: { vpc: network.vpc, subnets: network.workerSubnets, group: network.workerGroup },
    });
    new CfnEventSourceMapping(this, 'Jobs', {
      functionName: handler.functionArn,
      eventSourceArn: arn,
      batchSize: routerJobsQueue.batchSize,
      // Bounds the connections to routers. Reserved concurrency would bound them too, but by throttling messages until
      // they are dead.
      scalingConfig: { maximumConcurrency: surroundings.settings.workerConcurrency },
    });
  }
}
