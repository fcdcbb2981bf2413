import { RemovalPolicy } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { metricNamespace } from '#shared/platform/metrics.ts';
import type { Settings, Stage } from '../settings.ts';

interface LogProps {
  readonly stage: Stage;
  readonly settings: Settings;
}

/** Lines that a person has to see (`platform/logger.ts`), of all groups together. */
export const linesToSee = (stage: Stage): Metric =>
  new Metric({ namespace: metricNamespace(stage), metricName: 'lines-to-see' });

/** With its lines to see counted. @param subject who writes there: `portals`, `worker` ... */
export function logGroup(scope: Construct, subject: string, { stage, settings }: LogProps): LogGroup {
  const group = makeGroup(scope, subject, settings, `/pagos/${stage}/${subject}`);
  const { namespace, metricName } = linesToSee(stage);
  group.addMetricFilter('LinesToSee', {
    filterPattern: FilterPattern.any(
      FilterPattern.exists('$.alarm'),
      FilterPattern.stringValue('$.level', '=', 'ERROR'),
    ),
    metricNamespace: namespace,
    metricName,
  });
  return group;
}

/**
 * API Gateway writes there itself. Under this prefix AWS needs no new resource policy for each group, of which an account
 * has ten.
 */
export function accessLogGroup(scope: Construct, { stage, settings }: LogProps): LogGroup {
  return makeGroup(scope, 'access', settings, `/aws/vendedlogs/pagos/${stage}/access`);
}

/** The network writes there what it refused. */
export function flowLogGroup(scope: Construct, { stage, settings }: LogProps): LogGroup {
  return makeGroup(scope, 'refused', settings, `/aws/vendedlogs/pagos/${stage}/network-refused`);
}

function makeGroup(scope: Construct, id: string, settings: Settings, logGroupName: string): LogGroup {
  return new LogGroup(scope, `Logs-${id}`, {
    logGroupName,
    retention: settings.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
