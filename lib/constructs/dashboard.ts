import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type MetricName, metricNamespace } from '#shared/platform/metrics.ts';
import { allWorkers } from '#shared/workers.ts';
import { alarmTable } from './alarm-table.ts';
import { type Alarms, metricOf, ofApi, type Watched } from './alarms.ts';
import { functionName } from './naming.ts';

interface DashboardProps extends Watched {
  readonly alarms: Alarms;
  readonly tableName: string;
}

const HALF = 12;
const WHOLE = 24;
const period = Duration.minutes(5);

/** One page for whoever was woken: which alarm rings, what it reads, and how the system does otherwise. */
export class Overview extends Construct {
  constructor(scope: Construct, id: string, { alarms, tableName, ...watched }: DashboardProps) {
    super(scope, id);
    const { stage, apiId } = watched;
    const ours = (metricName: MetricName, statistic: string, label?: string) =>
      new Metric({ namespace: metricNamespace(stage), metricName, statistic, period, ...(label && { label }) });
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
          graph('Sales', [ours('sales', 'Sum')]),
          graph('Paid to delivered, seconds', [ours('delivery', 'p50', 'p50'), ours('delivery', 'p95', 'p95')]),
        ],
        [
          graph('Calls and failures of the API', [ofApi(apiId, 'Count', period)], [ofApi(apiId, '5xx', period)]),
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
            ours('not-removed', 'Maximum'),
            ours('due-lag', 'Maximum'),
          ]),
          graph('Routers down', [ours('routers-down', 'Maximum')]),
        ],
        [
          graph(
            'Table: throttled requests',
            ['ReadThrottleEvents', 'WriteThrottleEvents'].map(
              (metricName) =>
                new Metric({
                  namespace: 'AWS/DynamoDB',
                  metricName,
                  dimensionsMap: { TableName: tableName },
                  statistic: 'Sum',
                  period,
                }),
            ),
          ),
          graph(
            'Messages put aside',
            alarmTable.filter(({ source }) => 'deadLetters' in source).map((row) => metricOf(row, watched)),
          ),
        ],
      ],
    });
  }
}
