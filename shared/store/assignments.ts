import type { Attributes } from './table.ts';

/** The `SET` clauses of an update, and what their placeholders stand for. */
export interface Assignments {
  readonly clauses: string;
  readonly values: Attributes;
}

/**
 * A partial update: what is undefined stays as it is, null is written.
 *
 * @param changes attribute -> value; `telegram.chatId` reaches into a map
 * @returns undefined when nothing is to be written
 */
export function assignments(changes: Attributes): Assignments | undefined {
  const wanted = Object.entries(changes).filter(([, value]) => value !== undefined);
  if (wanted.length === 0) return undefined;
  const place = (path: string) =>
    path
      .split('.')
      .map((step) => `#${step}`)
      .join('.');
  return {
    clauses: wanted.map(([path], index) => `${place(path)} = :set${index}`).join(', '),
    values: Object.fromEntries(wanted.map(([, value], index) => [`:set${index}`, value])),
  };
}
