import { ScanCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import findMyWay, { type HTTPMethod } from 'find-my-way';
import { randomUUID } from 'node:crypto';
import type { HttpHandler } from '#shared/http/endpoint.ts';
import { routes } from '#shared/http/routes.ts';
import { startDynamo } from '#shared/local/dynamodb.ts';
import { startKms } from '#shared/local/kms.ts';
import { localKeys } from '#shared/local/kms-keys.ts';
import { LOGOS_BUCKET } from '#shared/local/objects.ts';
import { startQueue } from '#shared/local/queue.ts';
import { type AwsClients, createAwsClients } from '#shared/local/aws-clients.ts';
import { capabilities, type Capability } from '#shared/platform/capabilities.ts';
import type { Clock } from '#shared/platform/clock.ts';
import { type Config, readConfig } from '#shared/platform/config.ts';
import { Secret } from '#shared/security/secret.ts';
import { openServices, type Services, useRuntime } from '#shared/services.ts';
import type { Attributes } from '#shared/store/table.ts';
import type { User } from '#shared/store/users.ts';
import { ensureSuperAdmin } from '#shared/tenants/user.ts';
import { makeFolder } from './scratch-folder.ts';
import { ManualClock } from './manual-clock.ts';
import { countAwsCalls } from './aws-calls.ts';

export type Headers = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Headers;
  /** What JSON gave, so that a test may say `body.empresa.id`; text where it is not JSON, and a Buffer where it is neither. */
  readonly body: ReturnType<JSON['parse']>;
}

export interface CallOptions {
  readonly headers?: Headers;
  /** Sent as JSON; a string and bytes as they are. */
  readonly body?: unknown;
}

/** Time as a test moves it: standing still, or running and shifted. */
export interface StageClock extends Clock {
  advance(ms: number): void;
}

export interface Stage {
  readonly clock: StageClock;
  readonly aws: AwsClients;
  /** What the handlers run with. */
  readonly config: Config;
  readonly tableName: string;
  /** For programs of their own. */
  readonly endpoints: { readonly dynamodb: string; readonly kms: string };
  readonly queueUrl: string;
  readonly hintsQueueUrl: string;
  /** Everything logged so far. */
  readonly log: readonly string[];
  /** Services with every capability: for preparing and looking, never for what a test is about. */
  readonly services: Services;
  /** Sends a request through the route table to its handler, as API Gateway would. `path` may carry a query. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Headers of the super admin that is there from the start. */
  asSuperAdmin(): Promise<Headers>;
  /** Headers of a new admin of this company. */
  asCompanyAdmin(companyId: string): Promise<Headers>;
  /** Headers of this user, signed now: good for 24 hours of the stage's clock. */
  asUser(user: User): Promise<Headers>;
  /** Calls of AWS services while `work` runs, by operation, such as `{ GetItem: 1, Sign: 1 }`. */
  countCalls(work: () => Promise<unknown>): Promise<Record<string, number>>;
  /** Every item of the table. */
  items(): Promise<Attributes[]>;
  stop(): Promise<void>;
}

export interface StageOptions {
  /** More environment variables, such as `CONEKTA_BASE_URL`. */
  readonly config?: Readonly<Record<string, string>>;
  readonly clock?: StageClock;
}

/** What the gateways are told as the address of this deployment. */
export const stageUrl = 'https://api.stage.mx';

export const stageAdmin = { email: 'root@stage.mx', password: 'stage-password' } as const;

/**
 * The production handlers over the embedded endpoints, without HTTP in front. It takes over the process's runtime, so a
 * test file has one at a time.
 */
export async function startStage({ config = {}, clock = new ManualClock() }: StageOptions = {}): Promise<Stage> {
  const folder = makeFolder();
  const [dynamo, kms, queue] = await Promise.all([
    startDynamo(),
    startKms({ port: 0, dataDir: folder.path }),
    startQueue({ port: 0 }),
  ]);
  // fauxqs has an object store beside its queues.
  await fetch(`${queue.url}/${LOGOS_BUCKET}`, { method: 'PUT' });
  const settings = readConfig({
    ...localKeys,
    LOGOS_BUCKET,
    AWS_ENDPOINT_URL_S3: queue.url,
    TABLE_NAME: dynamo.tableName,
    JOBS_QUEUE_URL: queue.jobs.queueUrl,
    HINTS_QUEUE_URL: queue.hints.queueUrl,
    OWN_URL: stageUrl,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    AWS_ENDPOINT_URL_KMS: kms.url,
    AWS_ENDPOINT_URL_SQS: queue.url,
    ...config,
  });
  const log: string[] = [];
  useRuntime({ config: settings, clock, logSink: (line) => void log.push(line) });
  const everything = Object.keys(capabilities) as Capability[];
  const services = openServices(everything);
  const aws = createAwsClients(settings);
  const signer = openServices(['sessions:sign']);

  const asUser = async (user: User): Promise<Headers> => {
    const { token } = await signer.tokens.signSession({ ...user, userId: user.id });
    return { authorization: `Bearer ${token.reveal()}` };
  };
  return {
    clock,
    aws,
    config: settings,
    tableName: dynamo.tableName,
    endpoints: { dynamodb: dynamo.url, kms: kms.url },
    queueUrl: queue.jobs.queueUrl,
    hintsQueueUrl: queue.hints.queueUrl,
    log,
    services,
    asUser,
    call: (method, path, options) => call(clock, method, path, options),
    asSuperAdmin: async () => {
      const { email, password } = stageAdmin;
      return asUser(await ensureSuperAdmin(services, { email, password: new Secret(password), name: 'Root' }));
    },
    asCompanyAdmin: async (companyId) => asUser(await addCompanyAdmin(services, companyId)),
    countCalls: countAwsCalls,
    items: () => scan(aws.dynamo, dynamo.tableName),
    stop: async () => {
      await Promise.all([dynamo.stop(), kms.stop(), queue.stop()]);
      folder.remove();
    },
  };
}

export async function addCompanyAdmin(services: Services, companyId: string): Promise<User> {
  const user: User = {
    id: await services.table.nextNumber('USER'),
    email: `${randomUUID()}@stage.mx`,
    // No password gives this: nobody needs one to be signed in by the stage, and hashing takes its time.
    passwordHash: 'none',
    name: 'Admin',
    role: 'cliente_admin',
    companyId,
    active: true,
    tokenVersion: 0,
    mustChangePassword: false,
    createdAt: services.clock.now(),
    lastLoginAt: null,
  };
  await services.users.create(user);
  return user;
}

async function scan(client: DynamoDBDocumentClient, TableName: string): Promise<Attributes[]> {
  const items: Attributes[] = [];
  let ExclusiveStartKey: Attributes | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName, ...(ExclusiveStartKey && { ExclusiveStartKey }) }));
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}

const FALLBACK = '$default';
const router = findMyWay({ caseSensitive: true });
for (const { id, method, path } of routes)
  if (path !== FALLBACK)
    router.on(method as HTTPMethod, path.replace(/\{(\w+)\}/g, ':$1'), () => undefined, { id, path });

async function handlerOf(id: string): Promise<HttpHandler> {
  const file = `../../functions/http/${id}.ts`;
  const module = (await import(/* @vite-ignore */ file)) as { handler: HttpHandler };
  return module.handler;
}

async function call(clock: Clock, method: string, target: string, { headers = {}, body }: CallOptions = {}) {
  const url = new URL(target, 'http://stage');
  const found = router.find(method as HTTPMethod, url.pathname);
  const row = (found?.store ?? { id: 'system/answer-unknown', path: FALLBACK }) as { id: string; path: string };
  const handler = await handlerOf(row.id);
  const event = toEvent({ clock, method, url, headers, body, row, params: found?.params ?? {} });
  const { statusCode = 200, headers: answered = {}, body: text = '', isBase64Encoded } = await handler(event);
  const type = String(answered['content-type'] ?? '');
  const plain = isBase64Encoded ? Buffer.from(text, 'base64') : text;
  return {
    status: statusCode,
    headers: Object.fromEntries(Object.entries(answered).map(([name, value]) => [name.toLowerCase(), String(value)])),
    body: type.startsWith('application/json') ? (JSON.parse(text) as unknown) : plain,
  };
}

/** A request as API Gateway hands it on, payload format 2.0. */
function toEvent(request: {
  readonly clock: Clock;
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: unknown;
  readonly row: { readonly id: string; readonly path: string };
  readonly params: Readonly<Record<string, string | undefined>>;
}): APIGatewayProxyEventV2 {
  const { clock, method, url, headers, body, row, params } = request;
  const query = Object.fromEntries(
    [...new Set(url.searchParams.keys())].map((name) => [name, url.searchParams.getAll(name).join(',')]),
  );
  const routeKey = row.path === FALLBACK ? FALLBACK : `${method} ${row.path}`;
  return {
    version: '2.0',
    routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    ...(url.search.length > 1 && { queryStringParameters: query }),
    ...(Object.keys(params).length > 0 && { pathParameters: { ...params } }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'stage',
      domainName: url.hostname,
      domainPrefix: 'stage',
      http: { method, path: url.pathname, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'stage' },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: new Date(clock.now()).toISOString(),
      timeEpoch: clock.now(),
    },
    ...(body !== undefined && { body: sent(body) }),
    isBase64Encoded: body instanceof Uint8Array,
  };
}

function sent(body: unknown): string {
  if (body instanceof Uint8Array) return Buffer.from(body).toString('base64');
  return typeof body === 'string' ? body : JSON.stringify(body);
}
