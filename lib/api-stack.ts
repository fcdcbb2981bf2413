import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { routes } from '#shared/http/routes.ts';
import { allWorkers, gatewayHintsQueue } from '#shared/workers.ts';
import { Alarms, type Queues } from './constructs/alarms.ts';
import { bundledCode } from './constructs/bundled-function.ts';
import { Overview } from './constructs/dashboard.ts';
import { Endpoints } from './constructs/endpoints.ts';
import type { Cloud, WorkerCloud } from './constructs/grants.ts';
import { HttpApi } from './constructs/http-api.ts';
import { stackName } from './constructs/naming.ts';
import { QueueWorker } from './constructs/queue-worker.ts';
import { ScheduledWorker } from './constructs/scheduled-worker.ts';
import { type Stage, stages } from './settings.ts';

interface ApiStackProps {
  readonly cloud: WorkerCloud;
  readonly queues: Queues;
  /** Folder of the bundle. */
  readonly bundle: string;
}

/** What answers requests, what follows from them apart from routers, and what tells a person that something is wrong. */
export class ApiStack extends Stack {
  constructor(scope: Construct, stage: Stage, { cloud, queues, bundle }: ApiStackProps) {
    super(scope, stackName(stage, 'api'), { description: 'Pagos Hotspot: HTTP API and schedules' });
    const settings = stages[stage];
    const api = new HttpApi(this, 'Http', { stage, settings });
    const whole: Cloud = { ...cloud, OWN_URL: { value: api.url, arn: '' } };
    const surroundings = { stage, settings, code: bundledCode(bundle), cloud: whole };
    api.serve(routes, new Endpoints(this, 'Endpoints', { ...surroundings, rows: routes }));
    for (const worker of allWorkers) {
      const { trigger } = worker;
      if ('everyMinutes' in trigger)
        new ScheduledWorker(this, worker.id, { ...surroundings, worker, everyMinutes: trigger.everyMinutes });
      else if (trigger.queue === 'gateway-hints')
        new QueueWorker(this, worker.id, {
          ...surroundings,
          worker,
          queue: whole.HINTS_QUEUE_URL,
          batchSize: gatewayHintsQueue.batchSize,
          // Spares the gateways' rate limits.
          maximumConcurrency: settings.hintConcurrency,
        });
    }
    const watched = { stage, apiId: api.id, queues };
    const alarms = new Alarms(this, 'Alarms', watched);
    new Overview(this, 'Overview', { ...watched, alarms, tableName: cloud.TABLE_NAME.value });
    new CfnOutput(this, 'ApiUrl', { value: api.url });
    new CfnOutput(this, 'AlarmTopic', { value: alarms.topicArn });
  }
}
