import type { SQSEvent } from 'aws-lambda';
import type { Row } from '#shared/http/contract.ts';
import { routes } from '#shared/http/routes.ts';
import { type Clock, systemClock } from '#shared/platform/clock.ts';
import { type Config, readConfig } from '#shared/platform/config.ts';
import { Logger, type LogSink } from '#shared/platform/logger.ts';
import { Secret } from '#shared/security/secret.ts';
import { openServices, useRuntime } from '#shared/services.ts';
import { ensureSuperAdmin } from '#shared/tenants/user.ts';
import { workers } from '#shared/workers.ts';
import { createAwsClients } from './aws-clients.ts';
import { bundledFunctions } from './bundled-functions.ts';
import { type ConektaSimulator, startConektaSimulator } from './conekta/simulator.ts';
import { startControl } from './control.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { type Demo, DemoError, ensureDemo, type FarEnds, type Login, type RouterLogin } from './demo.ts';
import { LOCAL_TABLE, startDynamo } from './dynamodb.ts';
import { keysElsewhere, queueElsewhere, tableElsewhere } from './elsewhere.ts';
import { httpFunctions, sourceFunctions } from './function-host.ts';
import { postByHttp } from './gateway/outbox.ts';
import { startHttpAdapter } from './http-adapter.ts';
import { type LocalKms, startKms } from './kms.ts';
import { localKeys } from './kms-keys.ts';
import { portError } from './loopback-port.ts';
import { type MercadoPagoSimulator, startMercadoPagoSimulator } from './mercado-pago/simulator.ts';
import { LOGOS_BUCKET, startObjects } from './objects.ts';
import { startQueue } from './queue.ts';
import { startQueuePump } from './queue-pump.ts';
import { type RouterSimulator, startRouterSimulator } from './router/simulator.ts';
import { Running, type Stoppable } from './running.ts';
import { startSchedulePump } from './schedule-pump.ts';
import type { Environment, SandboxPorts } from './settings.ts';
import { startTelegramSimulator, type TelegramSimulator } from './telegram/simulator.ts';

export interface SandboxOptions {
  readonly dataDir: string;
  /** Free ones unless given. */
  readonly ports?: Partial<SandboxPorts>;
  /** Onboard a demo company; yes unless told otherwise. */
  readonly demo?: boolean;
  /** Begin empty. */
  readonly fresh?: boolean;
  readonly clock?: Clock;
  /** Where the functions' log goes; nowhere unless given. */
  readonly logSink?: LogSink;
  readonly sweepSeconds?: number;
  /** Endpoints that take the place of embedded parts (settings.ts). */
  readonly environment?: Environment;
  /** Folder of the bundle whose functions are to run, by the system's clock; else they run as they are written. */
  readonly bundle?: string | undefined;
}

/** What a person and the tests need to know; the shape of `.local/stack.json`. */
export interface Stack {
  readonly api: string;
  readonly control: string;
  readonly superAdmin: Login;
  readonly router: RouterLogin;
  readonly demo: Demo | null;
  /** Where the commands of bin find the data. */
  readonly aws: {
    readonly dynamodb: string;
    readonly kms: string;
    readonly s3: string;
    readonly table: string;
    readonly logos: string;
  };
}

export interface Sandbox {
  readonly stack: Stack;
  /** Why there is no demo although one was wanted. */
  readonly demoProblem: string | undefined;
  /** What the functions run with: endpoints, table, queue, keys. */
  readonly config: Config;
  readonly router: RouterSimulator;
  /** Undefined when another Conekta was named. */
  readonly conekta: ConektaSimulator | undefined;
  /** Undefined when another Mercado Pago was named. */
  readonly mercadoPago: MercadoPagoSimulator | undefined;
  /** Undefined when another Telegram was named. */
  readonly telegram: TelegramSimulator | undefined;
  readonly kms: LocalKms | undefined;
  /** Settles with a sentence when a part has ended by itself and the sandbox cannot go on. */
  readonly broken: Promise<string>;
  /** Runs the sweep at once, for tests that move the clock. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

/** Fixed and documented: the sandbox is reached from this machine only. */
export const SUPER_ADMIN: Login = { email: 'super@sandbox.example', password: 'sandbox-super-admin' };
const ROUTER_LOGIN = { host: '127.0.0.1', user: 'api-pagos', password: 'sandbox-router' } as const;
/** On AWS it is 60, the shortest schedule there is. Here a person watches: what is owed should be settled while they look. */
const SWEEP_SECONDS = 5;

/**
 * The whole product on this machine: the same functions as on AWS, on the DynamoDB, SQS, KMS and S3 interfaces, between a
 * simulated router and two simulated gateways. One at a time per process, since functions share the process's runtime.
 *
 * @throws StartError with one sentence for a person; nothing is left running then
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const running = new Running();
  try {
    const folder = await openDataFolder(options.dataDir, options.fresh ?? false);
    running.add('lock', { stop: () => folder.release() });
    return await startIn(folder, options, running);
  } catch (error) {
    await running.stop();
    throw error;
  }
}

async function startIn(folder: DataFolder, options: SandboxOptions, running: Running): Promise<Sandbox> {
  const { ports = {}, clock = systemClock, logSink = () => undefined, environment = {} } = options;
  const given = readConfig(environment);
  const engine = <Part extends Stoppable>(starting: Promise<Part>) => running.start('engine', starting);
  const logger = new Logger(clock, given.LOG_LEVEL, logSink);
  const functions = options.bundle === undefined ? sourceFunctions : bundledFunctions(options.bundle, logSink);
  running.add('engine', functions);
  const functionOf = httpFunctions(functions);
  // The functions are told the API's own address, so it is opened before they run; who calls early waits for them.
  const ready = Promise.withResolvers<void>();
  const handlerOf = (row: Row) => ready.promise.then(() => functionOf(row));
  const api = await running.start(
    'door',
    startHttpAdapter({ port: ports.api ?? 0, rows: routes, handlerOf, clock, logger }),
  );
  // While the engines start, the functions are read.
  const warm = functions.warm();
  const [dynamo, kms, queue, objects, router, conekta, mercadoPago, telegram, doJob, followHint, settleDue] =
    await Promise.all([
      given.AWS_ENDPOINT_URL_DYNAMODB ? tableElsewhere(given) : engine(startDynamo({ dataFile: folder.dynamoFile })),
      given.AWS_ENDPOINT_URL_KMS ? keysElsewhere(given) : engine(startKms({ port: 0, dataDir: folder.path })),
      given.AWS_ENDPOINT_URL_SQS ? queueElsewhere(given) : engine(startQueue({ port: 0 })),
      given.AWS_ENDPOINT_URL_S3
        ? { url: given.AWS_ENDPOINT_URL_S3 }
        : engine(startObjects({ port: 0, dataDir: folder.objects })),
      engine(startRouter(folder, ports.router ?? 0, clock)),
      environment['CONEKTA_BASE_URL']
        ? undefined
        : engine(startConektaSimulator({ port: ports.conekta ?? 0, dataDir: folder.conekta, clock, post: postByHttp })),
      environment['MERCADO_PAGO_BASE_URL']
        ? undefined
        : engine(
            startMercadoPagoSimulator({
              port: ports.mercadoPago ?? 0,
              dataDir: folder.mercadoPago,
              clock,
              post: postByHttp,
            }),
          ),
      environment['TELEGRAM_BASE_URL']
        ? undefined
        : engine(startTelegramSimulator({ port: ports.telegram ?? 0, dataDir: folder.telegram, clock })),
      functions.handlerOf<SQSEvent, unknown>(workers.routerJobs),
      functions.handlerOf<SQSEvent, unknown>(workers.gatewayHints),
      functions.handlerOf<void, unknown>(workers.settleDue),
    ]);

  const variables = {
    ...environment,
    ...localKeys,
    TABLE_NAME: LOCAL_TABLE,
    JOBS_QUEUE_URL: queue.jobs.queueUrl,
    HINTS_QUEUE_URL: queue.hints.queueUrl,
    LOGOS_BUCKET: given.LOGOS_BUCKET ?? LOGOS_BUCKET,
    OWN_URL: api.url,
    LOOPBACK_ROUTERS: 'allowed',
    WORKER_ADDRESSES: '127.0.0.1',
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    AWS_ENDPOINT_URL_KMS: kms.url,
    AWS_ENDPOINT_URL_SQS: queue.url,
    AWS_ENDPOINT_URL_S3: objects.url,
    CONEKTA_BASE_URL: conekta?.url ?? given.CONEKTA_BASE_URL,
    MERCADO_PAGO_BASE_URL: mercadoPago?.url ?? given.MERCADO_PAGO_BASE_URL,
    TELEGRAM_BASE_URL: telegram?.url ?? given.TELEGRAM_BASE_URL,
  };
  const config = readConfig(variables);
  useRuntime({ config, clock, logSink });
  functions.begin(variables);
  ready.resolve();
  const { sqs } = createAwsClients(config);

  const control = await running.start(
    'door',
    startControl(ports.control ?? 0, { router, conekta, mercadoPago, telegram }),
  );
  running.add('door', startQueuePump({ sqs, queueUrl: queue.jobs.queueUrl, handler: doJob, logger }));
  running.add('door', startQueuePump({ sqs, queueUrl: queue.hints.queueUrl, handler: followHint, logger }));
  const schedule = startSchedulePump({
    handler: settleDue,
    everySeconds: options.sweepSeconds ?? SWEEP_SECONDS,
    logger,
  });
  running.add('door', schedule);

  await ensureSuperAdmin(openServices(['table']), {
    email: SUPER_ADMIN.email,
    password: new Secret(SUPER_ADMIN.password),
    name: 'Super Administrador',
  });
  const routerLogin = { ...ROUTER_LOGIN, port: router.port };
  const demo = options.demo === false ? null : await demoOrProblem(api.url, { router: routerLogin, mercadoPago });
  // Its gateway's webhook is owed since its keys were saved: whoever buys in the first seconds is not to wait for the sweep.
  void schedule.runNow();
  await warm;
  return {
    stack: {
      api: api.url,
      control: control.url,
      superAdmin: SUPER_ADMIN,
      router: routerLogin,
      demo: demo instanceof DemoError ? null : demo,
      aws: {
        dynamodb: dynamo.url,
        kms: kms.url,
        s3: objects.url,
        table: LOCAL_TABLE,
        logos: variables.LOGOS_BUCKET,
      },
    },
    demoProblem: demo instanceof DemoError ? demo.message : undefined,
    config,
    router,
    conekta,
    mercadoPago,
    telegram,
    kms: kms.stop ? kms : undefined,
    broken: brokenWhen(dynamo.stop && dynamo.exited, running),
    sweep: () => schedule.runNow(),
    stop: () => running.stop(),
  };
}

/**
 * On the port of last time when any will do: routers that were onboarded remember it.
 *
 * @param asked 0 when any will do
 */
async function startRouter(folder: DataFolder, asked: number, clock: Clock): Promise<RouterSimulator> {
  const start = async (port: number): Promise<RouterSimulator> => {
    try {
      return await startRouterSimulator({ ...ROUTER_LOGIN, port, dataDir: folder.router, clock });
    } catch (error) {
      throw portError(error, port, 'the simulated router');
    }
  };
  const wanted = asked === 0 ? folder.lastRouterPort : asked;
  const router = await start(wanted).catch((error: unknown) => {
    if (asked === 0 && wanted !== 0) return start(0);
    throw error;
  });
  folder.rememberRouterPort(router.port);
  return router;
}

async function demoOrProblem(api: string, far: FarEnds): Promise<Demo | DemoError> {
  try {
    return await ensureDemo(api, SUPER_ADMIN, far);
  } catch (error) {
    if (error instanceof DemoError) return error;
    throw error;
  }
}

/** Never settles for an engine that was asked to stop. */
function brokenWhen(exited: Promise<void> | undefined, running: Running): Promise<string> {
  return new Promise((resolve) => {
    void exited?.then(() => {
      if (!running.isStopping) resolve('The DynamoDB engine ended by itself; what was written is on disk.');
    });
  });
}
