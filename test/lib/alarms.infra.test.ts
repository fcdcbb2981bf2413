import { describe, expect, it } from 'vitest';
import { alarmTable } from '#lib/constructs/alarm-table.ts';
import { functionName } from '#lib/constructs/naming.ts';
import { metricLine, metricUnits } from '#shared/platform/metrics.ts';
import { tableShape } from '#shared/store/table.ts';
import { allWorkers } from '#shared/workers.ts';
import { Synthesised } from './synthesised.ts';

const stack = new Synthesised('prod');
const parts = ['worker', 'api'] as const;
const all = (type: string) =>
  parts.flatMap((part) => stack.resources(part, type).map(({ id, Properties }) => ({ part, id, Properties })));
const alarms = stack.resources('api', 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
const LINES = { Namespace: 'Pagos/prod', MetricName: 'lines-to-see' };
/** Metrics of ours that an alarm reads. */
const alarmed: ReadonlySet<string> = new Set(alarmTable.flatMap(({ source }) => ('ours' in source ? source.ours : [])));
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

  it('about the API reads its own, less what the contract has for the failures of others', () => {
    const metrics = JSON.stringify(named('api-failing')?.['Metrics']);
    expect(metrics).toContain(stack.resources('api', 'AWS::ApiGatewayV2::Api')[0]?.id.replace('api/', ''));
    expect(metrics).toContain('(failed - FILL(declared, 0)) / calls');
    expect(metrics).toContain('"MetricName":"declared-failures","Namespace":"Pagos/prod"');
  });

  it('looks back over as much as CloudWatch takes', () => {
    for (const { AlarmName, Period = 300, EvaluationPeriods } of alarms) {
      const hours = (Number(Period) * Number(EvaluationPeriods)) / 3600;
      expect([AlarmName, hours <= 24, Number(Period) % 60]).toEqual([AlarmName, true, 0]);
    }
  });

  it('looks over two looks where what it reads is looked at once an hour', () => {
    for (const id of ['doubt-open', 'refund-open']) expect([id, named(id)?.['Period']]).toEqual([id, 7200]);
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

describe('the one dashboard', () => {
  const dashboards = stack.resources('api', 'AWS::CloudWatch::Dashboard');
  const body = JSON.stringify(dashboards[0]?.Properties['DashboardBody']).replaceAll('\\"', '"');

  it('shows each alarm with what it reads', () => {
    expect(dashboards).toHaveLength(1);
    for (const { id } of stack.resources('api', 'AWS::CloudWatch::Alarm'))
      // Among those that ring or not, and as a graph with its threshold.
      expect([id, body.split(`"${id.replace('api/', '')}"`).length - 1]).toEqual([id, 2]);
  });

  it('shows everything that functions measure', () => {
    for (const name of Object.keys(metricUnits).filter((each) => !alarmed.has(each)))
      expect(body).toContain(`"${name}"`);
  });

  it('shows how long messages wait in each queue, and the throttles of the table and of each index', () => {
    expect(body.split('ApproximateAgeOfOldestMessage').length - 1).toBe(2);
    for (const throttles of ['ReadThrottleEvents', 'WriteThrottleEvents'])
      for (const what of ['table', ...tableShape.indexes.map(({ name }) => name)])
        expect(body).toContain(`"label":"${what} ${throttles}"`);
  });
});
