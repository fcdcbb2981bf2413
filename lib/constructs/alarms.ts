import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type MetricName, metricNamespace } from '#shared/platform/metrics.ts';
import type { Stage } from '../settings.ts';
import { alarmTable, type AlarmRow, type Source } from './alarm-table.ts';
import { linesToSee } from './log-groups.ts';
import { functionName } from './naming.ts';

/** By name: each with where the messages are put aside that crash its worker. */
export type Queues = Readonly<
  Record<Extract<Source, { deadLetters: string }>['deadLetters'], { readonly work: IQueue; readonly dead: IQueue }>
>;

/** What alarms and the dashboard look at. */
export interface Watched {
  readonly stage: Stage;
  readonly apiId: string;
  readonly queues: Queues;
}

/** With fewer calls in a period one failure would be a large share. */
const ENOUGH_CALLS = 20;

/** What a person has to be told of (contract W56), from `alarm-table.ts`. Whom: who subscribes to the topic. */
export class Alarms extends Construct {
  readonly topicArn: string;
  readonly made: readonly Alarm[];

  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id);
    const topic = new Topic(this, 'Topic', { enforceSSL: true });
    // A topic with a policy of its own has no longer the one that lets alarms of the account in.
    topic.addToResourcePolicy(
      new PolicyStatement({
        actions: ['sns:Publish'],
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    const ring = new SnsAction(topic);
    this.made = alarmTable.map((row) => {
      const alarm = new Alarm(this, row.id, {
        alarmName: `pagos-${watched.stage}-${row.id}`,
        alarmDescription: `${row.sentence} README, "Runbook": ${row.id}.`,
        metric: metricOf(row, watched),
        threshold: row.at,
        comparisonOperator: row.below
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: row.periods ?? 1,
        treatMissingData: row.ringsWhenSilent ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(ring);
      return alarm;
    });
    this.topicArn = topic.topicArn;
  }
}

/** As the row's alarm reads it. */
export function metricOf({ source, periodMinutes }: AlarmRow, { stage, apiId, queues }: Watched): IMetric {
  const period = Duration.minutes(periodMinutes);
  if ('ours' in source) return ofOurs(stage, source.ours, period, source.statistic);
  if ('lines' in source) return linesToSee(stage).with({ period, statistic: 'Sum' });
  if ('deadLetters' in source)
    return queues[source.deadLetters].dead.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' });
  if ('errorsOf' in source)
    return new Metric({
      namespace: 'AWS/Lambda',
      metricName: 'Errors',
      dimensionsMap: { FunctionName: functionName(stage, source.errorsOf) },
      statistic: 'Sum',
      period,
    });
  return new MathExpression({
    expression: `IF(calls >= ${ENOUGH_CALLS}, 100 * (failed - FILL(declared, 0)) / calls, 0)`,
    usingMetrics: {
      calls: ofApi(apiId, 'Count', period),
      failed: ofApi(apiId, '5xx', period),
      declared: ofOurs(stage, 'declared-failures', period, 'Sum'),
    },
    label: 'undeclared 5xx of 100 calls',
    period,
  });
}

/** What functions of ours measure. */
export function ofOurs(stage: Stage, metricName: MetricName, period: Duration, statistic: string): Metric {
  return new Metric({ namespace: metricNamespace(stage), metricName, statistic, period });
}

/** API Gateway's own, of all routes together. */
export function ofApi(apiId: string, metricName: string, period: Duration, statistic = 'Sum'): Metric {
  return new Metric({ namespace: 'AWS/ApiGateway', metricName, dimensionsMap: { ApiId: apiId }, statistic, period });
}
