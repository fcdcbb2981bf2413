/** Many routers of one deployment: the stage, a gateway, the queue with its pump, and a simulator for each router. */
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { startConektaSimulator } from '#shared/local/conekta/simulator.ts';
import { loadHandler } from '#shared/local/load-handler.ts';
import { startQueuePump } from '#shared/local/queue-pump.ts';
import { type RouterSimulator, startRouterSimulator } from '#shared/local/router/simulator.ts';
import { pause } from '#shared/platform/clock.ts';
import { Logger } from '#shared/platform/logger.ts';
import { Secret } from '#shared/security/secret.ts';
import type { JobTask } from '#shared/store/jobs.ts';
import { NOTHING_SOLD } from '#shared/store/time-sold.ts';
import { createCompany } from '#shared/tenants/company.ts';
import { createProduct } from '#shared/tenants/product.ts';
import { createRouter } from '#shared/tenants/router.ts';
import { makeFolder } from '../stage/scratch-folder.ts';
import { ShiftedClock } from '../stage/shifted-clock.ts';
import { type Stage, startStage } from '../stage/stage.ts';
import { sideBySide } from './figures.ts';

export interface Outlet {
  readonly companyId: string;
  readonly routerId: string;
  readonly apiKey: string;
  readonly productId: number;
  readonly router: RouterSimulator;
}

export type Fleet = Awaited<ReturnType<typeof startFleet>>;

const ROUTERS_PER_COMPANY = 10;
const LOGIN = { user: 'api', password: 'router-password' } as const;
/** A job's outcome is waited for this long. */
const PATIENCE_MS = 30_000;

/** How many jobs run at once: a fifth of what the stack of production lets its worker function do (lib/settings.ts). */
export const WORKERS = 20;

export async function startFleet(size: number) {
  const folder = makeFolder();
  const clock = new ShiftedClock();
  const conekta = await startConektaSimulator({ port: 0, dataDir: folder.path, clock });
  const stage = await startStage({
    clock,
    config: { CONEKTA_BASE_URL: conekta.url, LOOPBACK_ROUTERS: 'allowed', LOG_LEVEL: 'SILENT' },
  });
  const pump = startQueuePump({
    sqs: stage.aws.sqs,
    queueUrl: stage.queueUrl,
    handler: await loadHandler<SQSEvent, unknown>('queue/router-jobs'),
    logger: new Logger(clock, 'SILENT'),
    concurrency: WORKERS,
  });
  const outlets: Outlet[] = [];
  const companies = Array.from({ length: Math.ceil(size / ROUTERS_PER_COMPANY) }, (_, number) => number);
  await sideBySide(10, companies, async (company) => {
    const ports: RouterSimulator[] = [];
    // A log of commands for each of a thousand routers would be most of the memory.
    const lean = { rememberedCommands: 10 };
    for (let n = company * ROUTERS_PER_COMPANY; n < Math.min(size, (company + 1) * ROUTERS_PER_COMPANY); n += 1)
      ports.push(
        await startRouterSimulator({ ...LOGIN, ...lean, port: 0, dataDir: join(folder.path, `router-${n}`), clock }),
      );
    outlets.push(...(await openCompany(stage, ports)));
  });
  const run = async ({ companyId, routerId }: Outlet, task: JobTask) => {
    const job = await stage.services.jobs.submit(companyId, routerId, task);
    return stage.services.jobs.wait(job, clock.now() + PATIENCE_MS);
  };
  return {
    stage,
    clock,
    outlets,
    /** Puts a job on the queue and waits for its outcome. */
    run,
    probe: (outlet: Outlet) => run(outlet, { kind: 'probe', until: clock.now() + PATIENCE_MS }),
    /** A phone joins the outlet's network and its owner buys an hour. @returns the status of the answer */
    buy: async (outlet: Outlet, autoConnect = true): Promise<number> => {
      const device = newDevice();
      outlet.router.addHost({ mac: device.mac_cliente, ip: device.ip_cliente });
      const { status } = await stage.call('POST', '/api/v1/payments/pagar-conekta', {
        headers: { 'x-api-key': outlet.apiKey },
        body: {
          producto_id: outlet.productId,
          token_tarjeta: `tok_test_visa_4242_${randomUUID()}`,
          nombre_cliente: 'Luis Mora',
          email_cliente: `${randomUUID()}@correo.mx`,
          ...device,
          conexion_automatica: autoConnect,
        },
      });
      return status;
    },
    /** Waits until the queue is empty and nobody works. */
    settled: async () => {
      while (!(await isEmpty(stage))) await pause(20);
    },
    /** Connections to routers that are open now. */
    openConnections: () => outlets.reduce((sum, { router }) => sum + router.books.commands().open, 0),
    stop: async () => {
      await pump.stop();
      await Promise.all([conekta.stop(), stage.stop(), ...outlets.map(({ router }) => router.stop())]);
      folder.remove();
    },
  };
}

async function isEmpty({ aws, queueUrl }: Stage): Promise<boolean> {
  const asked = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] });
  const { Attributes = {} } = await aws.sqs.send(asked);
  const counts = [Attributes['ApproximateNumberOfMessages'], Attributes['ApproximateNumberOfMessagesNotVisible']];
  return counts.every((count) => count === '0');
}

async function openCompany({ services }: Stage, routers: readonly RouterSimulator[]): Promise<Outlet[]> {
  const { companies, products, routers: store, health, clock, tokens, addressPolicy } = services;
  const box = services.box.bind(services);
  const conekta = { privateKey: new Secret(`key_${randomUUID()}`), publicKey: 'key_pub', mode: 'test' } as const;
  const draft = { name: 'WiFi Café Central', contactEmail: 'ana@wifi.mx', contactPhone: null, conekta };
  const { id: companyId } = await createCompany({ companies, clock, box }, draft);
  const opened: Outlet[] = [];
  for (const simulator of routers) {
    const { key, router } = await createRouter(
      { companies, routers: store, tokens, clock, addressPolicy, box },
      companyId,
      {
        name: 'Principal',
        host: '127.0.0.1',
        port: simulator.port,
        username: LOGIN.user,
        password: new Secret(LOGIN.password),
        location: null,
      },
    );
    const product = await createProduct(companyId, hourOf(router.id), { products, routers: store, health, clock });
    opened.push({ companyId, routerId: router.id, apiKey: key.reveal(), productId: product.id, router: simulator });
  }
  return opened;
}

const hourOf = (routerId: string) => ({
  routerId,
  profileId: '*1',
  profileName: '1hora',
  saleName: '1 hora',
  description: null,
  imageUrl: null,
  priceMinor: 1500,
  currency: 'MXN' as const,
  details: [],
  timeSold: NOTHING_SOLD,
  active: true,
  order: 0,
  featured: false,
});

let devices = 0;

function newDevice(): { readonly mac_cliente: string; readonly ip_cliente: string } {
  devices += 1;
  const [high, low] = [devices >> 8, devices & 0xff];
  const hex = (byte: number) => byte.toString(16).padStart(2, '0').toUpperCase();
  return { mac_cliente: `02:00:00:00:${hex(high)}:${hex(low)}`, ip_cliente: `10.5.${high}.${low}` };
}
