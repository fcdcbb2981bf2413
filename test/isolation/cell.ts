import type { Headers } from '../stage/stage.ts';
import type { Input } from './inputs.ts';
import type { Tenant } from './tenant.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A refusal by its very text, or an answer by the part of its body that matters. */
export type Answered =
  | { readonly status: number; readonly detail: string }
  | { readonly status: number; readonly part?: Fields | readonly unknown[] };

/** What is sent there instead of another company's id of that name. */
export type Theirs = (theirs: Tenant, own: Tenant) => Fields;

export type Foreign = Answered | readonly [Answered, Theirs];

export interface Cells {
  /** The least that this row takes of this company; a text is sent as it is. Ids in the path are filled in. */
  readonly body?: (own: Tenant) => Fields | string;
  readonly query?: (own: Tenant) => Fields;
  readonly headers?: (own: Tenant, now: number) => Headers;
  /** What it answers to a company about its own: 200 where this is left out. */
  readonly own?: Answered;
  /** What it answers to another company's id in that input; in several of them at once, joined by ` + `. */
  readonly foreign?: Readonly<Partial<Record<Input | `${Input} + ${Input}`, Foreign>>>;
  /** After its own call the company is not what it was: those that follow get a new one. */
  readonly spoils?: true;
}

export const refused = (status: number, detail: string): Answered => ({ status, detail });
export const ok = (part: Fields | readonly unknown[] = {}): Answered => ({ status: 200, part });
