import type { App } from 'aws-cdk-lib';
import { ApiStack } from './api-stack.ts';
import { DataStack } from './data-stack.ts';
import type { Stage } from './settings.ts';
import { WorkerStack } from './worker-stack.ts';

export interface Deployment {
  readonly data: DataStack;
  readonly worker: WorkerStack;
  readonly api: ApiStack;
}

/**
 * The three stacks of one stage, each standing on the one before it. No account and no region is written in them.
 *
 * @param bundle folder that `npm run build` made
 */
export function defineDeployment(app: App, stage: Stage, bundle: string): Deployment {
  const data = new DataStack(app, stage);
  const worker = new WorkerStack(app, stage, { data: data.provided, bundle });
  const api = new ApiStack(app, stage, { cloud: worker.cloud, queues: worker.queues, bundle });
  return { data, worker, api };
}
