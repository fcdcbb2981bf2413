import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type * as z from 'zod';
import type { Logger } from '../platform/logger.ts';
import { Refusal } from '../platform/refusal.ts';
import { openServices, type Services } from '../services.ts';
import { authenticate, type Authenticated, type PortalScope } from './auth.ts';
import type { Key } from '../store/table.ts';
import type { User } from '../store/users.ts';
import { type Auth, type BodyOf, nothing, type ParamsOf, type QueryOf, type ReplyOf, type Row } from './contract.ts';
import { answerTo } from './errors.ts';
import { readForm } from './multipart.ts';
import { readAheadKeys } from './read-ahead.ts';
import { isAudited, onTrail } from './trail.ts';
import {
  malformedForm,
  malformedJson,
  missingBody,
  type Part,
  validationEntries,
  type ValidationEntry,
} from './validation.ts';

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
    const correlationId = event.requestContext.requestId;
    const services = openServices(row.needs, correlationId);
    const receivedAt = services.clock.now();
    const logger = services.logger.with({ row: row.id });
    const answer = (
      status: number,
      body: string | Uint8Array,
      headers: Readonly<Record<string, string>>,
    ): HttpResult => {
      logger.info('request answered', { status, ms: services.clock.now() - receivedAt });
      const payload =
        typeof body === 'string' ? { body } : { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
      return { statusCode: status, headers: { ...headers, 'x-correlation-id': correlationId }, ...payload };
    };
    /** As the contract has it. A 5xx is what somebody else failed at, and no fault of ours. */
    const declared: typeof answer = (status, body, headers) => {
      if (status >= 500) logger.measure({ 'declared-failures': 1 });
      return answer(status, body, headers);
    };
    const json = { 'content-type': 'application/json' };
    try {
      const reading = await readInput(row, event);
      const { headers } = event;
      const alongside = (scope: PortalScope) =>
        'input' in reading ? (options.alongside?.(scope, { ...reading.input, headers }) ?? []) : [];
      const staffReads = (ownCompanyId: string | null) =>
        'input' in reading ? readAheadKeys(row, ownCompanyId, reading.input) : [];
      const caller = await authenticate<R['auth']>(row.auth, {
        headers,
        services,
        alongside,
        staffReads,
        beforePasswordChange: row.beforePasswordChange === 'allowed',
      });
      if (!('input' in reading)) return answer(422, JSON.stringify({ detail: reading.entries }), json);
      const work = () => run({ ...reading.input, caller, headers, receivedAt, logger, event }, services);
      const user = isAudited(row) ? userOf(caller) : undefined;
      const { params, body: sent } = reading.input;
      const reply = user
        ? await onTrail(
            services.audit,
            { row, user, params, body: sent, request: event.requestContext, at: receivedAt },
            work,
          )
        : await work();
      const { status, body, headers: more } = reply;
      const asItStands = row.contentType !== undefined && (typeof body === 'string' || body instanceof Uint8Array);
      return asItStands
        ? declared(status, body, { 'content-type': row.contentType, ...more })
        : declared(status, JSON.stringify(body), { ...json, ...more });
    } catch (error) {
      if (error instanceof Refusal) {
        const { status, body } = answerTo(error.code, error.details);
        const { retryAfterSeconds } = error.details;
        const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
        return declared(status, JSON.stringify(body), { ...json, ...retry });
      }
      logger.error('request failed', error);
      return answer(500, 'Internal Server Error', { 'content-type': 'text/plain; charset=utf-8' });
    }
  };
}

const userOf = (caller: Authenticated<Auth>): User | undefined =>
  caller && 'user' in caller ? caller.user : undefined;

type Reading<R extends Row> = { readonly input: Input<R> } | { readonly entries: readonly ValidationEntry[] };

async function readInput<const R extends Row>(row: R, event: HttpEvent): Promise<Reading<R>> {
  const sent = await readBody(row, event);
  const params = parse<R['params']>(row.params, event.pathParameters ?? {});
  const query = parse<R['query']>(row.query, event.queryStringParameters ?? {});
  const body = parse<R['body']>(row.body, sent.kind === 'value' ? sent.value : undefined);
  // A body that may be left out has a schema that takes nothing.
  if (sent.kind !== 'malformed' && params.success && query.success && body.success)
    return { input: { params: params.data, query: query.data, body: body.data } };
  const problems = (part: Part, parsed: z.ZodSafeParseResult<unknown>) =>
    parsed.success ? [] : validationEntries(part, parsed.error);
  return {
    entries: [
      ...problems('path', params),
      ...problems('query', query),
      ...(sent.kind === 'value' ? problems('body', body) : [sent.kind === 'absent' ? missingBody : sent.entry]),
    ],
  };
}

/** `safeParse`, with the output type kept generic. */
function parse<S extends z.ZodType>(schema: S, raw: unknown): z.ZodSafeParseResult<z.output<S>> {
  return schema.safeParse(raw);
}

type Sent =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed'; readonly entry: ValidationEntry };

async function readBody(row: Row, event: HttpEvent): Promise<Sent> {
  if (row.body === nothing) return { kind: 'value', value: undefined };
  if (row.bodyType === undefined) return parseJson(event);
  const value = await readForm(event);
  return value === undefined ? { kind: 'malformed', entry: malformedForm } : { kind: 'value', value };
}

function parseJson(event: HttpEvent): Sent {
  if (event.body === undefined || event.body === '') return { kind: 'absent' };
  try {
    const text = event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString('utf8') : event.body;
    const value: unknown = JSON.parse(text);
    return { kind: 'value', value };
  } catch {
    return { kind: 'malformed', entry: malformedJson };
  }
}
