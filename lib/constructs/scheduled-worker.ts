import { Duration } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Worker } from '#shared/workers.ts';
import { acknowledge } from './acknowledge.ts';
import { bundledFunction, type Surroundings } from './bundled-function.ts';
import { allow } from './grants.ts';
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
    acknowledge(this, {
      'Serverless-LambdaAsyncFailureDestination':
        'Nothing is in the event: the next run finds the same work on the due index. A run that fails rings an alarm.',
    });
    const starter = new Role(this, 'Starter', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
      inlinePolicies: {
        start: new PolicyDocument({ statements: [allow(['lambda:InvokeFunction'], [handler.functionArn])] }),
      },
    });
    // CDK's own target would be allowed to start every version of the function as well.
    new CfnSchedule(this, 'Clock', {
      scheduleExpression: `rate(${everyMinutes} ${everyMinutes === 1 ? 'minute' : 'minutes'})`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: handler.functionArn,
        roleArn: starter.roleArn,
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      },
    });
  }
}
