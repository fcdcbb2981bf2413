import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  AlarmWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { MetricName } from '#shared/platform/metrics.ts';
import { tableShape } from '#shared/store/table.ts';
import { allWorkers } from '#shared/workers.ts';
import { type Alarms, ofApi, ofOurs, type Watched } from './alarms.ts';
import { functionName } from './naming.ts';

interface DashboardProps extends Watched {
  readonly alarms: Alarms;
  readonly tableName: string;
}

const QUARTER = 6;
const HALF = 12;
const WHOLE = 24;
const period = Duration.minutes(5);

/** One page for whoever was woken: which alarm rings, what it reads, and how the system does otherwise. */
export class Overview extends Construct {
  constructor(scope: Construct, id: string, { alarms, tableName, ...watched }: DashboardProps) {
    super(scope, id);
    const { stage, apiId, queues } = watched;
    const ours = (metricName: MetricName, statistic: string, every = period) =>
      ofOurs(stage, metricName, every, statistic);
    const ofWorkers = (metricName: string, statistic: string) =>
      allWorkers.map(
        (worker) =>
          new Metric({
            namespace: 'AWS/Lambda',
            metricName,
            dimensionsMap: { FunctionName: functionName(stage, worker.id) },
            statistic,
            period,
            label: worker.id,
          }),
      );
    // An index is throttled apart from its table, and `due` is one partition.
    const throttled = ['ReadThrottleEvents', 'WriteThrottleEvents'].flatMap((metricName) =>
      [undefined, ...tableShape.indexes.map(({ name }) => name)].map(
        (index) =>
          new Metric({
            namespace: 'AWS/DynamoDB',
            metricName,
            dimensionsMap: { TableName: tableName, ...(index && { GlobalSecondaryIndexName: index }) },
            statistic: 'Sum',
            period,
            label: `${index ?? 'table'} ${metricName}`,
          }),
      ),
    );
    const graph = (title: string, left: IMetric[], right: IMetric[] = []) =>
      new GraphWidget({ title, left, right, width: HALF });
    new Dashboard(this, 'Dashboard', {
      dashboardName: `pagos-${stage}`,
      widgets: [
        [
          new TextWidget({
            markdown: `# Pagos Hotspot, ${stage}\nWhat each alarm means, and what to do: the README's "Runbook".`,
            width: WHOLE,
            height: 2,
          }),
        ],
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms.made], width: WHOLE, height: 4 })],
        [
          graph('Sales a minute', [ours('sales', 'Sum', Duration.minutes(1))]),
          graph('Paid to delivered, seconds', [
            ours('delivery', 'p50').with({ label: 'p50' }),
            ours('delivery', 'p95').with({ label: 'p95' }),
          ]),
        ],
        [
          graph(
            'Calls and failures of the API',
            [ofApi(apiId, 'Count', period)],
            [ofApi(apiId, '5xx', period), ours('declared-failures', 'Sum')],
          ),
          graph('Answers of the API, ms', [
            ofApi(apiId, 'Latency', period, 'p50'),
            ofApi(apiId, 'Latency', period, 'p95'),
          ]),
        ],
        [
          graph('Workers: runs', ofWorkers('Invocations', 'Sum'), ofWorkers('Errors', 'Sum')),
          graph('Workers: time, ms', ofWorkers('Duration', 'p95')),
        ],
        [
          graph('Owed: age of the oldest, seconds', [
            ours('undelivered', 'Maximum'),
            ours('doubt', 'Maximum'),
            ours('refund-open', 'Maximum'),
            ours('not-removed', 'Maximum'),
            ours('due-lag', 'Maximum'),
            ours('untold', 'Maximum'),
          ]),
          graph('Refunds refused, a day', [ours('refunds-failed', 'Sum', Duration.days(1))]),
        ],
        [
          graph('Routers down', [ours('routers-down', 'Maximum'), ours('routers-lost', 'Maximum')]),
          graph(
            'Queues: age of the oldest message, seconds',
            Object.entries(queues).map(([label, { work }]) =>
              work.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum', label }),
            ),
          ),
        ],
        [graph('Table: throttled requests', throttled)],
        alarms.made.map((alarm) => new AlarmWidget({ title: alarm.node.id, alarm, width: QUARTER })),
      ],
    });
  }
}
