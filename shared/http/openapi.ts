import * as z from 'zod';
import { bytes, nothing, type Row } from './contract.ts';
import { type Example, shownStatus } from './example.ts';
import { callers, info, refusals, refusalSchema, schemas, securityOf, securitySchemes, tags } from './openapi-words.ts';

type Json = Readonly<Record<string, unknown>>;

export interface OpenApi extends Json {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

/**
 * The API as an OpenAPI 3.1 document, in Spanish: it is read by integrators in Latin America. A pure function of the rows
 * and their examples, so that it says what is served and nothing else.
 *
 * @throws Error for a row without an example, and for a resource without a name here
 */
export function describeApi(rows: readonly Row[], examples: Readonly<Record<string, Example>>): OpenApi {
  // What no row takes is told by the answers to it, not by a path of its own.
  const described = rows.filter(({ path }) => path !== '$default');
  const paths: Record<string, Record<string, Json>> = {};
  for (const row of described) {
    const example = examples[row.id];
    if (!example) throw new Error(`The row ${row.id} has no example in shared/http/examples`);
    (paths[row.path] ??= {})[row.method.toLowerCase()] = operation(row, example);
  }
  return {
    openapi: '3.1.1',
    info,
    servers: [{ url: '/', description: 'Este servicio' }],
    tags: [...new Map(described.map(tagOf).map((tag) => [tag.name, tag])).values()],
    paths,
    components: { securitySchemes, responses: refusals, schemas },
  };
}

function tagOf({ id }: Row) {
  const [resource = id] = id.split('/');
  const tag = tags[resource];
  if (!tag) throw new Error(`The resource ${resource} has no name in shared/http/openapi-words.ts`);
  return tag;
}

function operation(row: Row, example: Example): Json {
  return {
    operationId: row.id,
    tags: [tagOf(row).name],
    summary: row.summary,
    description: callers[row.auth],
    security: securityOf[row.auth],
    ...(row.params !== nothing || row.query !== nothing
      ? {
          parameters: [
            ...parameters('path', row.params, example.params),
            ...parameters('query', row.query, example.query),
          ],
        }
      : {}),
    ...requestBody(row, example.body),
    responses: responses(row, example),
  };
}

function parameters(place: 'path' | 'query', schema: z.ZodType, example: unknown): Json[] {
  if (schema === nothing) return [];
  const { properties = {}, required = [] } = parametersShape.parse(jsonSchema(schema));
  const values = recordShape.catch({}).parse(example);
  return Object.entries(properties).map(([name, shape]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: shape,
    ...(name in values && { example: values[name] }),
  }));
}

const recordShape = z.record(z.string(), z.unknown());
const parametersShape = z.object({ properties: recordShape.optional(), required: z.array(z.string()).optional() });

function requestBody(row: Row, example: unknown): Json {
  const schema = row.rawBody ?? row.body;
  if (schema === nothing) return {};
  const isForm = row.bodyType !== undefined;
  return {
    requestBody: {
      // A body that may be left out has a schema that takes nothing.
      required: row.rawBody === undefined && !schema.safeParse(undefined).success,
      content: { [row.bodyType ?? JSON_TYPE]: { schema: jsonSchema(schema), ...(!isForm && { example }) } },
    },
  };
}

const JSON_TYPE = 'application/json';

function responses(row: Row, example: Example): Json {
  const refused = refusalsOf(row);
  const statuses = [...new Set([...Object.keys(row.replies).map(Number), ...refused])].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const reply = row.replies[status];
      if (!reply) return [status, { $ref: `#/components/responses/${status}` }];
      const shown = status === shownStatus(row) ? example.reply : undefined;
      return [status, response(row, { status, reply, shown, isRefusalToo: refused.includes(status) })];
    }),
  );
}

interface Reply {
  readonly status: number;
  readonly reply: z.ZodType;
  /** Its example, if it is the one that has it. */
  readonly shown: unknown;
  /** The same status is also what a request is refused with, before its function has a say. */
  readonly isRefusalToo: boolean;
}

function response({ contentType }: Row, { status, reply, shown, isRefusalToo }: Reply): Json {
  const description = refusals[status]?.description ?? (status < 300 ? 'Respuesta correcta.' : 'Redirección.');
  if (status === 204 || (status >= 300 && status < 400)) return { description };
  // Bytes have no schema, their type says all.
  if (reply === bytes) return { description, content: { [contentType ?? '*/*']: {} } };
  const own = jsonSchema(reply);
  const schema = isRefusalToo ? { anyOf: [own, refusalSchema(status)] } : own;
  const example = shown === undefined ? {} : { example: shown };
  return { description, content: { [contentType ?? JSON_TYPE]: { schema, ...example } } };
}

/** The canonical form of what is sent and answered. Neither closes an object: fields may be added to answers. */
function jsonSchema(schema: z.ZodType): Json {
  const { $schema, ...shape } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-2020-12',
    unrepresentable: 'any',
  });
  return shape;
}

/** What a row is refused with: by who may call it, by what it takes, by whether it changes something. */
function refusalsOf({ auth, method, params, query, body, refusals: more = [] }: Row): number[] {
  const takesInput = [params, query, body].some((schema) => schema !== nothing);
  return [
    ...(auth === 'none' ? [] : [401, 403]),
    ...(auth !== 'none' && method !== 'GET' ? [400, 409] : []),
    ...(params === nothing ? [] : [404]),
    ...(takesInput ? [422] : []),
    429,
    500,
    ...more,
  ];
}
