/** The wire to DynamoDB, KMS, SQS and Conekta: `http.request` of this process, taken over once. */
import http, { type Agent, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { deedOf, gatewayLabel } from './deeds.ts';
import type { Call, Mode, Service } from './modes.ts';
import {
  type Actor,
  actorNow,
  arriveLate,
  hold,
  judge,
  killed,
  leave,
  lost,
  offStage,
  refusesItsCopy,
} from './wires.ts';

type Respond = (response: IncomingMessage) => void;
type Send = (options: RequestOptions, respond?: Respond) => ClientRequest;

const original = http.request as Send;
const agents = new Set<Agent>();

/** Closes the kept connections of processes that are no more. */
export function forgetConnections(): void {
  for (const agent of agents) agent.destroy();
  agents.clear();
}

export function takeOverHttp(): void {
  const send: Send = (options, respond) => {
    const actor = actorNow();
    return actor ? sendAs(actor, options, respond) : original(options, respond);
  };
  http.request = send as typeof http.request;
  syncBuiltinESMExports();
}

const services: readonly (readonly [prefix: string, Service])[] = [
  ['DynamoDB', 'dynamodb'],
  ['Trent', 'kms'],
  ['AmazonSQS', 'sqs'],
];

function describe({ headers, method, path }: RequestOptions): Omit<Call, 'actor' | 'nth'> {
  const target = (headers as Readonly<Record<string, string>> | undefined)?.['x-amz-target'];
  if (target !== undefined) {
    const service = services.find(([prefix]) => target.startsWith(prefix))?.[1] ?? 'dynamodb';
    return { service, label: target.split('.')[1] ?? target, deed: undefined, orderId: '' };
  }
  const [orderId = ''] = /ord_\w+/.exec(String(path)) ?? [];
  const label = gatewayLabel(String(method), String(path));
  return { service: 'gateway', label, deed: deedOf(label), orderId };
}

function sendAs(actor: Actor, options: RequestOptions, respond?: Respond): ClientRequest {
  if (options.agent && typeof options.agent === 'object') agents.add(options.agent);
  const { call, mode } = judge(actor, describe(options));
  if (mode === 'kill-before') throw killed();
  if (mode?.endsWith('-before') && !mode.startsWith('delay') && !mode.startsWith('duplicate')) throw lost();

  const heard = (response: IncomingMessage): void => {
    const isLost = mode === 'lose-after' || mode === 'fail-after' || mode === 'late';
    if (mode === 'kill-after' || mode === 'delay-kill') actor.dead = true;
    if (isLost || actor.dead) {
      response.resume();
      response.once('end', () => request.emit('error', actor.dead ? killed() : lost()));
    } else if (mode === 'delay-after') void hold(call).then(() => respond?.(response));
    else if (mode === 'duplicate-after' && !refusesItsCopy(response.statusCode))
      void copy().then(() => respond?.(response));
    else respond?.(response);
  };
  const request = original(options, heard);
  request.once('close', leave(call, mode));
  const body: Buffer[] = [];
  const copy = () => offStage(() => sendCopy(options, Buffer.concat(body)));

  const waits: Partial<Record<Mode, () => Promise<void>>> = {
    'delay-before': () => hold(call),
    'delay-kill': () => hold(call),
    'duplicate-before': copy,
    'duplicate-after': () => Promise.resolve(),
    late: () => Promise.resolve(),
  };
  const wait = mode && waits[mode];
  if (!wait) return request;

  // The body is kept until its end: then the request is sent now, later, or twice.
  const end: (data: Buffer) => ClientRequest = request.end.bind(request);
  const keep = (data: unknown): void => {
    if (typeof data === 'string' || data instanceof Uint8Array) body.push(Buffer.from(data));
  };
  request.write = ((data: unknown, ...rest: unknown[]) => {
    keep(data);
    const done = rest.find((one) => typeof one === 'function');
    if (done) process.nextTick(done);
    return true;
  }) satisfies typeof request.write;
  request.end = ((data: unknown) => {
    keep(data);
    if (mode === 'late') {
      arriveLate(copy);
      request.destroy(lost());
    } else
      void wait().then(() => {
        if (!request.destroyed) end(Buffer.concat(body));
        else if (mode.startsWith('delay')) void copy();
      });
    return request;
  }) as typeof request.end;
  return request;
}

function sendCopy(options: RequestOptions, body: Buffer): Promise<void> {
  const { protocol, host, hostname, port, path, method, headers } = options;
  return new Promise((resolve) => {
    const request = original({ protocol, host, hostname, port, path, method, headers }, (response) => {
      response.resume();
      response.once('close', resolve);
    });
    request.once('error', () => resolve());
    request.end(body);
  });
}
