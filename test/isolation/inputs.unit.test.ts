import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { defineRow, nothing, plainRow } from '#shared/http/contract.ts';
import { routes } from '#shared/http/routes.ts';
import { aliased, integer, optionalInteger, optionalText, text } from '#shared/http/wire/fields.ts';
import { fieldsOf, idsTaken } from './inputs.ts';
import { uncovered } from './requests.ts';

const row = (input: Partial<{ path: string; query: z.ZodType; body: z.ZodType }>) =>
  defineRow({
    ...plainRow,
    summary: 'Sin uso.',
    id: 'things/do',
    method: 'POST',
    path: '/things',
    auth: 'company-admin',
    replies: {},
    needs: [],
    ...input,
  });

const fields = z.object({ router_id: text({ max: 50 }), nombre: text({ max: 50 }) });

describe('the ids that a row takes', () => {
  it('are everything in its path', () => {
    expect(idsTaken(row({ path: '/things/{empresa_id}/{name}/{file+}' }))).toEqual([
      'path.empresa_id',
      'path.name',
      'path.file',
    ]);
  });

  it('are those of its query and its body that name something', () => {
    const query = z.object({ cursor: optionalText({ max: 9 }), limit: optionalInteger(5), producto_id: integer() });
    expect(idsTaken(row({ query, body: fields }))).toEqual(['query.cursor', 'query.producto_id', 'body.router_id']);
  });

  it.each([
    ['a default', fields.prefault({ router_id: '', nombre: '' })],
    ['English names', aliased(fields, { router_id: 'router' })],
    ['no body at all', fields.optional()],
    ['null', fields.nullish().catch(null)],
    ['what comes after it', fields.transform((body) => body.nombre)],
    ['another form', z.union([z.object({ nombre: text({ max: 9 }) }), fields])],
    ['an object around it', z.object({ de: fields })],
    ['a list around it', z.object({ todos: z.array(fields) })],
  ])('are seen through %s', (_, body) => {
    expect(idsTaken(row({ body }))).toEqual(['body.router_id']);
  });

  it('are not what is called an id and is none of ours', () => {
    const body = z.object({ chat_id: optionalText({ max: 9 }), issuer_id: optionalText({ max: 9 }) });
    expect(idsTaken(row({ body }))).toEqual([]);
  });

  it('can be told of every row: no body or query is of a kind that nobody sees into', () => {
    for (const { id, query, body } of routes)
      for (const schema of [query, body])
        expect(schema === nothing || fieldsOf(schema).length > 0, `what ${id} takes cannot be seen`).toBe(true);
  });
});

it('an id without an answer is told of, and one that is answered together with another is not', () => {
  const taken = row({ path: '/things/{empresa_id}/{router_id}', body: z.object({ producto_id: integer() }) });
  const answered = { status: 404, detail: 'no' };
  expect(uncovered(taken, {})).toEqual(['path.empresa_id', 'path.router_id', 'body.producto_id']);
  expect(uncovered(taken, { foreign: { 'path.empresa_id + path.router_id': answered } })).toEqual(['body.producto_id']);
});
