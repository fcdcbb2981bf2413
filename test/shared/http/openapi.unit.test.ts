import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { bytes, defineRow, nothing, plainRow, type Row } from '#shared/http/contract.ts';
import { shownStatus } from '#shared/http/example.ts';
import { examples } from '#shared/http/examples.ts';
import { describeApi } from '#shared/http/openapi.ts';
import { routes } from '#shared/http/routes.ts';

const described = routes.filter(({ path }) => path !== '$default');
const each = described.map((row) => [row.id, row] as const);
const document = describeApi(routes, examples);

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, 'api');

/** The errors of a value by a schema of the document. @param steps where the schema stands in it */
function errorsOf(value: unknown, ...steps: readonly string[]): unknown {
  const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  const validate = ajv.compile({ $ref: `api#/${pointer}` });
  return validate(value) ? [] : validate.errors;
}

const operationSteps = (row: Row) => ['paths', row.path, row.method.toLowerCase()];
const mediaType = z.record(z.string(), z.object({ example: z.unknown().optional() }));
const operationShape = z.object({
  operationId: z.string(),
  summary: z.string().min(10),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(z.object({ name: z.string(), in: z.enum(['path', 'query']), required: z.boolean() })).default([]),
  requestBody: z.object({ required: z.boolean(), content: mediaType }).optional(),
  responses: z.record(z.string(), z.object({ content: mediaType.optional() })),
});
const operationOf = (row: Row) => operationShape.parse(document.paths[row.path]?.[row.method.toLowerCase()]);

describe('the description of the API', () => {
  it('has every row, and nothing else', () => {
    const ids = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map((operation) => operation['operationId']),
    );
    expect(ids.toSorted()).toEqual(described.map(({ id }) => id).toSorted());
    expect(Object.keys(examples).toSorted()).toEqual(ids.toSorted());
  });

  it('will not do without an example of a row, nor with a resource that has no name', () => {
    const row = (id: string) =>
      defineRow({
        ...plainRow,
        id,
        summary: 'Una ruta.',
        method: 'GET',
        path: '/new',
        auth: 'none',
        replies: { 200: z.object({}) },
        needs: [],
      });
    expect(() => describeApi([row('system/new')], {})).toThrow('The row system/new has no example');
    expect(() => describeApi([row('novel/show')], { 'novel/show': { reply: {} } })).toThrow('The resource novel');
  });

  it('says who may call', () => {
    const security = Object.fromEntries(described.map((row) => [row.auth, operationOf(row).security]));
    expect(security).toMatchObject({
      none: [],
      'api-key': [{ claveApi: [] }, { claveApiBearer: [] }],
      'company-admin': [{ sesion: [] }],
    });
  });

  it.each(each)('%s names each parameter of its path, and no other', (_id, row) => {
    const named = [...row.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const inPath = operationOf(row).parameters.filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => name).toSorted()).toEqual(named.toSorted());
  });

  it('knows defaults, limits and bodies that may be left out', () => {
    const refund = described.find(({ id }) => id === 'transactions/refund');
    const list = described.find(({ id }) => id === 'transactions/list');
    expect(refund && operationOf(refund).requestBody?.required).toBe(false);
    expect(list && document.paths[list.path]?.['get']).toMatchObject({
      parameters: expect.arrayContaining([
        expect.objectContaining({
          name: 'limit',
          required: false,
          schema: { type: ['integer', 'null'], minimum: 1, default: 50 },
        }),
        expect.objectContaining({ name: 'estado' }),
      ]),
    });
  });
});

describe('the example of', () => {
  it.each(each)('%s is a request that its row takes, and that its description allows', (_id, row) => {
    const example = examples[row.id];
    for (const part of ['params', 'query', 'body'] as const)
      if (row[part] !== nothing) expect([part, row[part].safeParse(example?.[part]).error]).toEqual([part, undefined]);
    const operation = operationOf(row);
    operation.parameters.forEach(({ name, in: place, required }, index) => {
      const values = z.record(z.string(), z.unknown()).parse(place === 'path' ? example?.params : example?.query);
      if (!required && !(name in values)) return;
      const steps = [...operationSteps(row), 'parameters', String(index), 'schema'];
      expect([name, errorsOf(values[name], ...steps)]).toEqual([name, []]);
    });
    for (const type of Object.keys(operation.requestBody?.content ?? {})) {
      if (type !== 'application/json') continue;
      expect(errorsOf(example?.body, ...operationSteps(row), 'requestBody', 'content', type, 'schema')).toEqual([]);
    }
  });

  it.each(each)('%s is an answer that its row may give, and its description shows', (_id, row) => {
    const status = shownStatus(row);
    const reply = row.replies[status];
    const shown = examples[row.id]?.reply;
    expect(reply?.safeParse(shown).error).toBeUndefined();
    if (reply === bytes || status >= 300) return;
    const [[type, content] = ['', undefined]] = Object.entries(operationOf(row).responses[status]?.content ?? {});
    expect(content?.example).toEqual(shown);
    const steps = [...operationSteps(row), 'responses', String(status), 'content', type, 'schema'];
    expect(errorsOf(shown, ...steps)).toEqual([]);
  });

  it.each(each)('%s shows nothing that could be a secret', (_id, row) => {
    const telling = leavesOf(examples[row.id]).filter(([name]) => SECRET_NAME.test(name));
    for (const [name, value] of telling)
      if (typeof value === 'string') expect([name, value]).toEqual([name, expect.stringMatching(INVENTED)]);
    expect(JSON.stringify(examples[row.id])).not.toMatch(/eyJ[\w-]{8}|AKIA|APP_USR-\d|-----BEGIN|key_[A-Za-z0-9]{20}/);
  });
});

const SECRET_NAME = /passw|contrasena|secret|token(?!_type)|private_key|api_key|^t$/;
/** Says itself that it is an example, is a mask, or is no more than the six digits of a code. */
const INVENTED = /ejemplo|^\*{8}$|^(?:jwt_)?cabecera\.datos\.firma$|^\d{6}$|^bearer$/;

/** Every value with the name of the field it stands in. */
function leavesOf(value: unknown, name = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[name, value]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, Array.isArray(value) ? name : key));
}
