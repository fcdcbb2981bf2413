import * as z from 'zod';

/** What sold time is counted by: time online, the purchase, the first time online (routeros.md 5.2, A to C). */
export const accessClocks = ['use', 'purchase', 'first-use'] as const;
export type AccessClock = (typeof accessClocks)[number];

/** What a plan sells beyond its router profile; copied to each purchase, so that a plan may change. */
export const timeSoldSchema = z.object({
  clock: z.enum(accessClocks).nullable(),
  seconds: z.number().nullable(),
  bytes: z.number().nullable(),
  /** Devices at once. A property of the router profile, so this only says what that one allows. */
  devices: z.number().nullable(),
});
export type TimeSold = Readonly<z.infer<typeof timeSoldSchema>>;

/** As without these fields: the router profile rules. */
export const NOTHING_SOLD: TimeSold = { clock: null, seconds: null, bytes: null, devices: null };
