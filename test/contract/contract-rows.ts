import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readShape, type Shape } from './shape.ts';

/** A line of the contract's endpoint table, and the answers that its text shows. */
export interface ContractRow {
  readonly number: number;
  readonly method: string;
  /** Parameters as `{}`: their names are nobody's business. */
  readonly path: string;
  readonly shapes: readonly Shape[];
}

const CONTRACT = fileURLToPath(new URL('../../../shared/contract.md', import.meta.url));

/** @returns undefined where the contract is not beside the project */
export function readContract(): readonly ContractRow[] | undefined {
  if (!existsSync(CONTRACT)) return undefined;
  const text = readFileSync(CONTRACT, 'utf8');
  const shapes = shapesByRow(text);
  return text.split('\n').flatMap((line) => {
    const [, number, method = '', paths = ''] = /^\| (\d+) \| ([A-Z]+) \| (.*?) \| /.exec(line) ?? [];
    if (number === undefined) return [];
    return [...paths.matchAll(/`([^`]+)`/g)].map(([, path = '']) => ({
      number: Number(number),
      method,
      path: anonymous(path),
      shapes: shapes.get(Number(number)) ?? [],
    }));
  });
}

/** `/a/{x}` and `/a/{y}` are one path. */
export const anonymous = (path: string): string => path.replace(/\{[^}]*\}/g, '{}');

/** Rows that are not told in a paragraph of their own, and the beginning of the section that tells of them. */
const sections: Readonly<Record<number, string>> = {
  1: '## 2.',
  2: '## 2.',
  12: '### 7.2',
  13: '### 7.2',
  32: '### 6.6',
  33: '### 6.6',
  34: '### 6.6',
  35: '### 6.6',
  36: '### 6.6',
  56: '### 8.1',
};

/** What is shown in the paragraph that begins with `**#27 ...**`, in the one of several rows for each of them. */
function shapesByRow(text: string): ReadonlyMap<number, readonly Shape[]> {
  const found = new Map<number, readonly Shape[]>();
  const beginnings = [...text.matchAll(/\*\*((?:#\d+(?: \/ )?)+)/g)];
  beginnings.forEach((beginning, index) => {
    const end = beginnings[index + 1]?.index ?? text.length;
    const [paragraph = ''] = text.slice(beginning.index, end).split(/\n#{2,3} /);
    const shapes = shapesIn(paragraph);
    for (const [, number] of beginning[0].matchAll(/#(\d+)/g)) found.set(Number(number), shapes);
  });
  for (const [number, heading] of Object.entries(sections)) {
    const [, section = ''] = text.split(`\n${heading}`);
    found.set(Number(number), shapesIn(section.split(/\n#{2,3} /)[0] ?? ''));
  }
  return found;
}

const shapesIn = (paragraph: string): readonly Shape[] =>
  [...paragraph.matchAll(/(?:`|```json\n)(?:2\d\d )?[[{]/g)].flatMap(({ index, 0: start }) => {
    const read = readShape(paragraph, index + start.length - 1);
    return read ? [read.shape] : [];
  });
