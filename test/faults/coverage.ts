/** What the runs have seen of the machine: transitions taken, and call sites at which a fault struck. */
import * as z from 'zod';
import { transitions } from '#shared/purchases/purchase-transitions.ts';
import type { Call } from './modes.ts';

const moved = z.object({ event: z.literal('purchase moved'), by: z.string(), from: z.string() });

export interface Tally {
  readonly transitions: Readonly<Record<string, number>>;
  /** Made, and struck by a fault. */
  readonly sites: Readonly<Record<string, { made: number; struck: number }>>;
}

export class Coverage {
  #transitions: Record<string, number> = {};
  #sites: Record<string, { made: number; struck: number }> = {};

  heardOf(line: string): void {
    if (!line.includes('purchase moved')) return;
    const parsed = moved.safeParse(JSON.parse(line));
    if (!parsed.success) return;
    const name = `${parsed.data.from} + ${parsed.data.by}`;
    this.#transitions[name] = (this.#transitions[name] ?? 0) + 1;
  }

  add(made: readonly Call[], struck: readonly { readonly call: Call }[]): void {
    for (const call of made) this.#site(call).made += 1;
    for (const { call } of struck) this.#site(call).struck += 1;
  }

  /** What was seen since the last time. */
  take(): Tally {
    const tally = { transitions: this.#transitions, sites: this.#sites };
    this.#transitions = {};
    this.#sites = {};
    return tally;
  }

  merge(tally: Tally): void {
    for (const [name, times] of Object.entries(tally.transitions))
      this.#transitions[name] = (this.#transitions[name] ?? 0) + times;
    for (const [name, { made, struck }] of Object.entries(tally.sites)) {
      const site = (this.#sites[name] ??= { made: 0, struck: 0 });
      site.made += made;
      site.struck += struck;
    }
  }

  report(): string[] {
    const all = Object.entries(transitions).flatMap(([from, row]) => Object.keys(row).map((by) => `${from} + ${by}`));
    const taken = all.filter((name) => name in this.#transitions);
    const missing = all.filter((name) => !(name in this.#transitions));
    const why = (name: string) => unreachable.find(({ which }) => which.test(name))?.because;
    const sites = Object.entries(this.#sites);
    const spared = sites.filter(([, { struck }]) => struck === 0).map(([name]) => name);
    return [
      `transitions taken: ${taken.length} of ${all.length}`,
      ...unreachable.flatMap(({ which, because }) => {
        const names = missing.filter((name) => which.test(name));
        return names.length === 0 ? [] : [`  cannot happen yet (${because}): ${names.join(', ')}`];
      }),
      ...missing.filter((name) => !why(name)).map((name) => `  NOT TAKEN: ${name}`),
      `call sites hit: ${sites.length - spared.length} of ${sites.length}`,
      ...(spared.length === 0 ? [] : [`  never hit: ${spared.join(', ')}`]),
    ];
  }

  #site({ actor, label }: Call): { made: number; struck: number } {
    return (this.#sites[`${roleOf(actor)}: ${label}`] ??= { made: 0, struck: 0 });
  }
}

export const roleOf = (actor: string): string => actor.split(' ')[0] ?? actor;

/** Transitions that no run can take today, and why. */
const unreachable: readonly { readonly which: RegExp; readonly because: string }[] = [
  { which: /^declined \+ approved/, because: 'no gateway here takes a card that it declined before' },
  { which: /^refund_pending \+ refund-sent/, because: 'what is pending is only read until the bank has decided' },
  {
    which: /^(action_required \+ awaiting-payment|awaiting_payment \+ action-required)/,
    because: 'no gateway here changes its mind between a page and none',
  },
];
