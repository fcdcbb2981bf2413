import type * as z from 'zod';
import type { nothing, Row } from './contract.ts';

type Part = 'params' | 'query' | 'body';

type Inputs<R extends Row> = {
  readonly [P in Part as R[P] extends typeof nothing ? never : P]: z.input<R[P]>;
} & (R extends { readonly rawBody: infer Raw extends z.ZodType } ? { readonly body: z.input<Raw> } : unknown);

type Success = 200 | 201 | 202;
type Replies<R extends Row> = R['replies'];
/** What a row that has no good answer, such as a redirection, answers instead. */
type Shown<R extends Row> = keyof Replies<R> & Success extends never ? keyof Replies<R> : keyof Replies<R> & Success;

/** A request that a row takes, and its good answer. Values are invented; nothing in them may look like a secret in use. */
export type ExampleOf<R extends Row> = Inputs<R> & {
  readonly reply: z.input<Replies<R>[Shown<R> & keyof Replies<R>]>;
};

/** One for each row of a contract file, by the row's id; what API Gateway routes nowhere has none. */
export type ExamplesFor<Rows extends Readonly<Record<string, Row>>> = {
  readonly [R in Rows[keyof Rows] as R['path'] extends '$default' ? never : R['id']]: ExampleOf<R>;
};

/** As it is read by the API's description. */
export interface Example {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
  readonly reply: unknown;
}

/** The status of a row's good answer: the first that is one, else the first. */
export function shownStatus({ replies }: Row): number {
  const statuses = Object.keys(replies).map(Number);
  const shown = statuses.find((status) => status < 300) ?? statuses[0];
  if (shown === undefined) throw new Error('A row without replies answers nothing');
  return shown;
}
