import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import * as z from 'zod';

/** A request as it left our side. */
export interface SentRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Empty when none was sent. */
  readonly body: string;
}

const parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header', 'cookie']),
  required: z.boolean().default(false),
});
const mediaTypes = z.record(z.string(), z.unknown()).default({});
const operation = z.object({
  parameters: z.array(parameter).default([]),
  requestBody: z.object({ required: z.boolean().default(false), content: mediaTypes }).optional(),
  responses: z.record(z.string(), z.object({ content: mediaTypes })),
  security: z.array(z.record(z.string(), z.unknown())).default([]),
});
const openApi = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

/**
 * A judge of requests by an OpenAPI 3.1 file whose operations write their parameters and bodies out. Stricter than the
 * file in one thing: a field it does not name is a mistake of ours, not an extension.
 *
 * @param yaml the file's text
 * @returns what is wrong with a request, one sentence each; empty when it is right
 */
export function requestJudge(yaml: string): (request: SentRequest) => readonly string[] {
  const document = openApi.parse(closed(parse(yaml)));
  // The files carry words of other dialects (`nullable`, `example`, `xml`): they are no reason not to judge the rest.
  const options = { strict: false, validateSchema: false, allErrors: true } as const;
  const ofBodies = new Ajv2020(options);
  // Parameters are text on the wire: "20" is an integer there.
  const ofParameters = new Ajv2020({ ...options, coerceTypes: true });
  for (const judge of [ofBodies, ofParameters]) {
    formats.default(judge);
    judge.addFormat('int8', true);
    judge.addSchema(document, ROOT);
  }
  const validator = (judge: Ajv2020, path: readonly (string | number)[]): ValidateFunction =>
    judge.compile({ $ref: `${ROOT}#/${path.map(pointerPart).join('/')}` });

  return (request) => {
    const { pathname, searchParams } = new URL(request.path, 'http://gateway');
    const method = request.method.toLowerCase();
    const template = Object.keys(document.paths).find(
      (one) => fits(one, pathname) && Object.hasOwn(document.paths[one] ?? {}, method),
    );
    if (template === undefined) return [`${request.method} ${pathname} is no operation of the specification`];
    const rules = operation.parse(document.paths[template]?.[method]);
    const place = ['paths', template, method];

    const given = (one: z.infer<typeof parameter>): string | undefined => {
      if (one.in === 'query') return searchParams.get(one.name) ?? undefined;
      return one.in === 'header' ? request.headers[one.name.toLowerCase()] : undefined;
    };
    const ofParameter = rules.parameters.flatMap((one, index) => {
      // The path fits its template, which is all that a path parameter asks for.
      const value = one.in === 'path' ? undefined : given(one);
      if (value === undefined) return one.required && one.in !== 'path' ? [`${one.in} ${one.name} is missing`] : [];
      const validate = validator(ofParameters, [...place, 'parameters', index, 'schema']);
      return validate(value) ? [] : problems(validate, `${one.in} ${one.name}`);
    });
    const queryNames = rules.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    const unknownQuery = [...searchParams.keys()]
      .filter((name) => !queryNames.includes(name))
      .map((name) => `query ${name} is not known`);

    const answers = Object.values(rules.responses).flatMap(({ content }) => Object.keys(content));
    const accept = request.headers['accept'] ?? '';
    const ofAccept = answers.length === 0 || answers.includes(accept) ? [] : [`header Accept is "${accept}"`];
    const isOpen = rules.security.length === 0 || /^Bearer .+$/.test(request.headers['authorization'] ?? '');
    const ofKey = isOpen ? [] : ['header Authorization has no bearer token'];

    return [...ofParameter, ...unknownQuery, ...ofAccept, ...ofKey, ...ofBody(request, rules, place)];
  };

  function ofBody(
    { headers, body }: SentRequest,
    { requestBody }: z.infer<typeof operation>,
    place: readonly string[],
  ): readonly string[] {
    if (body === '') return requestBody?.required ? ['the body is missing'] : [];
    if (!requestBody) return ['a body is not expected'];
    const [type = ''] = (headers['content-type'] ?? '').split(';');
    if (!Object.hasOwn(requestBody.content, type)) return [`header Content-Type is "${type}"`];
    const validate = validator(ofBodies, [...place, 'requestBody', 'content', type, 'schema']);
    try {
      return validate(JSON.parse(body)) ? [] : problems(validate, 'body');
    } catch (error) {
      if (error instanceof SyntaxError) return ['the body is not JSON'];
      throw error;
    }
  }
}

const ROOT = 'openapi';

/** Forbids fields that a schema does not name. The parts of an `allOf` know only their share: the whole is closed there. */
function closed(node: unknown, isPart = false): unknown {
  if (Array.isArray(node)) return node.map((one) => closed(one));
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(
    Object.entries(node).map(([name, value]) => [
      name,
      name === 'allOf' && Array.isArray(value) ? value.map((one) => closed(one, true)) : closed(value),
    ]),
  );
  const namesFields = 'properties' in node || 'allOf' in node;
  const isOpen = isPart || !namesFields || 'additionalProperties' in node;
  return isOpen ? copy : { ...copy, unevaluatedProperties: false };
}

function fits(template: string, pathname: string): boolean {
  const parts = template.split('/');
  const given = pathname.split('/');
  return (
    parts.length === given.length &&
    parts.every((part, index) => (/^\{.+\}$/.test(part) ? given[index] !== '' : part === given[index]))
  );
}

const pointerPart = (part: string | number): string =>
  encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'));

function problems({ errors }: ValidateFunction, place: string): string[] {
  return (errors ?? []).map(({ instancePath, message, params }) => {
    const field: unknown = params['unevaluatedProperty'];
    return `${place}${instancePath} ${message ?? 'is wrong'}${typeof field === 'string' ? ` (${field})` : ''}`;
  });
}
