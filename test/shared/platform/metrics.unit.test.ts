import { describe, expect, it } from 'vitest';
import { Logger } from '#shared/platform/logger.ts';
import { metricLine } from '#shared/platform/metrics.ts';

const AT = Date.UTC(2026, 11, 1);

describe('a metric', () => {
  it('is a line that CloudWatch reads, without dimensions, with its unit', () => {
    expect(metricLine('prod', { sales: 1, delivery: 1.5 }, AT)).toEqual({
      _aws: {
        Timestamp: AT,
        CloudWatchMetrics: [
          {
            Namespace: 'Pagos/prod',
            Dimensions: [[]],
            Metrics: [
              { Name: 'sales', Unit: 'Count' },
              { Name: 'delivery', Unit: 'Seconds' },
            ],
          },
        ],
      },
      sales: 1,
      delivery: 1.5,
    });
  });

  it('is written at every level but silence, beside the fields of its request', () => {
    const lines: string[] = [];
    const logger = (level: 'ERROR' | 'SILENT') =>
      new Logger({ now: () => AT }, level, (line) => lines.push(line), {}, 'dev').with({ correlationId: 'one' });
    logger('ERROR').measure({ sales: 1 });
    logger('SILENT').measure({ sales: 1 });
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { correlationId: 'one', sales: 1, _aws: { CloudWatchMetrics: [{ Namespace: 'Pagos/dev' }] } },
    ]);
  });
});
