import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** A request as it came over the wire, its path already routed. */
export interface ReceivedRequest {
  readonly method: string;
  /** Decoded once, as API Gateway does before it routes. */
  readonly path: string;
  readonly query: string;
  /** Lower-case names, each with all its values. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  readonly body: Buffer;
  readonly pathParameters: Readonly<Record<string, string | undefined>>;
  readonly routeKey: string;
  readonly requestId: string;
  readonly sourceIp: string;
  readonly receivedAt: number;
}

/** The event API Gateway hands to a Lambda of an HTTP API, payload format 2.0. */
export function toEvent(request: ReceivedRequest): APIGatewayProxyEventV2 {
  const { method, path, query, headers, body, pathParameters, routeKey, requestId, sourceIp, receivedAt } = request;
  const { cookie, ...others } = headers;
  const domainName = headers['host']?.[0] ?? '';
  const text = isText(headers['content-type']?.[0]);
  const parameters = queryParameters(query);
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookie && { cookies: cookie.flatMap((line) => line.split('; ')) }),
    headers: Object.fromEntries(Object.entries(others).map(([name, values = []]) => [name, values.join(',')])),
    ...(Object.keys(parameters).length > 0 && { queryStringParameters: parameters }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'sandbox',
      domainName,
      domainPrefix: domainName.split('.')[0] ?? '',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp, userAgent: headers['user-agent']?.[0] ?? '' },
      requestId,
      routeKey,
      stage: '$default',
      time: accessLogTime(receivedAt),
      timeEpoch: receivedAt,
    },
    ...(body.length > 0 && { body: body.toString(text ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !text,
  };
}

/** Decoded; several values of one name are joined by a comma. */
function queryParameters(query: string): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}

/** Other bodies, forms among them, travel as base64. */
function isText(contentType = ''): boolean {
  return /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|javascript)\b)/i.test(contentType);
}

/** `03/May/2026:18:22:10 +0000` */
function accessLogTime(at: number): string {
  const [, day, month, year, time] = /(\d\d) (\w{3}) (\d{4}) ([\d:]{8})/.exec(new Date(at).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
