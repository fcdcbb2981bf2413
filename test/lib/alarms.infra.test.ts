import { describe, expect, it } from 'vitest';
import { Synthesised } from './synthesised.ts';

const stack = new Synthesised('prod');
const parts = ['worker', 'api'] as const;
const all = (type: string) =>
  parts.flatMap((part) => stack.resources(part, type).map(({ id, Properties }) => ({ part, id, Properties })));
const alarms = stack.resources('api', 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
const LINES = { Namespace: 'Pagos', MetricName: 'lines-to-see-prod' };

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

describe('every alarm', () => {
  const topics = stack.resources('api', 'AWS::SNS::Topic');

  it('is told by the one topic that people subscribe to', () => {
    expect(topics).toHaveLength(1);
    expect(alarms).toHaveLength(3);
    for (const { AlarmActions } of alarms) expect(AlarmActions).toEqual([{ Ref: topics[0]?.id.replace('api/', '') }]);
    expect(stack.templates.api.Outputs['AlarmTopic']?.Value).toEqual({ Ref: topics[0]?.id.replace('api/', '') });
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
