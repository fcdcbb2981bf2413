import { describe, expect, test } from 'vitest';
import { requestJudge, type SentRequest } from './openapi.ts';

const judge = requestJudge(`
openapi: 3.1.0
components:
  schemas:
    thing:
      properties:
        name: { type: string, minLength: 3, example: box }
        size: { type: integer, format: int8 }
        owner: { nullable: true, type: string }
        tags: { additionalProperties: { type: string } }
        kind: { oneOf: [{ $ref: '#/components/schemas/round' }, { $ref: '#/components/schemas/square' }] }
      required: [name]
    round: { allOf: [{ properties: { type: { type: string } }, required: [type] }, { properties: { radius: { type: number } }, required: [radius] }] }
    square: { properties: { side: { type: number } }, required: [side] }
paths:
  /things/{id}:
    post:
      parameters:
        - { in: path, name: id, required: true, schema: { type: string } }
        - { in: query, name: limit, schema: { type: integer, maximum: 10 } }
        - { in: header, name: Accept-Language, schema: { enum: [es, en] } }
        - { in: header, name: X-Must, required: true, schema: { type: string } }
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/thing' } } }
      responses: { '200': { content: { application/vnd.x+json: {} } } }
      security: [{ bearer: [] }]
    get:
      responses: { '204': {} }
`);

const right: SentRequest = {
  method: 'POST',
  path: '/things/1',
  headers: {
    accept: 'application/vnd.x+json',
    authorization: 'Bearer key',
    'content-type': 'application/json; charset=utf-8',
    'x-must': '1',
  },
  body: '{"name":"box"}',
};
const withBody = (body: unknown) => judge({ ...right, body: JSON.stringify(body) });
const withHeader = (name: string, value: string | undefined) =>
  judge({ ...right, headers: { ...right.headers, [name]: value } });

describe('a request', () => {
  test('as the file has it is right', () => {
    expect(judge(right)).toEqual([]);
    expect(judge({ ...right, path: '/things/1?limit=10' })).toEqual([]);
    expect(withHeader('accept-language', 'es')).toEqual([]);
    const whole = { name: 'box', size: 1, owner: null, tags: { any: 'x' }, kind: { type: 'r', radius: 1 } };
    expect(withBody(whole)).toEqual([]);
    expect(judge({ method: 'GET', path: '/things/1', headers: {}, body: '' })).toEqual([]);
  });

  test('for an operation that is not there is wrong', () => {
    expect(judge({ ...right, path: '/things' })).toEqual(['POST /things is no operation of the specification']);
    expect(judge({ ...right, path: '/things/' })).toHaveLength(1);
    expect(judge({ ...right, method: 'DELETE' })).toHaveLength(1);
  });

  test.each([
    ['query limit must be <= 10', '/things/1?limit=11'],
    ['query limit must be integer', '/things/1?limit=many'],
    ['query dry is not known', '/things/1?dry=1'],
  ])('is wrong: %s', (problem, path) => {
    expect(judge({ ...right, path })).toEqual([problem]);
  });

  test.each([
    ['accept', 'application/json', 'header Accept is "application/json"'],
    ['authorization', undefined, 'header Authorization has no bearer token'],
    ['authorization', 'Basic a2V5', 'header Authorization has no bearer token'],
    ['content-type', 'text/plain', 'header Content-Type is "text/plain"'],
    ['accept-language', 'fr', 'header Accept-Language must be equal to one of the allowed values'],
    ['x-must', undefined, 'header X-Must is missing'],
  ])('whose %s is %s is wrong', (name, value, problem) => {
    expect(withHeader(name, value)).toEqual([problem]);
  });

  test('whose body is missing, broken, or not expected is wrong', () => {
    expect(judge({ ...right, body: '' })).toEqual(['the body is missing']);
    expect(judge({ ...right, body: '{' })).toEqual(['the body is not JSON']);
    expect(judge({ method: 'GET', path: '/things/1', headers: {}, body: '{}' })).toEqual(['a body is not expected']);
  });

  test('with a field that is wrong names it', () => {
    expect(withBody({ name: 'b' })).toEqual(['body/name must NOT have fewer than 3 characters']);
    expect(withBody({})).toEqual(["body must have required property 'name'"]);
    expect(withBody({ name: 'box', size: 1.5 })).toEqual(['body/size must be integer']);
    expect(withBody({ name: 'box', tags: { any: 1 } })).toEqual(['body/tags/any must be string']);
  });

  test('with a field that the file does not name is wrong, at any depth', () => {
    expect(withBody({ name: 'box', colour: 1 })).toEqual(['body must NOT have unevaluated properties (colour)']);
    expect(withBody({ name: 'box', kind: { side: 1 } })).toEqual([]);
    for (const kind of [
      { side: 1, depth: 1 },
      { type: 'r', radius: 1, depth: 1 },
    ]) {
      expect(withBody({ name: 'box', kind })).toContainEqual(expect.stringContaining('(depth)'));
    }
  });
});
