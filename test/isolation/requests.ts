import type { Row } from '#shared/http/contract.ts';
import type { Headers } from '../stage/stage.ts';
import type { Cells, Fields } from './cell.ts';
import { fieldsOf, idsTaken, type Input, paramsOf } from './inputs.ts';
import type { Tenant } from './tenant.ts';

/** A call of a row, before somebody makes it. */
export interface Sent {
  readonly path: Fields;
  readonly query: Fields;
  readonly header: Headers;
  readonly body: unknown;
}

/** A right request of a company about its own. */
export function ownRequest(row: Row, cells: Cells, own: Tenant, now: number): Sent {
  return {
    path: Object.fromEntries(paramsOf(row.path).map((name) => [name, idOf(own, name)])),
    query: cells.query?.(own) ?? {},
    header: cells.headers?.(own, now) ?? {},
    body: cells.body?.(own),
  };
}

/** @throws where a row takes what no company of the matrix has: nothing would be proved by sending it */
export function idOf({ ids }: Tenant, name: string): string | number {
  const id = ids[name];
  if (id === undefined) throw new Error(`openTenant() in tenant.ts gives no company a ${name}`);
  return id;
}

type Place = keyof Sent;

/** The inputs that a cell replaces: `path.empresa_id + path.router_id`. */
export function inputsOf(cell: string): { readonly place: Place; readonly name: string }[] {
  return cell.split(' + ').map((input) => {
    const [, place, name = ''] = /^(path|query|header|body)\.(.+)$/.exec(input) ?? [];
    if (place !== 'path' && place !== 'query' && place !== 'header' && place !== 'body')
      throw new Error(`${input} is no input`);
    return { place, name };
  });
}

/** The same, with other values in one place. */
export function withFields(sent: Sent, place: Place, fields: Fields): Sent {
  // A text has no fields: it goes as it is.
  if (typeof sent[place] === 'string') return sent;
  return { ...sent, [place]: Object.assign({}, sent[place], fields) };
}

/** The victim's ids in every field that the row says nothing of: what it does not take, it must not read. */
export function smuggled(row: Row, sent: Sent, { ids }: Tenant): Sent {
  const untaken = (schema: Row['query'], own: unknown): Fields => {
    const taken = new Set([...fieldsOf(schema), ...Object.keys(Object.assign({}, own))]);
    return Object.fromEntries(Object.entries(ids).filter(([name]) => !taken.has(name)));
  };
  const query = withFields(sent, 'query', untaken(row.query, sent.query));
  return withFields(query, 'body', untaken(row.body, sent.body));
}

/** What is none of anything: too long for an id, no number, no JSON. */
export const garbage = (row: Row): Sent => ({
  path: Object.fromEntries(paramsOf(row.path).map((name) => [name, 'x'.repeat(60)])),
  query: { limit: 'x', cursor: 'x'.repeat(300) },
  header: {},
  body: '{',
});

/** @returns as `Stage.call` takes it */
export function targetOf({ path }: Row, sent: Sent): string {
  const filled = path.replace(/\{(\w+)\+?\}/g, (_, name: string) => encodeURIComponent(String(sent.path[name])));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(sent.query)) query.set(name, String(value));
  const found = filled === '$default' ? '/nowhere' : filled;
  return query.size === 0 ? found : `${found}?${query}`;
}

export const methodOf = ({ method }: Row): string => (method === 'ANY' ? 'GET' : method);

/** Ids that a row takes and that its cells say nothing of. */
export const uncovered = (row: Row, { foreign = {} }: Cells): readonly Input[] => {
  const said = Object.keys(foreign).flatMap((cell) => cell.split(' + '));
  return idsTaken(row).filter((input) => !said.includes(input));
};
