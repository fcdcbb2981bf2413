import { describe, expect, it } from 'vitest';
import { alarmTable } from '#lib/constructs/alarm-table.ts';
import { functionName } from '#lib/constructs/naming.ts';
import { metricLine } from '#shared/platform/metrics.ts';
import { allWorkers } from '#shared/workers.ts';
import { Synthesised } from './synthesised.ts';

const stack = new Synthesised('prod');
const parts = ['worker', 'api'] as const;
const all = (type: string) =>
  parts.flatMap((part) => stack.resources(part, type).map(({ id, Properties }) => ({ part, id, Properties })));
const alarms = stack.resources('api', 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
const LINES = { Namespace: 'Pagos/prod', MetricName: 'lines-to-see' };
const named = (id: string) => alarms.find(({ AlarmName }) => AlarmName === `pagos-prod-${id}`);

describe('a line that a person has to see', () => {
  it('is counted in every group that a function writes to', () => {
    const groups = all('AWS::Logs::LogGroup').filter(
      ({ Properties }) => !String(Properties['LogGroupName']).startsWith('/aws/vendedlogs/'),
    );
    const filters = all('AWS::Logs::MetricFilter');
    expect(groups.length).toBeGreaterThan(5);
    expect(filters.map(({ part, Properties }) => stack.resolve(part, Properties['LogGroupName'])).toSorted()).toEqual(
      groups.map(({ id }) => id).toSorted(),
    );
    for (const { Properties } of filters)
      expect(Properties).toMatchObject({
        // As `platform/logger.ts` writes them.
        FilterPattern: '{ ($.alarm = "*") || ($.level = "ERROR") }',
        MetricTransformations: [{ MetricNamespace: LINES.Namespace, MetricName: LINES.MetricName, MetricValue: '1' }],
      });
  });

  it('rings an alarm, and quiet does not', () => {
    expect(alarms).toContainEqual(
      expect.objectContaining({
        ...LINES,
        Statistic: 'Sum',
        Period: 300,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        EvaluationPeriods: 1,
        TreatMissingData: 'notBreaching',
      }),
    );
  });
});

describe('a message that was put aside', () => {
  it('rings an alarm, from whichever queue', () => {
    const dead = stack
      .resources('worker', 'AWS::SQS::Queue')
      .filter(({ Properties }) => !('RedrivePolicy' in Properties));
    const watched = alarms.filter(({ MetricName }) => MetricName === 'ApproximateNumberOfMessagesVisible');
    expect(dead).toHaveLength(2);
    expect(watched.map(({ Dimensions }) => JSON.stringify(Dimensions))).toHaveLength(2);
    for (const { id } of dead) expect(JSON.stringify(watched)).toContain(id.replace('worker/', ''));
  });
});

describe('what functions measure', () => {
  it.each(alarmTable.flatMap(({ id, source }) => ('ours' in source ? [[id, source] as const] : [])))(
    'rings %s',
    (id, { ours, statistic }) => {
      expect(named(id)).toMatchObject({ Namespace: 'Pagos/prod', MetricName: ours, Statistic: statistic });
    },
  );

  it('is written under the names that alarms read, by functions that know their stage', () => {
    for (const { environment } of stack.functions) expect(environment['STAGE']).toBe('prod');
    const { _aws } = metricLine('prod', { 'due-lag': 1 }, 0);
    expect(_aws).toMatchObject({ CloudWatchMetrics: [{ Namespace: 'Pagos/prod', Metrics: [{ Name: 'due-lag' }] }] });
  });

  it('rings when the sweep does not measure at all', () => {
    expect(named('sweep-silent')).toMatchObject({
      TreatMissingData: 'breaching',
      ComparisonOperator: 'LessThanThreshold',
    });
  });
});

describe('every alarm', () => {
  const topics = stack.resources('api', 'AWS::SNS::Topic');

  it('is told by the one topic that people subscribe to', () => {
    expect(topics).toHaveLength(1);
    expect(alarms).toHaveLength(alarmTable.length);
    for (const { AlarmActions } of alarms) expect(AlarmActions).toEqual([{ Ref: topics[0]?.id.replace('api/', '') }]);
    expect(stack.templates.api.Outputs['AlarmTopic']?.Value).toEqual({ Ref: topics[0]?.id.replace('api/', '') });
  });

  it('says what it means, what to look at, and where the runbook goes on', () => {
    for (const { id, sentence } of alarmTable) {
      expect([id, sentence.split(' ').length > 12]).toEqual([id, true]);
      expect(named(id)?.['AlarmDescription']).toBe(`${sentence} README, "Runbook": ${id}.`);
      // CloudWatch takes no longer one.
      expect(String(named(id)?.['AlarmDescription']).length).toBeLessThan(1024);
    }
  });

  it('about a worker reads the errors of a function that there is', () => {
    const errors = alarms.filter(({ MetricName }) => MetricName === 'Errors');
    const watched = errors.map(({ Dimensions }) => JSON.stringify(Dimensions));
    expect(watched).toHaveLength(allWorkers.length);
    for (const { id } of allWorkers) expect(watched.join()).toContain(functionName('prod', id));
  });

  it('about the API reads its own', () => {
    expect(JSON.stringify(named('api-failing')?.['Metrics'])).toContain(
      stack.resources('api', 'AWS::ApiGatewayV2::Api')[0]?.id.replace('api/', ''),
    );
  });

  it('stands on the one dashboard', () => {
    const dashboards = stack.resources('api', 'AWS::CloudWatch::Dashboard');
    expect(dashboards).toHaveLength(1);
    const body = JSON.stringify(dashboards[0]?.Properties['DashboardBody']);
    for (const { id } of stack.resources('api', 'AWS::CloudWatch::Alarm'))
      expect(body).toContain(id.replace('api/', ''));
  });

  it('may publish there, and nobody without TLS', () => {
    const [policy] = stack.resources('api', 'AWS::SNS::TopicPolicy');
    expect(policy?.Properties['PolicyDocument']).toMatchObject({
      Statement: expect.arrayContaining([
        expect.objectContaining({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]),
    });
  });
});
