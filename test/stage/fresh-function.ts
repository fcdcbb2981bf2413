import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Row } from '#shared/http/contract.ts';
import { paymentRows } from '#shared/http/contracts/payments.ts';
import { environmentOf } from '#shared/local/bundled-functions.ts';
import type { FunctionName } from '#shared/local/function-host.ts';
import { toEvent } from '#shared/local/http-event.ts';
import type { Sandbox } from '#shared/local/sandbox.ts';
import { systemClock } from '#shared/platform/clock.ts';

const PROCESS = join(import.meta.dirname, 'fresh-function-process.mjs');

const reportShape = z.object({
  /** From the process's start to the first line of ours: Node itself. */
  bootMs: z.number(),
  /** From there until the bundle's file was read and run: what Lambda calls init. */
  importMs: z.number(),
  /** The first event; nothing is warm, no connection open. */
  firstMs: z.number(),
  /** Of that, from a request to a gateway being sent to the end of its answer, over all requests. */
  gatewayMs: z.number(),
  /** What both took of a processor, on all of its threads: says more than the clock does where others are at work. */
  cpuMs: z.number(),
  /** Addresses of the files that were read, where that was asked for. */
  files: z.array(z.string()),
  answer: z.object({ statusCode: z.number(), body: z.string() }).nullable(),
});
export type FreshReport = z.infer<typeof reportShape>;

export interface FreshTask {
  /** Folder of the bundle. */
  readonly bundle: string;
  readonly name: FunctionName;
  /** Read only where it is left out. */
  readonly event?: unknown;
  /** Whose far ends there are. */
  readonly sandbox: Sandbox;
  readonly tellsFiles?: boolean;
}

/** Runs a function of the bundle in a process of its own, in the environment that its needs give it. */
export async function runFresh({ bundle, name, event, sandbox, tellsFiles = false }: FreshTask): Promise<FreshReport> {
  const file = pathToFileURL(join(bundle, 'functions', `${name.id}.mjs`)).href;
  const { config } = sandbox;
  const told = Object.fromEntries(Object.entries(config).map(([setting, value]) => [setting, String(value)]));
  const env = { ...environmentOf(name.needs, told), LOG_LEVEL: 'SILENT' };
  const gateways = [config.CONEKTA_BASE_URL, config.MERCADO_PAGO_BASE_URL];
  const task = JSON.stringify({ file, event, gateways, tellsFiles });
  const { stdout } = await promisify(execFile)(process.execPath, [PROCESS, task], { env, maxBuffer: 2 ** 24 });
  return reportShape.parse(JSON.parse(stdout));
}

export const nameOf = ({ id, needs }: Row): FunctionName => ({ id: `http/${id}`, needs });

/** What API Gateway would hand to a portal's row. */
export function portalEvent(row: Row, apiKey: string, body?: unknown): unknown {
  return toEvent({
    method: row.method,
    path: row.path,
    query: '',
    headers: { 'content-type': ['application/json'], 'x-api-key': [apiKey] },
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    pathParameters: {},
    routeKey: `${row.method} ${row.path}`,
    requestId: randomUUID(),
    sourceIp: '127.0.0.1',
    receivedAt: systemClock.now(),
  });
}

let devices = 0;

/** A new phone's first purchase in a new process: charged, delivered on the router, logged in. */
export function purchaseTask(bundle: string, sandbox: Sandbox, gateway: 'conekta' | 'mercado-pago'): FreshTask {
  const { demo } = sandbox.stack;
  if (!demo) throw new Error('Purchases are made at the demo company');
  devices += 1;
  const device = {
    mac: `02:00:00:00:01:${devices.toString(16).padStart(2, '0').toUpperCase()}`,
    ip: `10.5.60.${devices}`,
  };
  sandbox.router.addHost(device);
  const row = gateway === 'conekta' ? paymentRows.payWithConekta : paymentRows.payWithMercadoPago;
  const card =
    gateway === 'conekta'
      ? { token_tarjeta: `tok_test_visa_4242_${randomUUID()}` }
      : { token: `mp_test_APRO_${randomUUID()}`, payment_method_id: 'visa', monto: 15 };
  const body = {
    producto_id: demo.productoId,
    ...card,
    nombre_cliente: 'Luis Mora',
    email_cliente: `${randomUUID()}@correo.mx`,
    mac_cliente: device.mac,
    ip_cliente: device.ip,
    conexion_automatica: true,
  };
  return { bundle, sandbox, name: nameOf(row), event: portalEvent(row, demo.apiKey, body) };
}
