import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { randomUUID } from 'node:crypto';
import { startConektaSimulator } from '#shared/local/conekta/simulator.ts';
import type { Notification } from '#shared/local/gateway/outbox.ts';
import { type Handler, loadHandler } from '#shared/local/load-handler.ts';
import { startQueuePump } from '#shared/local/queue-pump.ts';
import { startMercadoPagoSimulator } from '#shared/local/mercado-pago/simulator.ts';
import { startRouterSimulator } from '#shared/local/router/simulator.ts';
import { startTelegramSimulator } from '#shared/local/telegram/simulator.ts';
import { Logger } from '#shared/platform/logger.ts';
import { makeFolder } from './scratch-folder.ts';
import { ShiftedClock } from './shifted-clock.ts';
import { type Answer, type Headers, type Stage, type StageOptions, startStage } from './stage.ts';

export interface Shop {
  readonly companyId: string;
  readonly routerId: string;
  readonly apiKey: string;
  readonly productId: number;
  readonly admin: Headers;
  /** Its private key at Conekta, which is an account of its own. */
  readonly conektaKey: string;
}

export type Market = Awaited<ReturnType<typeof startMarket>>;

/** Where examples are played and shops opened: a market, or anything that answers as one does. */
export type Place = Pick<Stage, 'call' | 'asSuperAdmin' | 'asCompanyAdmin' | 'asUser' | 'services'> &
  Pick<Market, 'conekta' | 'openShop' | 'connectMercadoPago'> & { readonly router: Pick<Market['router'], 'addHost'> };

/** What is asked of the API to open a shop. */
type Counter = Pick<Stage, 'call' | 'asSuperAdmin' | 'asCompanyAdmin'>;

export const routerLogin = { user: 'api', password: 'router-password' } as const;

/** A good card token that was never used. */
export const newToken = (kind = 'visa_4242'): string => `tok_test_${kind}_${randomUUID()}`;

/** The same for Mercado Pago, by the holder's name that decides. */
export const newMercadoPagoToken = (holder = 'APRO'): string => `mp_test_${holder}_${randomUUID()}`;

/**
 * The stage with both far ends and the workers: one company with one router on the simulator, selling one plan. Everything
 * is made through the API, as an operator would.
 *
 * @param config more environment variables
 */
export async function startMarket({ config = {} }: Pick<StageOptions, 'config'> = {}) {
  const folder = makeFolder();
  const clock = new ShiftedClock();
  const [conekta, mercadoPago, router, telegram] = await Promise.all([
    startConektaSimulator({ port: 0, dataDir: folder.path, clock }),
    startMercadoPagoSimulator({ port: 0, dataDir: folder.path, clock }),
    startRouterSimulator({ port: 0, dataDir: folder.path, ...routerLogin, clock }),
    startTelegramSimulator({ port: 0, dataDir: folder.path, clock }),
  ]);
  const stage = await startStage({
    clock,
    config: {
      CONEKTA_BASE_URL: conekta.url,
      MERCADO_PAGO_BASE_URL: mercadoPago.url,
      TELEGRAM_BASE_URL: telegram.url,
      LOOPBACK_ROUTERS: 'allowed',
      LOG_LEVEL: 'INFO',
      ...config,
    },
  });
  const routerJobs: Handler<SQSEvent, unknown> = await loadHandler('queue/router-jobs');
  const gatewayHints: Handler<SQSEvent, unknown> = await loadHandler('queue/gateway-hints');
  const sweep: Handler<undefined, unknown> = await loadHandler('sweep/settle-due');
  const { sqs } = stage.aws;
  const logger = new Logger(clock, 'SILENT');
  const worker = startQueuePump({ sqs, queueUrl: stage.queueUrl, handler: routerJobs, logger });
  const hinted = startQueuePump({ sqs, queueUrl: stage.hintsQueueUrl, handler: gatewayHints, logger });
  const shop = await openShop(stage, { ...routerLogin, port: router.port });
  let plans = 100;

  return {
    ...stage,
    stage,
    clock,
    conekta,
    mercadoPago,
    router,
    telegram,
    shop,
    openShop: (conektaKey?: string) => openShop(stage, { ...routerLogin, port: router.port }, conektaKey),
    /** Puts a plan of its own on sale: a profile is sold once. @param sells what the body has beyond the least */
    sellPlan: (sells: Record<string, unknown>, profile = '1dia', of = shop) =>
      sellPlan(stage, of, { perfil_mikrotik_id: `*${(plans += 1)}`, perfil_mikrotik_nombre: profile, ...sells }),
    /** Sends a purchase; `changes` overrides or, with undefined, leaves out fields of the body. */
    buy: (changes: Record<string, unknown> = {}, headers: Headers = {}) => buy(stage, shop, changes, headers),
    /** Gives a shop an account at Mercado Pago, its webhook secret included. @returns its access token */
    connectMercadoPago: async (accessToken = `TEST-${randomUUID()}`, of = shop) => {
      await connectMercadoPago(stage, of, accessToken, mercadoPago.webhookSecretOf(accessToken));
      return accessToken;
    },
    /** As `buy`, with Mercado Pago. */
    buyWithMercadoPago: (changes: Record<string, unknown> = {}, headers: Headers = {}) =>
      buyWithMercadoPago(stage, shop, changes, headers),
    /** Hands a gateway's notification to the API, as the internet would. */
    deliver: (notification: Notification) => deliver(stage, notification),
    /** Runs the sweep once. */
    sweep: () => sweep(undefined),
    /** Lets `ms` pass and runs the sweep. */
    later: async (ms: number) => {
      clock.advance(ms);
      await sweep(undefined);
    },
    /** Users on the router that are ours. */
    customers: () => router.books.users().filter((user) => user['comment']?.startsWith('px:')),
    /** Waits, by looking, until something is so; ten seconds of real time at most unless told otherwise. */
    until: async (condition: () => boolean | Promise<boolean>, withinMs = 10_000) => {
      const end = Date.now() + withinMs;
      while (!(await condition())) {
        if (Date.now() > end) throw new Error('It did not become so in time');
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    /** Waits until no job is on its way to the router or under way. */
    settled: async () => {
      const isEmpty = async (): Promise<boolean> => {
        const { Attributes = {} } = await sqs.send(
          new GetQueueAttributesCommand({ QueueUrl: stage.queueUrl, AttributeNames: ['All'] }),
        );
        return [Attributes['ApproximateNumberOfMessages'], Attributes['ApproximateNumberOfMessagesNotVisible']].every(
          (count) => count === '0',
        );
      };
      const end = Date.now() + 10_000;
      while (!(await isEmpty())) {
        if (Date.now() > end) throw new Error('The jobs never came to an end');
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    stop: async () => {
      await Promise.all([worker.stop(0), hinted.stop(0)]);
      await Promise.all([conekta.stop(), mercadoPago.stop(), router.stop(), telegram.stop(), stage.stop()]);
      folder.remove();
    },
  };
}

export async function openShop(
  stage: Counter,
  login: { readonly user: string; readonly password: string; readonly port: number },
  conektaKey = `key_${randomUUID()}`,
): Promise<Shop> {
  const superAdmin = await stage.asSuperAdmin();
  const company = await must(
    stage.call('POST', '/admin/empresas', {
      headers: superAdmin,
      body: {
        nombre: 'WiFi Café Central',
        contacto_email: 'ana@wifi.mx',
        conekta_private_key: conektaKey,
        conekta_public_key: 'key_pub',
        conekta_mode: 'test',
      },
    }),
  );
  const companyId: string = company.body.id;
  const router = await must(
    stage.call('POST', `/admin/empresas/${companyId}/routers`, {
      headers: superAdmin,
      body: {
        empresa_id: companyId,
        nombre: 'Principal',
        host: '127.0.0.1',
        puerto: login.port,
        usuario: login.user,
        password: login.password,
      },
    }),
  );
  const admin = await stage.asCompanyAdmin(companyId);
  const product = await must(
    stage.call('POST', '/api/v1/admin/products', {
      headers: admin,
      body: {
        router_id: router.body.id,
        perfil_mikrotik_id: '*2',
        perfil_mikrotik_nombre: '1hora',
        nombre_venta: '1 hora',
        precio: 15,
      },
    }),
  );
  const { id: routerId, api_key: apiKey } = router.body;
  return { companyId, routerId, apiKey, productId: product.body.id, admin, conektaKey };
}

/** @returns the product's number */
async function sellPlan(stage: Stage, { companyId, routerId }: Shop, plan: Record<string, unknown>): Promise<number> {
  const { body } = await must(
    stage.call('POST', '/api/v1/admin/products', {
      // Signed now: a market lives for days.
      headers: await stage.asCompanyAdmin(companyId),
      body: { router_id: routerId, nombre_venta: 'Pase', precio: 15, ...plan },
    }),
  );
  return body.id;
}

async function must(answering: Promise<Answer>): Promise<Answer> {
  const answer = await answering;
  if (answer.status >= 300)
    throw new Error(`Setting up the market failed: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

export async function connectMercadoPago(
  stage: Counter,
  { companyId }: Shop,
  accessToken: string,
  secret: string,
): Promise<Answer> {
  return must(
    stage.call('POST', '/api/v1/payments/configurar-credenciales', {
      // Signed now: a market lives for days.
      headers: await stage.asCompanyAdmin(companyId),
      body: { access_token: accessToken, webhook_secret: secret, public_key: 'TEST-public', mode: 'test' },
    }),
  );
}

function deliver(stage: Stage, { url, headers, body }: Notification): Promise<Answer> {
  const { pathname, search } = new URL(url);
  return stage.call('POST', pathname + search, { headers, body });
}

function buyWithMercadoPago(
  stage: Stage,
  shop: Shop,
  changes: Record<string, unknown>,
  headers: Headers,
): Promise<Answer> {
  return stage.call('POST', '/api/v1/payments/pagar-mercado-pago', {
    headers: { 'x-api-key': shop.apiKey, ...headers },
    body: {
      producto_id: shop.productId,
      token: newMercadoPagoToken(),
      payment_method_id: 'visa',
      monto: 15,
      nombre_cliente: 'Luis Mora',
      email_cliente: `${randomUUID()}@correo.mx`,
      ...changes,
    },
  });
}

function buy(stage: Stage, shop: Shop, changes: Record<string, unknown>, headers: Headers): Promise<Answer> {
  return stage.call('POST', '/api/v1/payments/pagar-conekta', {
    headers: { 'x-api-key': shop.apiKey, ...headers },
    body: {
      producto_id: shop.productId,
      token_tarjeta: newToken(),
      nombre_cliente: 'Luis Mora',
      email_cliente: `${randomUUID()}@correo.mx`,
      ...changes,
    },
  });
}
