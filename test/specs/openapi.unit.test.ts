import { describe, expect, test } from 'vitest';
import { openApiJudge, type Exchange, type SentRequest } from './openapi.ts';

const judge = openApiJudge(`
openapi: 3.1.0
components:
  responses:
    no: { content: { application/json: { schema: { properties: { error: { type: string } }, required: [error] } } } }
  schemas:
    thing:
      properties:
        name: { type: string, minLength: 3, example: box }
        size: { type: integer, format: int8 }
        owner: { nullable: true, type: string }
        tags: { additionalProperties: { type: string } }
        kind: { oneOf: [{ $ref: '#/components/schemas/round' }, { $ref: '#/components/schemas/square' }] }
        parts: { type: array, items: { type: string } }
      required: [name]
    round: { allOf: [{ properties: { type: { type: string } }, required: [type] }, { properties: { radius: { type: number } }, required: [radius] }] }
    square: { properties: { side: { type: number } }, required: [side] }
paths:
  /things/{id}:
    post:
      parameters:
        - { in: path, name: id, required: true, schema: { type: integer } }
        - { in: query, name: limit, schema: { type: integer, maximum: 10 } }
        - { in: query, name: sort, schema: { type: string } }
        - { in: header, name: Accept-Language, schema: { enum: [es, en] } }
        - { in: header, name: X-Must, required: true, schema: { type: string } }
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/thing' } } }
      responses: { '200': { content: { application/vnd.x+json: { schema: { $ref: '#/components/schemas/thing' } } } } }
      security: [{ bearer: [] }]
    get:
      responses:
        '200': { content: { application/json: { schema: { $ref: '#/components/schemas/thing' } } } }
        '204': {}
        '404': { $ref: '#/components/responses/no' }
  /things/search:
    get:
      parameters: [{ in: query, name: sort, required: true, schema: { type: string } }]
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
const get: SentRequest = { method: 'GET', path: '/things/1', headers: { accept: '*/*' }, body: '' };
const withBody = (body: unknown) => judge.ofRequest({ ...right, body: JSON.stringify(body) });
const withHeader = (name: string, value: string | undefined) =>
  judge.ofRequest({ ...right, headers: { ...right.headers, [name]: value } });

describe('a request', () => {
  test('as the file has it is right', () => {
    expect(judge.ofRequest(right)).toEqual([]);
    expect(judge.ofRequest({ ...right, path: '/things/1?limit=10' })).toEqual([]);
    expect(withHeader('accept-language', 'es')).toEqual([]);
    const whole = { name: 'box', size: 1, owner: null, tags: { any: 'x' }, kind: { type: 'r', radius: 1 } };
    expect(withBody(whole)).toEqual([]);
    expect(judge.ofRequest(get)).toEqual([]);
  });

  test('for an operation that is not there is wrong', () => {
    expect(judge.ofRequest({ ...right, path: '/things' })).toEqual(['POST /things is no operation']);
    expect(judge.ofRequest({ ...right, path: '/things/' })).toHaveLength(1);
    expect(judge.ofRequest({ ...right, method: 'DELETE' })).toHaveLength(1);
  });

  test('is for the operation that is named, before one that it only could be', () => {
    expect(judge.ofRequest({ ...get, path: '/things/search?sort=age' })).toEqual([]);
    expect(judge.ofRequest({ ...get, path: '/things/search' })).toEqual(['query sort is missing']);
  });

  test.each([
    ['query limit must be <= 10', '/things/1?limit=11'],
    ['query limit must be integer', '/things/1?limit=many'],
    ['query dry is not known', '/things/1?dry=1'],
    ['query Limit is not known', '/things/1?Limit=1'],
    ['path id must be integer', '/things/box'],
  ])('is wrong: %s', (problem, path) => {
    expect(judge.ofRequest({ ...right, path })).toEqual([problem]);
  });

  test.each([
    ['accept', 'application/json', 'header Accept is "application/json"'],
    ['accept', '*/*', 'header Accept is "*/*"'],
    ['authorization', undefined, 'header Authorization has no bearer token'],
    ['authorization', 'Basic a2V5', 'header Authorization has no bearer token'],
    ['content-type', 'text/plain', 'the Content-Type of the body is "text/plain"'],
    ['accept-language', 'fr', 'header Accept-Language must be equal to one of the allowed values'],
    ['x-must', undefined, 'header X-Must is missing'],
    ['x-extra', '1', 'header x-extra is not known'],
  ])('whose %s is %s is wrong', (name, value, problem) => {
    expect(withHeader(name, value)).toEqual([problem]);
  });

  test('whose body is missing, broken, or not expected is wrong', () => {
    expect(judge.ofRequest({ ...right, body: '' })).toEqual(['the body is missing']);
    expect(judge.ofRequest({ ...right, body: '{' })).toEqual(['the body is not JSON']);
    expect(judge.ofRequest({ ...get, body: '{}' })).toEqual(['a body is not expected']);
  });

  test('with a field that is wrong names it', () => {
    expect(withBody({ name: 'b' })).toEqual(['body/name must NOT have fewer than 3 characters']);
    expect(withBody({})).toEqual(["body must have required property 'name'"]);
    expect(withBody({ name: 'box', size: 1.5 })).toEqual(['body/size must be integer']);
    expect(withBody({ name: 'box', size: null })).toEqual(['body/size must not be null']);
    expect(withBody({ name: 'box', tags: { any: 1 } })).toEqual(['body/tags/any must be string']);
  });

  test('with several wrong items of one list says so once', () => {
    expect(withBody({ name: 'box', parts: ['lid', 1, 2] })).toEqual(['body/parts/* must be string']);
  });

  test('with a field that the file does not name is wrong, at any depth', () => {
    expect(withBody({ name: 'box', colour: 1 })).toEqual(['body/colour is not known']);
    expect(withBody({ name: 'box', kind: { side: 1 } })).toEqual([]);
    for (const kind of [
      { side: 1, depth: 1 },
      { type: 'r', radius: 1, depth: 1 },
    ]) {
      expect(withBody({ name: 'box', kind })).toContainEqual('body/kind/depth is not known');
    }
  });
});

describe('a key', () => {
  const asking = (operation: string) =>
    openApiJudge(`
security: [{ bearer: [] }]
paths: { /things: { get: { responses: { '204': {} }${operation} } } }
`).ofRequest({ ...get, path: '/things' });

  test('is needed where the whole file says so, and the operation does not object', () => {
    expect(asking('')).toEqual(['header Authorization has no bearer token']);
    expect(asking(', security: []')).toEqual([]);
  });
});

describe('an answer', () => {
  const answered = (answer: Partial<Exchange['answer']>, request = get) =>
    judge.ofAnswer({
      request,
      answer: { status: 200, headers: { 'content-type': 'application/json' }, body: '{"name":"box"}', ...answer },
    });

  test('as the file has it is right', () => {
    expect(answered({})).toEqual([]);
    expect(answered({ status: 204, body: '' })).toEqual([]);
    expect(answered({ status: 404, body: '{"error":"gone"}' })).toEqual([]);
  });

  test('to what is no operation cannot be judged', () => {
    expect(answered({}, { ...get, path: '/stuff' })).toBeUndefined();
  });

  test('of another status than there are is wrong', () => {
    expect(answered({ status: 202 })).toEqual(['GET /things/{id} answers no 202']);
  });

  test('is held against what its own status has', () => {
    expect(answered({ status: 404 })).toContain("answer must have required property 'error'");
    expect(answered({ status: 204 })).toEqual(['an answer with a body is not expected']);
  });

  test('with a field that is wrong, or not named, says which', () => {
    expect(answered({ body: '{"name":"b"}' })).toEqual(['answer/name must NOT have fewer than 3 characters']);
    expect(answered({ body: '{"name":"box","colour":1}' })).toEqual(['answer/colour is not known']);
  });

  test('that is no JSON, or says it is something else, is wrong', () => {
    expect(answered({ body: '{' })).toEqual(['the answer is not JSON']);
    expect(answered({ headers: { 'content-type': 'text/html' } })).toEqual([
      'the Content-Type of the answer is "text/html"',
    ]);
  });
});
