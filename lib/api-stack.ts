import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { routes } from '#shared/http/routes.ts';
import { allWorkers } from '#shared/workers.ts';
import { bundledCode } from './constructs/bundled-function.ts';
import { Endpoints } from './constructs/endpoints.ts';
import type { Cloud } from './constructs/grants.ts';
import { HttpApi } from './constructs/http-api.ts';
import { stackName } from './constructs/naming.ts';
import { ScheduledWorker } from './constructs/scheduled-worker.ts';
import { type Stage, stages } from './settings.ts';

interface ApiStackProps {
  readonly cloud: Cloud;
  /** Folder of the bundle. */
  readonly bundle: string;
}

/** What answers requests, and what the clock starts. */
export class ApiStack extends Stack {
  constructor(scope: Construct, stage: Stage, { cloud, bundle }: ApiStackProps) {
    super(scope, stackName(stage, 'api'), { description: 'Pagos Hotspot: HTTP API and schedules' });
    const settings = stages[stage];
    const surroundings = { stage, settings, code: bundledCode(bundle), cloud };
    const endpoints = new Endpoints(this, 'Endpoints', { ...surroundings, rows: routes });
    const api = new HttpApi(this, 'Http', { stage, settings, rows: routes, endpoints });
    for (const worker of allWorkers) {
      if ('everyMinutes' in worker.trigger)
        new ScheduledWorker(this, worker.id, { ...surroundings, worker, everyMinutes: worker.trigger.everyMinutes });
    }
    new CfnOutput(this, 'ApiUrl', { value: api.url });
  }
}
