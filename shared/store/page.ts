/** A part of a list, and where the next one begins. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Place of the last one read; undefined when nothing follows. */
  readonly next: string | undefined;
}

/** @param found one more than `limit` where there are more */
export function pageOf<T>(found: readonly T[], limit: number, placeOf: (item: T) => string): Page<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last !== undefined && found.length > limit ? placeOf(last) : undefined };
}
