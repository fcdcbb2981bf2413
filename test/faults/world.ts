/** Everything real but the far ends, which are the simulators; a queue that misbehaves, and a clock that jumps. */
import { DeleteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import type { GatewayName } from '#shared/gateways/gateway.ts';
import { startConektaSimulator } from '#shared/local/conekta/simulator.ts';
import { localKeys } from '#shared/local/kms-keys.ts';
import { type Handler, loadHandler } from '#shared/local/load-handler.ts';
import { startMercadoPagoSimulator } from '#shared/local/mercado-pago/simulator.ts';
import { startRouterSimulator } from '#shared/local/router/simulator.ts';
import { readConfig } from '#shared/platform/config.ts';
import { useRuntime } from '#shared/services.ts';
import type { Attributes } from '#shared/store/table.ts';
import { makeFolder } from '../stage/scratch-folder.ts';
import { openShop, routerLogin, type Shop } from '../stage/market.ts';
import { ShiftedClock } from '../stage/shifted-clock.ts';
import { startStage, stageUrl } from '../stage/stage.ts';
import { Coverage } from './coverage.ts';
import { takeOverFetch } from './fetch-wire.ts';
import { conektaOf } from '../stage/gateways/conekta.ts';
import type { FarGateway } from '../stage/gateways/far-gateway.ts';
import { accessTokenOf, mercadoPagoOf } from '../stage/gateways/mercado-pago.ts';
import { forgetConnections, takeOverHttp } from './http-wire.ts';
import { takeOverRouter } from './router-wire.ts';
import { shortenWaits } from './short-waits.ts';
import { startUnrulyQueue } from './unruly-queue.ts';
import { act, type Acted, callsMade, callsOnTheWay, deliverLate, isPolling, offStage } from './wires.ts';

export type World = Awaited<ReturnType<typeof startWorld>>;

const pauseMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const CALM_LOOKS = 4;
const LOOK_EVERY_MS = 5;
const progress = (): number => callsMade().filter(({ label }) => !isPolling(label)).length;

/** One for the whole process, because it takes over the process's wires. Hundreds of runs share it, each with a new shop. */
/** What heals, and so hides missing rules. */
export interface Healing {
  /** Whether companies compare their books with the gateway's each day. */
  readonly comparison: boolean;
  /** Whether routers are compared with what should be on them. */
  readonly reconcile: boolean;
}

export async function startWorld({ comparison, reconcile }: Healing) {
  const folder = makeFolder();
  const clock = new ShiftedClock();
  const [conekta, mercadoPago, router] = await Promise.all([
    startConektaSimulator({ port: 0, dataDir: folder.path, clock }),
    startMercadoPagoSimulator({ port: 0, dataDir: folder.path, clock }),
    startRouterSimulator({ port: 0, dataDir: folder.path, ...routerLogin, clock }),
  ]);
  const environment = {
    CONEKTA_BASE_URL: conekta.url,
    MERCADO_PAGO_BASE_URL: mercadoPago.url,
    LOOPBACK_ROUTERS: 'allowed',
  };
  const stage = await startStage({ clock, config: environment });
  const { dynamo, kms, sqs } = stage.aws;
  const config = readConfig({
    ...localKeys,
    ...environment,
    TABLE_NAME: stage.tableName,
    JOBS_QUEUE_URL: stage.queueUrl,
    HINTS_QUEUE_URL: stage.hintsQueueUrl,
    OWN_URL: stageUrl,
    AWS_ENDPOINT_URL_DYNAMODB: await addressOf(dynamo.config),
    AWS_ENDPOINT_URL_KMS: await addressOf(kms.config),
    AWS_ENDPOINT_URL_SQS: await addressOf(sqs.config),
  });
  const routerJobs: Handler<SQSEvent, unknown> = await loadHandler('queue/router-jobs');
  const gatewayHints: Handler<SQSEvent, unknown> = await loadHandler('queue/gateway-hints');
  const settleDue: Handler<undefined, unknown> = await loadHandler('sweep/settle-due');
  takeOverHttp();
  takeOverFetch();
  takeOverRouter(() => router.port);
  shortenWaits();
  const queue = startUnrulyQueue({ sqs, queueUrl: stage.queueUrl, clock, name: 'worker', worker: routerJobs });
  const hints = startUnrulyQueue({ sqs, queueUrl: stage.hintsQueueUrl, clock, name: 'hinter', worker: gatewayHints });
  const queues = [queue, hints];
  const idle = () => queues.every((one) => one.idle());
  const coverage = new Coverage();
  let log: string[] = [];

  const sent = (): number => callsMade().filter(({ label }) => label === 'SendMessage').length;
  let seenSent = 0;
  /** What was sent has arrived: a message on its way is work that nobody sees yet. */
  const isAllTaken = async (): Promise<boolean> => {
    const now = sent();
    if (now === seenSent) return true;
    const emptied = await offStage(() => Promise.all(queues.map((one) => one.isEmptied())));
    if (!emptied.every(Boolean)) return false;
    seenSent = now;
    // What was taken by this look may run now.
    return false;
  };

  /** Waits until nobody does anything any more, whoever waits for an outcome aside. */
  const calm = async (withinMs: number, isCalm: () => boolean): Promise<boolean> => {
    const end = Date.now() + withinMs;
    let seen = progress();
    for (let looks = 0; looks < CALM_LOOKS;) {
      if (Date.now() > end) return false;
      for (const one of queues) one.kick();
      await pauseMs(LOOK_EVERY_MS);
      const now = progress();
      looks = isCalm() && now === seen && callsOnTheWay() === 0 ? looks + 1 : 0;
      seen = now;
      if (looks === CALM_LOOKS && !(await isAllTaken())) looks = 0;
    }
    return true;
  };

  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await deliverLate(ms);
  };

  const world = {
    stage,
    clock,
    comparison,
    reconcile,
    router,
    /** The queue of router jobs, and that of hints to ask a gateway. */
    queue,
    hints,
    coverage,
    log: (): readonly string[] => log,
    /** A shop with keys for both gateways. */
    openShop: (): Promise<Shop> =>
      offStage(async () => {
        const shop = await openShop(stage, { ...routerLogin, port: router.port });
        const token = accessTokenOf(shop);
        const keys = { access_token: token, webhook_secret: mercadoPago.webhookSecretOf(token), mode: 'test' };
        const path = '/api/v1/payments/configurar-credenciales';
        const { status } = await stage.call('POST', path, { headers: shop.admin, body: keys });
        if (status !== 200) throw new Error(`The shop got no keys of Mercado Pago: ${status}`);
        return shop;
      }),
    farGateway: (name: GatewayName, shop: Shop): FarGateway =>
      name === 'conekta' ? conektaOf(conekta, shop) : mercadoPagoOf(mercadoPago, shop),
    /** New processes everywhere: no cache and no connection is kept. */
    freshProcesses: (): void => {
      forgetConnections();
      log = [];
      const lines = log;
      const logSink = (line: string): void => {
        lines.push(line);
        coverage.heardOf(line);
      };
      useRuntime({ config, clock, logSink });
    },
    sweep: (name = 'sweep'): Promise<Acted<unknown>> => act(name, () => settleDue(undefined)),
    calm,
    /** Waits until the queue has nothing that can run now. */
    drained: async (): Promise<void> => {
      if (!(await calm(10_000, idle))) throw new Error('The queues never came to rest');
    },
    /** Lets time pass; what was on its way arrives. */
    pass,
    /**
     * Waits for handlers; one that waits for an outcome that cannot come is moved past its deadline by the clock, not by
     * real time.
     */
    waitedFor: async <T>(work: Promise<T>): Promise<T> => {
      let done = false;
      const finished = work.finally(() => (done = true));
      while (!done) {
        const isCalm = await Promise.race([finished.then(() => false), calm(5_000, () => idle() && !done)]);
        if (isCalm && !done) {
          await pauseMs(60);
          await pass(26_000);
        }
      }
      return finished;
    },
    itemsOf: async ({ companyId }: Shop): Promise<Attributes[]> => {
      const items: Attributes[] = [];
      let from: Attributes | undefined;
      do {
        const page = await dynamo.send(
          new QueryCommand({
            TableName: stage.tableName,
            KeyConditionExpression: 'pk = :company',
            ExpressionAttributeValues: { ':company': `COMPANY#${companyId}` },
            ConsistentRead: true,
            ...(from && { ExclusiveStartKey: from }),
          }),
        );
        items.push(...(page.Items ?? []));
        from = page.LastEvaluatedKey;
      } while (from);
      return items;
    },
    /** Both work, and what they said to shops before is forgotten. */
    mendGateways: (): void => {
      for (const gateway of [conekta, mercadoPago]) {
        gateway.clearFaults();
        gateway.notifications.take();
      }
    },
    /** Takes an item away, as if it had never been owed. */
    drop: async ({ pk, sk }: Attributes): Promise<void> => {
      await dynamo.send(new DeleteCommand({ TableName: stage.tableName, Key: { pk, sk } }));
    },
    resetQueues: (): void => {
      seenSent = 0;
      for (const one of queues) one.reset();
    },
    /** While so, nobody waits for who is held. */
    letOvertake: (overtaking: boolean): void => {
      for (const one of queues) one.overtaking = overtaking;
    },
    nextVisibleAt: (): number => Math.min(...queues.map((one) => one.nextVisibleAt() ?? Infinity)),
    stop: async (): Promise<void> => {
      await Promise.all(queues.map((one) => one.stop()));
      await Promise.all([conekta.stop(), mercadoPago.stop(), router.stop(), stage.stop()]);
      folder.remove();
    },
  };
  return world;
}

async function addressOf(client: {
  readonly endpoint?:
    (() => Promise<{ readonly protocol: string; readonly hostname: string; readonly port?: number }>) | undefined;
}): Promise<string> {
  const found = await client.endpoint?.();
  return `${found?.protocol}//${found?.hostname}:${found?.port}`;
}
