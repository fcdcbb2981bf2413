import type { Line } from './plan.ts';
import { tableNames } from './reference-file.ts';

/** What an import did, or would do, for the operator's terminal. Ids and reasons only. */
export function reportText(lines: readonly Line[], isDryRun: boolean): string {
  return tableNames
    .flatMap((table) =>
      sectionOf(
        lines.filter((line) => line.table === table),
        table,
        isDryRun,
      ),
    )
    .join('');
}

export const refusedOf = (lines: readonly Line[]): number =>
  lines.filter(({ verdict }) => verdict.kind === 'refused').length;

function sectionOf(lines: readonly Line[], table: string, isDryRun: boolean): string[] {
  const count = (kind: Line['verdict']['kind']) => lines.filter(({ verdict }) => verdict.kind === kind).length;
  const created = `${count('create')} ${isDryRun ? 'would be created' : 'created'}`;
  return [
    `${table}: ${created}, ${count('there')} already there, ${count('refused')} refused\n`,
    ...lines.flatMap(({ label, verdict, notes }) => [
      ...(verdict.kind === 'refused' ? [`  refused ${label}: ${verdict.reason}\n`] : []),
      ...notes.map((note) => `  note    ${label}: ${note}\n`),
    ]),
  ];
}
