import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Stage } from '../settings.ts';
import { linesToSee } from './log-groups.ts';

interface AlarmsProps {
  readonly stage: Stage;
  /** Where messages are put aside. */
  readonly dead: readonly IQueue[];
}

/**
 * What a person has to be told of (contract W56). Whom is not the deployment's business: people subscribe to the topic,
 * whose ARN is an output of the stack.
 */
export class Alarms extends Construct {
  readonly topicArn: string;

  constructor(scope: Construct, id: string, { stage, dead }: AlarmsProps) {
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
    const alarm = (name: string, metric: IMetric, alarmDescription: string) =>
      new Alarm(this, name, {
        metric,
        alarmDescription,
        threshold: 1,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }).addAlarmAction(ring);
    alarm(
      'LinesToSee',
      linesToSee(stage).with({ period: Duration.minutes(5), statistic: 'Sum' }),
      `A function wrote a line with a field "alarm", or of level ERROR. Look for it in the log groups /pagos/${stage}/*.`,
    );
    dead.forEach((queue, index) =>
      alarm(
        `PutAside${index}`,
        queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
        'A message crashed its worker again and again and was put aside. What it was about stays due; look why it crashed.',
      ),
    );
    this.topicArn = topic.topicArn;
  }
}
