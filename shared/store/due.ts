import { DUE_PARTITION, type Attributes } from './table.ts';

/** The sparse `due` index holds an item only while something is owed: both attributes, or neither. */
export function dueAttributes(dueAt: number | null): Attributes {
  return dueAt === null ? { dueAt: undefined } : { duePk: DUE_PARTITION, dueAt };
}
