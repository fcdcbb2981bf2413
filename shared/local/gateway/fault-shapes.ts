import * as z from 'zod';
import { spoilDescriptions, spoilKinds } from './spoil.ts';

const ms = z.int().nonnegative();

/**
 * How faults of a gateway are asked for: which requests they spoil, how many and when, and those that every gateway has.
 *
 * @param routes all there are
 */
export function faultShapes<const Route extends string>(routes: readonly Route[]) {
  const target = {
    route: z.enum(routes),
    /** How many requests it spoils; until cleared if absent. */
    times: z.int().positive().optional(),
  };
  /** Before: nothing was stored. After: everything was, and only the answer suffers. */
  const either = { ...target, when: z.enum(['before', 'after']) };
  /** A refusal promises that nothing happened: after the effect it would be a lie no client could defend against. */
  const before = { ...target, when: z.literal('before').default('before') };
  const after = { ...target, when: z.literal('after').default('after') };
  const common = [
    z.strictObject({ ...either, kind: z.literal('server-error') }),
    z.strictObject({
      ...before,
      kind: z.literal('too-many-requests'),
      retryAfterSeconds: z.int().positive().optional(),
    }),
    z.strictObject({ ...before, kind: z.literal('wrong-key') }),
    z.strictObject({ ...before, kind: z.literal('not-found') }),
    z.strictObject({ ...either, ...spoilKinds.timeout }),
    z.strictObject({ ...either, ...spoilKinds.reset }),
    z.strictObject({ ...either, ...spoilKinds.delay }),
    z.strictObject({ ...either, ...spoilKinds.cutBody }),
    z.strictObject({ ...after, ...spoilKinds.slowBody }),
    z.strictObject({ ...either, ...spoilKinds.htmlBody }),
    z.strictObject({ ...either, ...spoilKinds.emptyJson }),
    z.strictObject({ ...after, ...spoilKinds.altered }),
    z.strictObject({
      ...before,
      kind: z.literal('late'),
      ms: ms.optional(),
      answer: z.enum(['reset', 'server-error']).default('reset'),
    }),
  ] as const;
  return { either, before, common };
}

/** What changed less than so long ago is not found. */
export const searchLag = { kind: z.literal('search-lag'), ms } as const;

/** Of the kinds whose words are the same at every gateway. */
export const commonDescriptions = {
  ...spoilDescriptions,
  late:
    'Resets the connection (or answer: server-error) at once; the effect comes after ms, or when released. ' +
    'Nothing stops it in between, not even a cancel. Only before.',
} as const;
