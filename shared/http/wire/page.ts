/**
 * Lists that the contract has as one array, in parts (contract W49, additive): whoever sends `limit` or `cursor` gets an
 * array of at most `limit`, and in a header where to go on. Whoever sends neither gets everything.
 */
import type { Page } from '../../store/page.ts';
import { optionalInteger, optionalText } from './fields.ts';

const MAX = 200;

export const pageQuery = {
  limit: optionalInteger(undefined, { min: 1, max: MAX }),
  /** What the header said. */
  cursor: optionalText({ max: 200 }),
};

export interface AskedPage {
  /** Where the page before ended, or ''. */
  readonly after: string;
  readonly limit: number;
}

/** @returns undefined when everything is asked for */
export function askedPage(query: {
  readonly limit: number | undefined;
  readonly cursor: string | null;
}): AskedPage | undefined {
  const { limit, cursor } = query;
  if (limit === undefined && !cursor) return undefined;
  return { after: Buffer.from(cursor ?? '', 'base64url').toString(), limit: limit ?? MAX };
}

/** Says where the next page begins; nothing at the end of the list. */
export const nextHeaders = ({ next }: Page<unknown>): Readonly<Record<string, string>> =>
  next === undefined ? {} : { 'x-siguiente': Buffer.from(next).toString('base64url') };
