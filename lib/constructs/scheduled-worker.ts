import { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { Worker } from '#shared/workers.ts';
import { bundledFunction, type Surroundings } from './bundled-function.ts';
import { logGroup } from './log-groups.ts';
import { Roles } from './roles.ts';

interface ScheduledWorkerProps extends Surroundings {
  readonly worker: Worker;
  readonly everyMinutes: number;
}

/** A worker that the clock starts. A run that fails is not repeated: the next one finds the same work on the due index. */
export class ScheduledWorker extends Construct {
  constructor(scope: Construct, id: string, { worker, everyMinutes, ...surroundings }: ScheduledWorkerProps) {
    super(scope, id);
    const logs = logGroup(this, worker.id, surroundings);
    const handler = bundledFunction(this, 'Function', {
      ...surroundings,
      entry: worker.id,
      needs: worker.needs,
      timeoutSeconds: worker.timeoutSeconds,
      memoryMb: worker.memoryMb,
      role: new Roles(this, 'Roles', surroundings.cloud).for(worker.needs, logs),
      logGroup: logs,
    });
    handler.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    new Schedule(this, 'Clock', {
      schedule: ScheduleExpression.rate(Duration.minutes(everyMinutes)),
      target: new LambdaInvoke(handler, {
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
        role: new Role(this, 'Starter', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') }),
      }),
    });
  }
}
