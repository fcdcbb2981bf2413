import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type * as z from 'zod';
import type { Logger } from '../platform/logger.ts';
import { Refusal } from '../platform/refusal.ts';
import { openServices, type Services } from '../services.ts';
import { authenticate, type Authenticated, type PortalScope } from './auth.ts';
import type { Key } from '../store/table.ts';
import { type BodyOf, nothing, type ParamsOf, type QueryOf, type ReplyOf, type Row } from './contract.ts';
import { answerTo } from './errors.ts';
import { malformedJson, missingBody, type Part, validationEntries, type ValidationEntry } from './validation.ts';

export type HttpEvent = APIGatewayProxyEventV2;
export type HttpResult = APIGatewayProxyStructuredResultV2;
export type HttpHandler = (event: HttpEvent) => Promise<HttpResult>;

interface Input<R extends Row> {
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  readonly body: BodyOf<R>;
}

/** A request that passed authentication and validation, in that order. */
export interface Request<R extends Row> extends Input<R> {
  readonly caller: Authenticated<R['auth']>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly receivedAt: number;
  readonly logger: Logger;
  readonly event: HttpEvent;
}

export interface EndpointOptions<R extends Row> {
  /** More keys for the one batched read of a portal call, known from the key's own claims and the valid input. */
  readonly alongside?: (
    scope: PortalScope,
    input: Input<R> & { readonly headers: HttpEvent['headers'] },
  ) => readonly Key[];
}

/**
 * Turns a row and a function into a Lambda handler: authentication, then validation, then the function. Refusals become
 * their contract answers; everything else that is thrown is a 500 with a constant body and a correlation id.
 *
 * `Reply` is a parameter only so that a literal such as `status: 201` keeps its type on the way to the row's replies.
 */
export function endpoint<const R extends Row, const Reply extends ReplyOf<R>>(
  row: R,
  run: (request: Request<R>, services: Services) => Promise<Reply>,
  options: EndpointOptions<R> = {},
): HttpHandler {
  return async (event) => {
    const services = openServices(row.needs);
    const receivedAt = services.clock.now();
    const correlationId = event.requestContext.requestId;
    const logger = services.logger.with({ row: row.id, correlationId });
    const answer = (status: number, body: string, headers: Readonly<Record<string, string>>): HttpResult => {
      logger.info('request answered', { status, ms: services.clock.now() - receivedAt });
      return { statusCode: status, headers: { ...headers, 'x-correlation-id': correlationId }, body };
    };
    const json = { 'content-type': 'application/json' };
    try {
      const reading = readInput(row, event);
      const { headers } = event;
      const alongside = (scope: PortalScope) =>
        'input' in reading ? (options.alongside?.(scope, { ...reading.input, headers }) ?? []) : [];
      const caller = await authenticate<R['auth']>(row.auth, {
        headers,
        services,
        alongside,
        beforePasswordChange: row.beforePasswordChange === 'allowed',
      });
      if (!('input' in reading)) return answer(422, JSON.stringify({ detail: reading.entries }), json);
      const reply = await run({ ...reading.input, caller, headers, receivedAt, logger, event }, services);
      const isText = row.contentType !== undefined && typeof reply.body === 'string';
      const type = isText ? { 'content-type': row.contentType } : json;
      const body = isText ? reply.body : JSON.stringify(reply.body);
      return answer(reply.status, body, { ...type, ...reply.headers });
    } catch (error) {
      if (error instanceof Refusal) {
        const { status, body } = answerTo(error.code, error.details);
        const { retryAfterSeconds } = error.details;
        const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
        return answer(status, JSON.stringify(body), { ...json, ...retry });
      }
      logger.error('request failed', error);
      return answer(500, 'Internal Server Error', { 'content-type': 'text/plain; charset=utf-8' });
    }
  };
}

type Reading<R extends Row> = { readonly input: Input<R> } | { readonly entries: readonly ValidationEntry[] };

function readInput<const R extends Row>(row: R, event: HttpEvent): Reading<R> {
  const json = row.body === nothing ? { kind: 'value' as const, value: undefined } : parseJson(event);
  const params = parse<R['params']>(row.params, event.pathParameters ?? {});
  const query = parse<R['query']>(row.query, event.queryStringParameters ?? {});
  const body = parse<R['body']>(row.body, json.kind === 'value' ? json.value : undefined);
  // A body that may be left out has a schema that takes nothing.
  if (json.kind !== 'malformed' && params.success && query.success && body.success)
    return { input: { params: params.data, query: query.data, body: body.data } };
  const problems = (part: Part, parsed: z.ZodSafeParseResult<unknown>) =>
    parsed.success ? [] : validationEntries(part, parsed.error);
  return {
    entries: [
      ...problems('path', params),
      ...problems('query', query),
      ...(json.kind === 'value' ? problems('body', body) : [json.kind === 'absent' ? missingBody : malformedJson]),
    ],
  };
}

/** `safeParse`, with the output type kept generic. */
function parse<S extends z.ZodType>(schema: S, raw: unknown): z.ZodSafeParseResult<z.output<S>> {
  return schema.safeParse(raw);
}

type Json = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'absent' | 'malformed' };

function parseJson(event: HttpEvent): Json {
  if (event.body === undefined || event.body === '') return { kind: 'absent' };
  try {
    const text = event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString('utf8') : event.body;
    const value: unknown = JSON.parse(text);
    return { kind: 'value', value };
  } catch {
    return { kind: 'malformed' };
  }
}
