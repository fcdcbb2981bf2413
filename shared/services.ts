import type { ConektaWebhooks } from './gateways/conekta/webhook-registration.ts';
import type { GatewayName, PaymentGateway } from './gateways/gateway.ts';
import type { MercadoPagoPayments } from './gateways/mercado-pago/payment-status.ts';
import { webhookPaths } from './gateways/webhook-paths.ts';
import { type Telegram, telegramAt } from './notify/telegram.ts';
import { type Reach, readReach } from './onboarding/reach.ts';
import { clientSettings, dynamoClient } from './platform/aws.ts';
import { capabilities, type Capability, MissingCapability } from './platform/capabilities.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import { type Config, readConfig, requireSettings, setting } from './platform/config.ts';
import type { Kms } from './platform/kms.ts';
import { Logger, type LogSink } from './platform/logger.ts';
import type { Sqs } from './platform/sqs.ts';
import { WorkQueue } from './platform/work-queue.ts';
import { Hints } from './purchases/hints.ts';
import type { BuyParts } from './purchases/start.ts';
import type { SettleParts } from './purchases/settle.ts';
import type { RouterTransport } from './routers/client.ts';
import { Jobs } from './routers/jobs.ts';
import type { WorkerParts } from './routers/worker.ts';
import type { AddressPolicy } from './security/address-policy.ts';
import { SecretBox, type SecretPurpose } from './security/secret-box.ts';
import { Throttle } from './security/throttle.ts';
import { Tokens } from './security/tokens.ts';
import { AccessStore } from './store/accesses.ts';
import { ApiKeyStore } from './store/api-keys.ts';
import { AuditStore } from './store/audit.ts';
import { CensusStore } from './store/census.ts';
import { CompanyStore } from './store/companies.ts';
import { ComparisonStore } from './store/comparisons.ts';
import { ArrivalStore, DepartureStore } from './store/departures.ts';
import { FigureStore } from './store/figures.ts';
import { ForgetStore } from './store/forgets.ts';
import { HintStore } from './store/hints.ts';
import { JobStore } from './store/jobs.ts';
import { MessageStore } from './store/messages.ts';
import type { LogoStore } from './store/logos.ts';
import { NoticeStore } from './store/notices.ts';
import { ProductStore } from './store/products.ts';
import { PurchaseStore } from './store/purchases.ts';
import { ReconcileStore } from './store/reconciles.ts';
import { RegistrationStore } from './store/registrations.ts';
import { RouterHealthStore } from './store/router-health.ts';
import { RouterStore } from './store/routers.ts';
import { Table } from './store/table.ts';
import type { Hub } from './store/hub.ts';
import { TunnelPeerStore } from './store/tunnel-peers.ts';
import { UserStore } from './store/users.ts';
import { WatchStore } from './store/watches.ts';
import { KeyUses } from './tenants/key-uses.ts';

/** What one process shares: clients with their connections, and caches. Made at the first request, kept while warm. */
interface Runtime {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly aws: Aws;
  readonly kept: Map<string, unknown>;
  readonly gateways: Map<GatewayName, PaymentGateway>;
}

/** Clients for the whole process, made when first asked for; most functions ask for one of three, and load no other. */
interface Aws {
  readonly dynamo: ReturnType<typeof dynamoClient>;
  readonly kms: () => Promise<Kms>;
  readonly sqs: () => Promise<Sqs>;
}

function openAws(config: Config): Aws {
  let dynamo: Aws['dynamo'] | undefined;
  let kms: Promise<Kms> | undefined;
  let sqs: Promise<Sqs> | undefined;
  return {
    get dynamo() {
      return (dynamo ??= dynamoClient(config));
    },
    kms: () => (kms ??= import('./platform/kms.ts').then(({ Kms, kmsClient }) => new Kms(kmsClient(config)))),
    sqs: () => (sqs ??= import('./platform/sqs.ts').then(({ Sqs, sqsClient }) => new Sqs(sqsClient(config)))),
  };
}

export interface RuntimeOptions {
  readonly config?: Config;
  readonly clock?: Clock;
  readonly logSink?: LogSink;
}

function createRuntime({ config = readConfig(), clock = systemClock, logSink }: RuntimeOptions = {}): Runtime {
  return {
    config,
    clock,
    logger: new Logger(clock, config.LOG_LEVEL, logSink, {}, config.STAGE),
    aws: openAws(config),
    kept: new Map(),
    gateways: new Map(),
  };
}

let runtime: Runtime | undefined;

/** @throws ConfigError for what is malformed, and for what is missing */
function configFor(needs: readonly Capability[]): Config {
  const config = readConfig();
  requireSettings(
    config,
    needs.flatMap((need) => capabilities[need]),
  );
  return config;
}

/** The sandbox and the tests say where the endpoints are and what time it is; on Lambda the environment does. */
export function useRuntime(options: RuntimeOptions): void {
  runtime = createRuntime(options);
}

/**
 * @param needs the capabilities of the row or job that asks; anything else is refused, as IAM would on AWS
 * @param correlationId of the request: on every line, and on the way to whoever carries on with it
 * @throws ConfigError at a function's first call, when its environment is not what it takes
 */
export function openServices(needs: readonly Capability[], correlationId?: string): Services {
  runtime ??= createRuntime({ config: configFor(needs) });
  return new Services(runtime, needs, correlationId);
}

/** Everything a function may use, made when first touched. The one place where parts are put together. */
export class Services {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly #runtime: Runtime;
  readonly #needs: readonly Capability[];
  /** Of this request alone: it may know items that were read with the caller's. */
  #table: Table | undefined;

  constructor(shared: Runtime, needs: readonly Capability[], correlationId?: string) {
    this.#runtime = shared;
    this.#needs = needs;
    this.clock = shared.clock;
    this.logger = correlationId === undefined ? shared.logger : shared.logger.with({ correlationId });
  }

  get table(): Table {
    this.#table ??= new Table(this.#runtime.aws.dynamo, this.#granted('table'));
    return this.#table;
  }

  get audit(): AuditStore {
    return new AuditStore(this.table);
  }

  get census(): CensusStore {
    return new CensusStore(this.table);
  }

  get companies(): CompanyStore {
    return new CompanyStore(this.table);
  }

  get routers(): RouterStore {
    return new RouterStore(this.table);
  }

  get apiKeys(): ApiKeyStore {
    return new ApiKeyStore(this.table);
  }

  get users(): UserStore {
    return new UserStore(this.table);
  }

  get products(): ProductStore {
    return new ProductStore(this.table);
  }

  get purchases(): PurchaseStore {
    return new PurchaseStore(this.table);
  }

  get figures(): FigureStore {
    return new FigureStore(this.table);
  }

  get accesses(): AccessStore {
    return new AccessStore(this.table);
  }

  get jobItems(): JobStore {
    return new JobStore(this.table);
  }

  get health(): RouterHealthStore {
    return new RouterHealthStore(this.table);
  }

  get watches(): WatchStore {
    return new WatchStore(this.table);
  }

  get reconciles(): ReconcileStore {
    return new ReconcileStore(this.table);
  }

  get comparisons(): ComparisonStore {
    return new ComparisonStore(this.table);
  }

  get departures(): DepartureStore {
    return new DepartureStore(this.table);
  }

  get arrivals(): ArrivalStore {
    return new ArrivalStore(this.table);
  }

  get registrations(): RegistrationStore {
    return new RegistrationStore(this.table);
  }

  get hintItems(): HintStore {
    return new HintStore(this.table);
  }

  /** Stores what a webhook or a buyer says, and has the gateway asked about it. */
  get hints(): Hints {
    return new Hints({
      queue: new WorkQueue(this.#runtime.aws.sqs, this.#granted('hints:send')),
      items: this.hintItems,
      clock: this.clock,
      logger: this.logger,
    });
  }

  /** Where this deployment is reached from the internet, without a slash at its end. */
  get ownUrl(): string {
    return this.#granted('own-url').replace(/\/+$/, '');
  }

  /** Any part of it may be missing: a deployment with public routers has no tunnel. */
  get reach(): Reach {
    if (!this.#needs.includes('reach')) throw new MissingCapability('reach');
    return readReach(this.#runtime.config);
  }

  get tunnelPeers(): TunnelPeerStore {
    return new TunnelPeerStore(this.table);
  }

  /** Undefined where this deployment has no hub of its own. Its SDK is loaded by the functions that use it. */
  async hub(use: 'read' | 'write'): Promise<Hub | undefined> {
    if (!this.#needs.includes(`hub:${use}`)) throw new MissingCapability(`hub:${use}`);
    const { config } = this.#runtime;
    const { HUB_BUCKET: bucket } = config;
    if (bucket === undefined) return undefined;
    const { Hub: Store } = await import('./store/hub.ts');
    return this.#keep('hub', Store, () => new Store(clientSettings(config.AWS_ENDPOINT_URL_S3, config), bucket));
  }

  /** The public half of the hub's key. */
  async hubKey(): Promise<string | undefined> {
    return this.#runtime.config.TUNNEL_PUBLIC_KEY ?? (await (await this.hub('read'))?.publicKey());
  }

  get throttle(): Throttle {
    return new Throttle(this.table, this.clock);
  }

  get notices(): NoticeStore {
    return new NoticeStore(this.table);
  }

  get forgets(): ForgetStore {
    return new ForgetStore(this.table);
  }

  get messages(): MessageStore {
    return new MessageStore(this.table);
  }

  get telegram(): Telegram {
    return telegramAt(this.#runtime.config.TELEGRAM_BASE_URL);
  }

  get keyUses(): KeyUses {
    return this.#keep('key-uses', KeyUses, () => new KeyUses(this.apiKeys));
  }

  /** Sends work to the routers' worker and waits for it. */
  get jobs(): Jobs {
    return new Jobs({
      queue: new WorkQueue(this.#runtime.aws.sqs, this.#granted('jobs:send')),
      items: this.jobItems,
      clock: this.clock,
      logger: this.logger,
    });
  }

  get tokens(): Tokens {
    return this.#keep(
      `tokens ${this.#needs.join()}`,
      Tokens,
      () => new Tokens({ kms: this.#runtime.aws.kms, clock: this.clock, keyId: (use) => this.#granted(use) }),
    );
  }

  box(purpose: SecretPurpose): SecretBox {
    const can = (verb: 'seal' | 'open') => this.#needs.includes(`${purpose}:${verb}`);
    const use = can('seal') && can('open') ? 'both' : can('open') ? 'open' : 'seal';
    return this.#keep(`box ${purpose} ${use}`, SecretBox, () => {
      const keyId = this.#granted(`${purpose}:${use === 'open' ? 'open' : 'seal'}`);
      return new SecretBox({ kms: this.#runtime.aws.kms, keyId, purpose, can: use, clock: this.clock });
    });
  }

  /** The object store's SDK is loaded by the functions that use it, and by no other. */
  async logos(use: 'read' | 'write'): Promise<LogoStore> {
    const bucket = this.#granted(`logos:${use}`);
    const { config } = this.#runtime;
    const { LogoStore: Store } = await import('./store/logos.ts');
    return this.#keep('logos', Store, () => new Store(clientSettings(config.AWS_ENDPOINT_URL_S3, config), bucket));
  }

  /** Loaded when first used, so that no function carries another gateway's SDK. */
  async gateway(name: GatewayName): Promise<PaymentGateway> {
    const { gateways } = this.#runtime;
    const gateway = gateways.get(name) ?? (await loadGateway(name, this.#runtime));
    gateways.set(name, gateway);
    return gateway;
  }

  /** The other part of Conekta's API, loaded when first used. */
  async conektaWebhooks(): Promise<ConektaWebhooks> {
    const { conektaWebhooks } = await import('./gateways/conekta/webhook-registration.ts');
    return conektaWebhooks({ baseUrl: this.#runtime.config.CONEKTA_BASE_URL, clock: this.clock });
  }

  /** Reads single payments for the portal that sold them. Loaded when first used, as the gateways are. */
  async mercadoPagoPayments(): Promise<MercadoPagoPayments> {
    const { mercadoPagoPayments } = await import('./gateways/mercado-pago/payment-status.ts');
    return mercadoPagoPayments({ baseUrl: this.#runtime.config.MERCADO_PAGO_BASE_URL, clock: this.clock });
  }

  /** Which hosts a router may have; loopback only in the sandbox. */
  get addressPolicy(): AddressPolicy {
    const { LOOPBACK_ROUTERS, PRIVATE_HOSTS, TUNNEL_RANGE } = this.#runtime.config;
    return { loopback: LOOPBACK_ROUTERS, privateHosts: PRIVATE_HOSTS, tunnelRange: TUNNEL_RANGE };
  }

  /** What moving money takes. @param logger carries the correlation id of the request or sweep */
  settleParts(logger: Logger): SettleParts {
    return {
      purchases: this.purchases,
      accesses: this.accesses,
      companies: this.companies,
      gatewayCredentials: this.box('gateway-credentials'),
      gateway: (name) => this.gateway(name),
      jobs: this.jobs,
      notices: this.notices,
      clock: this.clock,
      logger,
    };
  }

  buyParts(logger: Logger): BuyParts {
    return {
      ...this.settleParts(logger),
      health: this.health,
      throttle: this.throttle,
      accessCodes: this.box('access-codes'),
    };
  }

  /** @param transport brought by the worker: it alone stands in the network that reaches routers, and no other carries it */
  workerParts(logger: Logger, transport: RouterTransport): WorkerParts {
    return {
      table: this.table,
      health: this.health,
      watches: this.watches,
      reconciles: this.reconciles,
      jobItems: this.jobItems,
      accesses: this.accesses,
      routers: this.routers,
      routerCredentials: this.box('router-credentials'),
      transport,
      addressPolicy: this.addressPolicy,
      clock: this.clock,
      logger,
    };
  }

  #granted(capability: Capability): string {
    if (!this.#needs.includes(capability)) throw new MissingCapability(capability);
    return setting(this.#runtime.config, capabilities[capability][0]);
  }

  #keep<T>(name: string, kind: abstract new (...parts: never[]) => T, make: () => T): T {
    const found = this.#runtime.kept.get(name);
    if (found instanceof kind) return found;
    const made = make();
    this.#runtime.kept.set(name, made);
    return made;
  }
}

async function loadGateway(name: GatewayName, { config, clock }: Runtime): Promise<PaymentGateway> {
  switch (name) {
    case 'conekta': {
      const { conektaGateway } = await import('./gateways/conekta/client.ts');
      return conektaGateway({ baseUrl: config.CONEKTA_BASE_URL, clock });
    }
    case 'mercado-pago': {
      const { mercadoPagoGateway } = await import('./gateways/mercado-pago/client.ts');
      const own = config.OWN_URL?.replace(/\/+$/, '');
      const notificationUrl = own === undefined ? null : `${own}${webhookPaths.mercadoPago}`;
      return mercadoPagoGateway({ baseUrl: config.MERCADO_PAGO_BASE_URL, clock, notificationUrl });
    }
  }
}
