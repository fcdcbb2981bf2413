import { parseDuration } from './durations.ts';

/** A row as the API shows it: everything is text, absent properties are missing. */
export type Properties = Readonly<Record<string, string>>;

/**
 * Whether a row passes the query words (given without their `?`): a boolean stack, and no false left on it at the end, so
 * that plain words are ANDed (routeros.md 1.5).
 */
export function matches(row: Properties, queries: readonly string[]): boolean {
  const stack: boolean[] = [];
  for (const query of queries) {
    if (query.startsWith('#')) operate(stack, query.slice(1));
    else stack.push(test(row, query));
  }
  return !stack.includes(false);
}

/** The value of a `name=value` query, when the words are plain ones: it lets the caller look rows up instead of walking them. */
export function wantedValue(queries: readonly string[], property: string): string | undefined {
  if (queries.some((query) => query.startsWith('#'))) return undefined;
  return queries.map(equality).find((pair) => pair?.property === property)?.value;
}

function equality(query: string): { property: string; value: string } | undefined {
  const [, property, value] = /^=?([^=<>#-][^=]*)=(.*)$/s.exec(query) ?? [];
  return property === undefined || value === undefined ? undefined : { property, value };
}

function test(row: Properties, query: string): boolean {
  if (query.startsWith('-')) return row[query.slice(1)] === undefined;
  const [, operator, property, value] = /^([<>])=?([^=]+)=(.*)$/s.exec(query) ?? [];
  if (property !== undefined && value !== undefined) {
    const actual = row[property];
    if (actual === undefined) return false;
    return operator === '<' ? compare(actual, value) < 0 : compare(actual, value) > 0;
  }
  const equal = equality(query);
  return equal ? row[equal.property] === equal.value : row[query] !== undefined;
}

/** Numbers and durations by size, all else by text. */
function compare(left: string, right: string): number {
  const [a, b] = [parseDuration(left), parseDuration(right)];
  if (a !== undefined && b !== undefined) return a - b;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `|` or, `&` and, `!` not, `.` copies the top, digits copy the value at that index from the top. */
function operate(stack: boolean[], operations: string): void {
  for (const [operation] of operations.matchAll(/\d+|./g)) {
    if (operation === '!') stack.push(!(stack.pop() ?? true));
    else if (operation === '.') stack.push(stack.at(-1) ?? true);
    else if (operation === '|' || operation === '&') {
      const [right, left] = [stack.pop() ?? true, stack.pop() ?? true];
      stack.push(operation === '|' ? left || right : left && right);
    } else if (/^\d+$/.test(operation)) stack.push(stack.at(-1 - Number(operation)) ?? true);
  }
}
