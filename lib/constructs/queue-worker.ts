import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Worker } from '#shared/workers.ts';
import { acknowledge } from './acknowledge.ts';
import { bundledFunction, type Surroundings } from './bundled-function.ts';
import type { Provided } from './grants.ts';
import { logGroup } from './log-groups.ts';
import type { Network } from './network.ts';
import { consumeQueue, Roles, standInNetwork } from './roles.ts';

interface QueueWorkerProps extends Surroundings {
  readonly worker: Worker;
  readonly queue: Provided;
  readonly batchSize: number;
  /** How many run at once. Reserved concurrency would bound them too, but by throttling messages until they are dead. */
  readonly maximumConcurrency: number;
  /** The network it stands in; none for one that needs only the internet. */
  readonly network?: Network;
}

/** A worker that a queue feeds. */
export class QueueWorker extends Construct {
  constructor(scope: Construct, id: string, props: QueueWorkerProps) {
    super(scope, id);
    const { worker, queue, batchSize, maximumConcurrency, network, ...surroundings } = props;
    const logs = logGroup(this, worker.id, surroundings);
    const role = new Roles(this, 'Roles', surroundings.cloud).for(worker.needs, logs, [
      consumeQueue(queue.arn),
      ...(network ? [standInNetwork()] : []),
    ]);
    if (network)
      acknowledge(role, {
        'AwsSolutions-IAM5[Resource::*]':
          'Network interfaces of a function in a VPC: AWS takes no narrower resource for the actions that make and remove them.',
        'Serverless-LambdaStarPermissions': 'The same: the one star is the resource of those actions.',
      });
    const handler = bundledFunction(this, 'Function', {
      ...surroundings,
      entry: worker.id,
      needs: worker.needs,
      timeoutSeconds: worker.timeoutSeconds,
      memoryMb: worker.memoryMb,
      role,
      logGroup: logs,
      ...(network && { network: { vpc: network.vpc, subnets: network.workerSubnets, group: network.workerGroup } }),
    });
    const source = new CfnEventSourceMapping(this, 'Source', {
      functionName: handler.functionArn,
      eventSourceArn: queue.arn,
      batchSize,
      scalingConfig: { maximumConcurrency },
    });
    acknowledge(source, {
      'Serverless-LambdaEventSourceMappingDestination':
        'Lambda takes none for a queue: what crashes its worker again and again goes to the dead-letter queue.',
    });
  }
}
