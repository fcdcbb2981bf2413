import type { Exchange, SentRequest } from './openapi.ts';

type Body = Record<string, unknown>;
type Spoil = (exchange: Exchange) => Exchange;

/** The ways a planted mistake gets into an exchange. */
export const inRequest =
  (change: (request: SentRequest) => SentRequest): Spoil =>
  ({ request, answer }) => ({ request: change(request), answer });

export const inBody = (change: (body: Body) => Body): Spoil =>
  inRequest((request) => ({ ...request, body: changed(request.body, change) }));

export const inHeaders = (headers: SentRequest['headers']): Spoil =>
  inRequest((request) => ({ ...request, headers: { ...request.headers, ...headers } }));

export const inPath = (change: (path: string) => string): Spoil =>
  inRequest((request) => ({ ...request, path: change(request.path) }));

export const inStatus =
  (status: number): Spoil =>
  ({ request, answer }) => ({ request, answer: { ...answer, status } });

export const inAnswer =
  (change: (body: Body) => Body): Spoil =>
  ({ request, answer }) => ({ request, answer: { ...answer, body: changed(answer.body, change) } });

const changed = (body: string, change: (body: Body) => Body): string =>
  JSON.stringify(change(JSON.parse(body) as Body));
