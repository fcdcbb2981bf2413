import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { ConektaSimulator } from './conekta/simulator.ts';
import { conektaControl } from './conekta/control.ts';
import { conektaFaultCatalogue } from './conekta/faults.ts';
import { ControlRefusal, type ControlRoute } from './control-route.ts';
import { listenOnLoopback } from './loopback-port.ts';
import { mercadoPagoControl } from './mercado-pago/control.ts';
import { mercadoPagoFaultCatalogue } from './mercado-pago/faults.ts';
import type { MercadoPagoSimulator } from './mercado-pago/simulator.ts';
import { routerControl } from './router/control.ts';
import { faultCatalogue } from './router/faults.ts';
import type { RouterSimulator } from './router/simulator.ts';
import { telegramControl } from './telegram/control.ts';
import { telegramFaultCatalogue } from './telegram/faults.ts';
import type { TelegramSimulator } from './telegram/simulator.ts';

export interface ControlServer {
  readonly url: string;
  stop(): Promise<void>;
}

interface Simulators {
  readonly router: RouterSimulator;
  /** Undefined when the person named another Conekta. */
  readonly conekta: ConektaSimulator | undefined;
  /** Undefined when the person named another Mercado Pago. */
  readonly mercadoPago: MercadoPagoSimulator | undefined;
  /** Undefined when the person named another Telegram. */
  readonly telegram: TelegramSimulator | undefined;
}

const MAX_BODY_BYTES = 64 * 1024;

/**
 * The hand that moves the far ends: shows the simulators' books and makes them fail. On loopback only, because whoever
 * reaches it may do everything.
 *
 * @param port 0 picks a free one
 * @throws StartError when the port is taken
 */
export async function startControl(port: number, simulators: Simulators): Promise<ControlServer> {
  const routes = controlRoutes(simulators);
  const server = createServer((request, response) => {
    answer(routes, request, response).catch((error: unknown) => {
      if (error instanceof ControlRefusal) send(response, error.status, { error: error.message });
      else if (response.headersSent) response.destroy();
      else send(response, 500, { error: 'The sandbox failed to do that.' });
    });
  });
  const url = await listenOnLoopback(server, port, 'the control server');
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function controlRoutes({ router, conekta, mercadoPago, telegram }: Simulators): readonly ControlRoute[] {
  const routes: readonly ControlRoute[] = [
    { method: 'GET', path: '/', what: 'This list.', run: () => ({ routes: routes.map(shown) }) },
    ...routerControl(router),
    ...conektaControl(conekta),
    ...mercadoPagoControl(mercadoPago),
    ...telegramControl(telegram),
    {
      method: 'GET',
      path: '/faults',
      what: 'Every fault there is.',
      run: () => ({
        router: faultCatalogue,
        conekta: conektaFaultCatalogue,
        'mercado-pago': mercadoPagoFaultCatalogue,
        telegram: telegramFaultCatalogue,
      }),
    },
  ];
  return routes;
}

const shown = ({ method, path, what }: ControlRoute) => ({ route: `${method} ${path}`, what });

async function answer(
  routes: readonly ControlRoute[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = ''] = (request.url ?? '').split('?');
  const body = await readJson(request);
  const route = routes.find((one) => one.method === request.method && idIn(path, one.path) !== undefined);
  if (!route) {
    const isKnown = routes.some((one) => idIn(path, one.path) !== undefined);
    throw new ControlRefusal(isKnown ? 405 : 404, 'There is no such route here; GET / lists those there are.');
  }
  send(response, 200, await route.run(body, idIn(path, route.path) ?? ''));
}

/** @returns what stands for `{id}`, empty where the pattern has none, undefined when the path is another one */
function idIn(path: string, pattern: string): string | undefined {
  const [before = '', after] = pattern.split('{id}');
  if (after === undefined) return path === pattern ? '' : undefined;
  const id = path.slice(before.length, path.length - after.length);
  return /^[\w-]+$/.test(id) && path === before + id + after ? id : undefined;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const part = Buffer.from(chunk);
    length += part.length;
    if (length > MAX_BODY_BYTES) throw new ControlRefusal(413, 'The body is too large.');
    chunks.push(part);
  }
  if (length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new ControlRefusal(400, 'The body is not JSON.');
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${linePerEntry(body)}\n`);
}

/** JSON with each entry of a list on one line, for the eye. */
function linePerEntry(value: unknown): string {
  if (Array.isArray(value)) return list(value, '');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => {
    const shownMember = Array.isArray(member) ? list(member, '  ') : JSON.stringify(member);
    return `  ${JSON.stringify(name)}: ${shownMember}`;
  });
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n}`;
}

function list(entries: readonly unknown[], indent: string): string {
  if (entries.length === 0) return '[]';
  return `[\n${entries.map((entry) => `${indent}  ${JSON.stringify(entry)}`).join(',\n')}\n${indent}]`;
}
