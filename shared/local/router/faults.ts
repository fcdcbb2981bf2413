import * as z from 'zod';

const times = z.int().positive().optional().describe('how often it strikes; for ever when left out');
const command = z
  .string()
  .startsWith('/')
  .optional()
  .describe('only this command, such as /ip/hotspot/user/add; any but /login when left out');
const when = z.enum(['before', 'after']).default('after').describe('before or after the command took effect');
const everyAnswer = { times, command } as const;

/** All that can go wrong with the simulated router, as data. Each schema's description is its line in the catalogue. */
export const faultSchema = z.discriminatedUnion('name', [
  z
    .strictObject({ name: z.literal('refuse-connections') })
    .describe('The router is off: its port is closed and open connections are reset, until the fault is cleared.'),
  z
    .strictObject({ name: z.literal('close-on-accept'), times })
    .describe('Connections are accepted and closed at once, as for an address that is not on the allow-list.'),
  z
    .strictObject({ name: z.literal('silent-connection'), times })
    .describe('Connections are accepted and nothing is ever answered on them, not even the login.'),
  z
    .strictObject({ name: z.literal('silence'), when, ...everyAnswer })
    .describe('A command gets no answer; the connection stays open.'),
  z
    .strictObject({ name: z.literal('close'), when, ...everyAnswer })
    .describe('The connection is closed (FIN) instead of an answer.'),
  z
    .strictObject({ name: z.literal('reset'), when, ...everyAnswer })
    .describe('The connection is reset (RST) instead of an answer.'),
  z
    .strictObject({
      name: z.literal('fatal'),
      when,
      message: z.string().default('connection terminated').describe('the reason, a bare word'),
      ...everyAnswer,
    })
    .describe('The answer is !fatal and the connection is closed.'),
  z
    .strictObject({
      name: z.literal('trap'),
      message: z.string().min(1).describe('the text of the refusal'),
      category: z.int().min(0).max(7).optional().describe('the number beside it'),
      ...everyAnswer,
    })
    .describe('A command is refused with the given text and has no effect.'),
  z
    .strictObject({
      name: z.literal('delay'),
      ms: z.int().positive().describe('how long the answer is held back, after the effect'),
      ...everyAnswer,
    })
    .describe('Answers come late.'),
  z
    .strictObject({
      name: z.literal('slow'),
      ms: z.int().nonnegative().default(1).describe('the pause between two pieces'),
      bytes: z.int().positive().default(16).describe('the size of a piece'),
      ...everyAnswer,
    })
    .describe('Answers trickle in, a few bytes at a time.'),
  z
    .strictObject({
      name: z.literal('split-answer'),
      at: z.int().nonnegative().describe('bytes in the first piece'),
      ms: z.int().nonnegative().default(1).describe('the pause between the two pieces'),
      ...everyAnswer,
    })
    .describe('An answer comes in two pieces, divided at that byte.'),
  z
    .strictObject({
      name: z.literal('cut-answer'),
      at: z.int().nonnegative().describe('bytes that still arrive'),
      ...everyAnswer,
    })
    .describe('An answer stops at that byte and the connection is closed.'),
  z.strictObject({ name: z.literal('duplicate-done'), ...everyAnswer }).describe('The !done of an answer comes twice.'),
  z.strictObject({ name: z.literal('untagged'), ...everyAnswer }).describe('An answer lacks the tag of its command.'),
  z
    .strictObject({ name: z.literal('tag-first'), ...everyAnswer })
    .describe('The tag stands right after the reply word instead of at the end.'),
  z
    .strictObject({ name: z.literal('no-empty'), ...everyAnswer })
    .describe('A print that finds nothing answers !done alone, as before 7.18, instead of !empty and !done.'),
  z
    .strictObject({
      name: z.literal('session-limit'),
      sessions: z.int().nonnegative().describe('how many may be open'),
    })
    .describe('Connections beyond that number are accepted and closed (the service takes 20 by default).'),
  z.strictObject({ name: z.literal('wrong-login'), times }).describe('Every login is refused, whatever the password.'),
  z
    .strictObject({ name: z.literal('challenge-login') })
    .describe('The login of routers before 6.43: an MD5 challenge, also as the answer to a password in clear.'),
  z
    .strictObject({
      name: z.literal('version'),
      version: z
        .string()
        .regex(/^\d+\.\d+/)
        .describe('as /system/resource shows it, such as 6.49.10 (long-term)'),
    })
    .describe(
      'The router runs that version: its login (6.43), menus (WireGuard 7.1, device-mode 7.17), dates (7.10) and empty answers (7.18) follow.',
    ),
  z
    .strictObject({ name: z.literal('device-mode') })
    .describe('The device-mode forbids the hotspot: its commands are refused, as on a new board.'),
  z
    .strictObject({ name: z.literal('hotspot-inactivated') })
    .describe('The hotspot server is switched off by the device-mode; its row says so, and commands are answered.'),
  z
    .strictObject({
      name: z.literal('clock-wrong'),
      seconds: z.int().describe('how far ahead of the true time; below zero = behind'),
    })
    .describe("The router's clock is wrong."),
  z
    .strictObject({ name: z.literal('clock-1970') })
    .describe('From a reboot on the clock starts at 1970-01-02, as on a board without NTP.'),
  z
    .strictObject({
      name: z.literal('licence'),
      level: z
        .union([z.literal(3), z.literal(4), z.literal(5), z.literal(6)])
        .describe('3 lets 1 user be active at once, 4 lets 200, 5 lets 500, 6 any number'),
    })
    .describe('The board has a licence of that level (6 by default): who logs in beyond its number is refused.'),
  z
    .strictObject({ name: z.literal('licence-full') })
    .describe("No hotspot login passes: the licence's number of active users is reached."),
  z
    .strictObject({ name: z.literal('uptime-at-log-out') })
    .describe("A user's uptime is counted when a session ends and is stale before (old manuals); else it is live."),
  z
    .strictObject({ name: z.literal('reboot-loses-uptime') })
    .describe('Time of sessions that a reboot ends is not counted.'),
]);

export type Fault = z.output<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;
export type FaultName = Fault['name'];
type FaultNamed<Name extends FaultName> = Extract<Fault, { name: Name }>;

export interface FaultDescription {
  readonly name: FaultName;
  readonly description: string;
  /** What each parameter means, by its name. */
  readonly parameters: Readonly<Record<string, string>>;
}

export const faultCatalogue: readonly FaultDescription[] = faultSchema.options.map((option) => ({
  name: option.shape.name.value,
  description: option.description ?? '',
  parameters: Object.fromEntries(
    Object.entries(option.shape)
      .filter(([parameter]) => parameter !== 'name')
      .map(([parameter, schema]) => [parameter, schema.description ?? '']),
  ),
}));

/** The faults in force. */
export class Faults {
  #standing: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#standing.push({ fault, left: 'times' in fault ? (fault.times ?? Infinity) : Infinity });
  }

  clear(): void {
    this.#standing = [];
  }

  list(): readonly Fault[] {
    return this.#standing.map(({ fault }) => fault);
  }

  /** The newest one of that name, for those that are states of the router: it is no strike. */
  last<Name extends FaultName>(name: Name): FaultNamed<Name> | undefined {
    return this.list()
      .filter((fault) => isOneOf(fault, [name]))
      .at(-1);
  }

  /**
   * The first standing fault of these names that concerns this command; it counts as one strike.
   *
   * @param path the command, or undefined where faults concern connections or the router as a whole
   */
  strike<Name extends FaultName>(names: readonly Name[], path?: string): FaultNamed<Name> | undefined {
    for (const standing of this.#standing) {
      const { fault } = standing;
      if (!isOneOf(fault, names) || !concerns(fault, path)) continue;
      standing.left -= 1;
      if (standing.left <= 0) this.#standing = this.#standing.filter((other) => other !== standing);
      return fault;
    }
    return undefined;
  }
}

const isOneOf = <Name extends FaultName>(fault: Fault, names: readonly Name[]): fault is FaultNamed<Name> =>
  names.some((name) => name === fault.name);

function concerns(fault: Fault, path: string | undefined): boolean {
  const only = 'command' in fault ? fault.command : undefined;
  return only === undefined ? path !== '/login' : only === path;
}
