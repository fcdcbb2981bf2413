import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { alarmTable } from '#lib/constructs/alarm-table.ts';
import { PROJECT } from '#lib/entries.ts';
import { metricUnits } from '#shared/platform/metrics.ts';

const [, runbook = ''] = readFileSync(join(PROJECT, 'README.md'), 'utf8').split('## Runbook\n');
const [section = ''] = runbook.split('\n## ');
const rows = [...section.matchAll(/^\| `([a-z-]+)` +\| (.+?) +\| (.+?) +\|$/gm)];

it('the runbook has a row for each alarm, in their order, that says what to look at and what to do', () => {
  expect(rows.map(([, id]) => id)).toEqual(alarmTable.map(({ id }) => id));
  for (const [, id, look = '', act = ''] of rows)
    expect([id, look.length > 20, act.length > 20]).toEqual([id, true, true]);
});

it('the runbook counts what is paid for: metrics, that of the lines to see among them, and alarms', () => {
  const figures =
    /write (\d+) metrics [^]*? that is (\d+) x 0\.30 USD a month, (\d+) alarms ([\d.]+)/.exec(section) ?? [];
  const [metrics, alarms] = [Object.keys(metricUnits).length, alarmTable.length];
  // Billed by what they read: that of the API reads three metrics.
  expect(figures.slice(1).map(Number)).toEqual([metrics, metrics + 1, alarms, (alarms + 2) / 10]);
});
