import type * as z from 'zod';

/** One thing the control server can do. */
export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly what: string;
  /** @param id what stands in the path for `{id}`; empty where it has none */
  readonly run: (body: unknown, id: string) => unknown;
}

/** Why a call cannot be done, as a sentence for the caller. */
export class ControlRefusal extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

export const NO_FAULT = 'Not a fault listed by GET /faults';

/** @param otherwise what a body that does not fit is told to be */
export function read<T>(schema: z.ZodType<T>, body: unknown, otherwise: string): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  throw new ControlRefusal(400, `${otherwise}: ${problems.join('; ')}.`);
}

/**
 * Ends something that waits.
 *
 * @param Refused what the simulator throws when nothing there can end so
 * @param otherwise what the caller is told then
 */
export function settling(settle: () => void, Refused: abstract new (...args: never) => Error, otherwise: string): void {
  try {
    settle();
  } catch (error) {
    throw error instanceof Refused ? new ControlRefusal(404, otherwise) : error;
  }
}
