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
  readonly headers: Headers;
  /** Empty when none was sent. */
  readonly body: string;
}

/** What came back for it. */
export interface GivenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface Exchange {
  readonly request: SentRequest;
  readonly answer: GivenAnswer;
}

type Headers = Readonly<Record<string, string | undefined>>;

/** Says what is wrong, one sentence each; nothing when it is right. An item of a list is `*`, whichever it was. */
export interface Judge {
  readonly ofRequest: (request: SentRequest) => readonly string[];
  /** @returns undefined for an answer to a request that is no operation: nobody can say */
  readonly ofAnswer: (exchange: Exchange) => readonly string[] | undefined;
}

const parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header', 'cookie']),
  required: z.boolean().default(false),
});
const mediaTypes = z.record(z.string(), z.unknown()).default({});
const security = z.array(z.record(z.string(), z.unknown()));
const operation = z.object({
  parameters: z.array(parameter).default([]),
  requestBody: z.object({ required: z.boolean().default(false), content: mediaTypes }).optional(),
  responses: z.record(z.string(), z.unknown()),
  security: security.optional(),
});
const response = z.object({ content: mediaTypes });
const openApi = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  security: security.default([]),
});

type Place = readonly (string | number)[];

/** An operation that a request is for. */
interface Called {
  readonly rules: z.infer<typeof operation>;
  readonly template: string;
  readonly place: Place;
  /** What stands in the path where the template has a name. */
  readonly inPath: ReadonlyMap<string, string>;
}

/**
 * A judge by an OpenAPI 3.1 file whose operations write their parameters and bodies out. Stricter than the file in one
 * thing: a field it does not name is a mistake, not an extension.
 *
 * @param yaml the file's text
 */
export function openApiJudge(yaml: string): Judge {
  const document = openApi.parse(closed(parse(yaml)));
  // The files carry words of other dialects (`nullable`, `example`, `xml`): they are no reason not to judge the rest.
  const options = { strict: false, validateSchema: false, allErrors: true, verbose: true } as const;
  const ofBodies = new Ajv2020(options);
  // Parameters are text on the wire: "20" is an integer there.
  const ofParameters = new Ajv2020({ ...options, coerceTypes: true });
  for (const judge of [ofBodies, ofParameters]) {
    formats.default(judge);
    judge.addFormat('int8', true);
    judge.addSchema(document, ROOT);
  }
  const validator = (judge: Ajv2020, place: Place): ValidateFunction =>
    judge.compile({ $ref: `${ROOT}#/${place.map(pointerPart).join('/')}` });

  function called({ method, path }: SentRequest): Called | undefined {
    const verb = method.toLowerCase();
    const { pathname } = new URL(path, 'http://gateway');
    const [best] = Object.keys(document.paths)
      .filter((template) => Object.hasOwn(document.paths[template] ?? {}, verb))
      .map((template) => ({ template, inPath: fit(template, pathname) }))
      .filter((one): one is { template: string; inPath: Map<string, string> } => one.inPath !== undefined)
      // `/payments/search` is also `/payments/{id}`: the fewer names, the closer.
      .toSorted((a, b) => a.inPath.size - b.inPath.size);
    if (!best) return undefined;
    const rules = operation.parse(document.paths[best.template]?.[verb]);
    return { ...best, rules, place: ['paths', best.template, verb] };
  }

  const at = (place: Place): unknown =>
    place.reduce<unknown>((node, part) => (isObject(node) ? node[part] : undefined), document);

  /** Where a response really stands, which may be only a reference, and what it can be. */
  function responseAt(place: Place): { readonly place: Place; readonly content: z.infer<typeof mediaTypes> } {
    const node = at(place);
    const reference = isObject(node) ? node['$ref'] : undefined;
    return typeof reference === 'string'
      ? responseAt(reference.slice('#/'.length).split('/').map(partOfPointer))
      : { place, content: response.parse(node).content };
  }

  function ofParameter({ rules, place, inPath }: Called, { path, headers }: SentRequest): readonly string[] {
    const { searchParams } = new URL(path, 'http://gateway');
    const given = (one: z.infer<typeof parameter>): string | undefined => {
      if (one.in === 'path') return inPath.get(one.name);
      if (one.in === 'query') return searchParams.get(one.name) ?? undefined;
      return one.in === 'header' ? headers[one.name.toLowerCase()] : undefined;
    };
    const ofKnown = rules.parameters.flatMap((one, index) => {
      const value = given(one);
      if (value === undefined) return one.required ? [`${one.in} ${one.name} is missing`] : [];
      const validate = validator(ofParameters, [...place, 'parameters', index, 'schema']);
      return validate(value) ? [] : problems(validate, `${one.in} ${one.name}`);
    });
    const known = rules.parameters.map(
      ({ in: where, name }) => `${where} ${where === 'header' ? name.toLowerCase() : name}`,
    );
    const ofUnknown = [
      ...[...searchParams.keys()].map((name) => `query ${name}`),
      // The others are HTTP's own.
      ...Object.keys(headers)
        .filter((name) => name.startsWith('x-'))
        .map((name) => `header ${name}`),
    ].filter((name) => !known.includes(name));
    return [...ofKnown, ...ofUnknown.map((name) => `${name} is not known`)];
  }

  function ofHeaders({ rules, place }: Called, { headers }: SentRequest): readonly string[] {
    const answers = Object.keys(rules.responses).flatMap((status) =>
      Object.keys(responseAt([...place, 'responses', status]).content),
    );
    const accept = headers['accept'] ?? '';
    // Whoever has a version in the name of what it answers has to be asked for that one.
    const takesAnything = accept === '*/*' && answers.every((type) => type === 'application/json');
    const isAccepted = answers.length === 0 || answers.includes(accept) || takesAnything;
    const needsKey = (rules.security ?? document.security).length > 0;
    const hasKey = /^Bearer .+$/.test(headers['authorization'] ?? '');
    return [
      ...(isAccepted ? [] : [`header Accept is "${accept}"`]),
      ...(needsKey && !hasKey ? ['header Authorization has no bearer token'] : []),
    ];
  }

  function ofRequestBody({ rules, place }: Called, { headers, body }: SentRequest): readonly string[] {
    const { requestBody } = rules;
    if (body === '') return requestBody?.required ? ['the body is missing'] : [];
    if (!requestBody) return ['a body is not expected'];
    return ofBody('body', requestBody.content, [...place, 'requestBody'], headers, body);
  }

  function ofBody(
    name: string,
    content: Readonly<Record<string, unknown>>,
    place: Place,
    headers: Headers,
    body: string,
  ): readonly string[] {
    const [type = ''] = (headers['content-type'] ?? '').split(';');
    if (!Object.hasOwn(content, type)) return [`the Content-Type of the ${name} is "${type}"`];
    const validate = validator(ofBodies, [...place, 'content', type, 'schema']);
    try {
      return validate(JSON.parse(body)) ? [] : problems(validate, name);
    } catch (error) {
      if (error instanceof SyntaxError) return [`the ${name} is not JSON`];
      throw error;
    }
  }

  return {
    ofRequest(request) {
      const one = called(request);
      if (!one) return [`${request.method} ${new URL(request.path, 'http://gateway').pathname} is no operation`];
      return [...ofParameter(one, request), ...ofHeaders(one, request), ...ofRequestBody(one, request)];
    },

    ofAnswer({ request, answer: { status, headers, body } }) {
      const one = called(request);
      if (!one) return undefined;
      if (!Object.hasOwn(one.rules.responses, status))
        return [`${request.method} ${one.template} answers no ${status}`];
      const { place, content } = responseAt([...one.place, 'responses', String(status)]);
      if (Object.keys(content).length === 0) return body === '' ? [] : ['an answer with a body is not expected'];
      return ofBody('answer', content, place, headers, body);
    },
  };
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

/** @returns what the names of the template stand for; undefined when the path does not fit it */
function fit(template: string, pathname: string): Map<string, string> | undefined {
  const given = pathname.split('/');
  const parts = template.split('/');
  if (parts.length !== given.length) return undefined;
  const named = new Map<string, string>();
  for (const [index, part] of parts.entries()) {
    const value = given[index] ?? '';
    const [, name] = /^\{(.+)\}$/.exec(part) ?? [];
    if (name === undefined ? part !== value : value === '') return undefined;
    if (name !== undefined) named.set(name, decodeURIComponent(value));
  }
  return named;
}

const isObject = (node: unknown): node is Readonly<Record<string, unknown>> =>
  typeof node === 'object' && node !== null;

const pointerPart = (part: string | number): string =>
  encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'));

const partOfPointer = (part: string): string => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');

function problems({ errors }: ValidateFunction, name: string): readonly string[] {
  const sentences = (errors ?? []).map(({ instancePath, keyword, message, params, data }) => {
    const place = `${name}${instancePath.replaceAll(/\/\d+(?=\/|$)/g, '/*')}`;
    const field: unknown = params['unevaluatedProperty'];
    if (typeof field === 'string') return `${place}/${field} is not known`;
    return `${place} ${keyword === 'type' && data === null ? 'must not be null' : (message ?? 'is wrong')}`;
  });
  return [...new Set(sentences)];
}
