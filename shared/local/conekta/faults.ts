import * as z from 'zod';

export const conektaRoutes = [
  'create-order',
  'create-charge',
  'get-order',
  'search-orders',
  'cancel-order',
  'refund',
] as const;
export type ConektaRoute = (typeof conektaRoutes)[number];

const target = {
  route: z.enum(conektaRoutes),
  /** How many requests it spoils; until cleared if absent. */
  times: z.int().positive().optional(),
};
/** Before: nothing was stored. After: everything was, and only the answer suffers. */
const either = { ...target, when: z.enum(['before', 'after']) };
/** A refusal promises that nothing happened: after the effect it would be a lie no client could defend against. */
const before = { ...target, when: z.literal('before').default('before') };
const after = { ...target, when: z.literal('after').default('after') };
const ms = z.int().nonnegative();

export const conektaFault = z.discriminatedUnion('kind', [
  z.strictObject({ ...either, kind: z.literal('server-error') }),
  z.strictObject({ ...before, kind: z.literal('too-many-requests'), retryAfterSeconds: z.int().positive().optional() }),
  z.strictObject({ ...before, kind: z.literal('wrong-key') }),
  z.strictObject({ ...either, kind: z.literal('timeout') }),
  z.strictObject({ ...either, kind: z.literal('reset') }),
  z.strictObject({ ...either, kind: z.literal('delay'), ms }),
  z.strictObject({ ...either, kind: z.literal('cut-body') }),
  z.strictObject({ ...after, kind: z.literal('slow-body'), ms }),
  z.strictObject({ ...either, kind: z.literal('html-body') }),
  z.strictObject({ ...either, kind: z.literal('empty-json') }),
]);
export type ConektaFault = z.infer<typeof conektaFault>;
export type ConektaFaultInput = z.input<typeof conektaFault>;

const descriptions: Readonly<Record<ConektaFault['kind'], string>> = {
  'server-error': 'HTTP 500 with an api_error.',
  'too-many-requests': 'HTTP 429, with Retry-After when retryAfterSeconds is given. Only before.',
  'wrong-key': 'HTTP 401, as if the key had been revoked. Only before.',
  timeout: 'Never answers.',
  reset: 'Resets the connection.',
  delay: 'Waits ms: before, the effect comes late; after, only the answer does.',
  'cut-body': 'HTTP 200, half of the body, then the connection closes.',
  'slow-body': 'HTTP 200 and half of the body at once, the other half after ms. Only after.',
  'html-body': 'HTTP 200 with a web page.',
  'empty-json': 'HTTP 200 with {}.',
};

/** What can be asked for, one line each. Every kind goes with every route. */
export const conektaFaultCatalogue: readonly { readonly kind: string; readonly description: string }[] = Object.entries(
  descriptions,
).map(([kind, description]) => ({ kind, description }));

/** The faults still to happen, oldest first. */
export class FaultQueue {
  #waiting: { readonly fault: ConektaFault; left: number }[] = [];

  add(fault: ConektaFault): void {
    this.#waiting.push({ fault, left: fault.times ?? Infinity });
  }

  clear(): void {
    this.#waiting = [];
  }

  take(route: ConektaRoute, when: ConektaFault['when']): ConektaFault | undefined {
    const found = this.#waiting.find(({ fault }) => fault.route === route && fault.when === when);
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#waiting = this.#waiting.filter((entry) => entry !== found);
    return found.fault;
  }
}
