import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { HttpApi, routeKeyOf } from '#lib/constructs/http-api.ts';
import { stages } from '#lib/settings.ts';
import { cors } from '#shared/http/cors.ts';
import { routes } from '#shared/http/routes.ts';
import { allWorkers, gatewayHintsQueue, workers } from '#shared/workers.ts';
import { type Part, Synthesised } from './synthesised.ts';

const stack = new Synthesised('dev');

/** CloudFormation takes 500; an update that replaces resources needs room for both. */
const MOST_RESOURCES = 400;
/** What a row costs: its function, its integration, its route. */
const RESOURCES_PER_ROW = 3;
const MOST_ROWS = 120;
const CLOUDFORMATION_TAKES = 500;
const API_GATEWAY_SECONDS = 30;

describe('functions', () => {
  it('are one for each row and each worker, and no other', () => {
    const expected = [...routes.map(({ id }) => `http/${id}`), ...allWorkers.map(({ id }) => id)];
    expect(stack.functions.map(({ entry }) => entry).sort()).toEqual(expected.sort());
  });

  it('run on arm64 and Node 24', () => {
    for (const { properties } of stack.functions)
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
  });

  it('answer before API Gateway gives up, with the timeout of their row', () => {
    for (const row of routes) {
      const found = stack.functions.find(({ entry }) => entry === `http/${row.id}`);
      expect([row.id, found?.properties.Timeout]).toEqual([row.id, row.timeoutSeconds]);
      expect(row.timeoutSeconds).toBeLessThanOrEqual(API_GATEWAY_SECONDS);
    }
  });

  it('have the memory of their row: a whole CPU where a password is hashed or a buyer waits', () => {
    const memoryOf = (id: string) => stack.functions.find(({ entry }) => entry === `http/${id}`)?.properties.MemorySize;
    for (const { id, memoryMb } of routes) expect([id, memoryOf(id)]).toEqual([id, memoryMb]);
    expect(memoryOf('session/log-in')).toBe(1769);
    expect(memoryOf('payments/pay-with-conekta')).toBe(1769);
    expect(memoryOf('catalogue/list')).toBe(1024);
  });

  it('have different names', () => {
    const names = stack.functions.map(({ properties }) => properties.FunctionName);
    expect(new Set(names)).toHaveLength(names.length);
  });

  it('stand outside the network, the worker apart', () => {
    const inside = stack.functions.filter(({ properties }) => properties.VpcConfig).map(({ entry }) => entry);
    expect(inside).toEqual(['queue/router-jobs']);
  });
});

describe('the HTTP API', () => {
  const target = z.object({ RouteKey: z.string(), Target: z.unknown() });
  const integration = z.object({
    IntegrationType: z.literal('AWS_PROXY'),
    PayloadFormatVersion: z.literal('2.0'),
    IntegrationUri: z.unknown(),
    CredentialsArn: z.unknown(),
  });
  const integrations = new Map(
    stack
      .resources('api', 'AWS::ApiGatewayV2::Integration')
      .map(({ id, Properties }) => [id, integration.parse(Properties)] as const),
  );
  const lambdas = new Map(
    stack.resources('api', 'AWS::Lambda::Function').map(({ id, Properties }) => [id, Properties['Handler']] as const),
  );

  it('sends each route to the function of its row', () => {
    const routed = stack.resources('api', 'AWS::ApiGatewayV2::Route').map(({ Properties }) => {
      const { RouteKey, Target } = target.parse(Properties);
      const found = integrations.get(stack.resolve('api', Target).replace('integrations/', ''));
      return [RouteKey, lambdas.get(stack.resolve('api', found?.IntegrationUri))];
    });
    expect(Object.fromEntries(routed)).toEqual(
      Object.fromEntries(routes.map((row) => [routeKeyOf(row), `functions/http/${row.id}.handler`])),
    );
  });

  it('answers what no other route takes by a row of ours, in the words of the contract', () => {
    const keys = stack.resources('api', 'AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties['RouteKey']);
    expect(keys).toContain('$default');
  });

  it('calls all functions as one role, which may call endpoints and nothing else', () => {
    const roles = new Set([...integrations.values()].map(({ CredentialsArn }) => stack.resolve('api', CredentialsArn)));
    expect(roles).toHaveLength(1);
    expect(stack.resources('api', 'AWS::Lambda::Permission')).toHaveLength(0);
    const [invoke] = stack.permissions('api').filter(({ resource }) => resource.includes(':function:'));
    const pattern = invoke?.resource.split(':function:')[1] ?? '';
    expect(pattern).toMatch(/-\*$/);
    const covered = stack.functions.filter(({ properties }) =>
      properties.FunctionName.startsWith(pattern.replace('*', '')),
    );
    expect(covered.map(({ entry }) => entry).sort()).toEqual(routes.map(({ id }) => `http/${id}`).sort());
  });

  it('lets every portal page call it, without cookies', () => {
    const [api] = stack.resources('api', 'AWS::ApiGatewayV2::Api');
    expect(api?.Properties['CorsConfiguration']).toEqual({
      AllowOrigins: ['*'],
      AllowMethods: [...cors.methods],
      AllowHeaders: ['authorization', 'x-api-key', 'content-type', 'idempotency-key'],
      ExposeHeaders: ['retry-after', 'x-correlation-id', 'x-siguiente'],
      MaxAge: cors.maxAgeSeconds,
      AllowCredentials: false,
    });
    const used = new Set(routes.map(({ method }) => method).filter((method) => method !== 'ANY'));
    expect(cors.methods).toEqual(expect.arrayContaining([...used]));
  });

  it('takes so many requests in a second as the stage says', () => {
    const [deployed] = stack.resources('api', 'AWS::ApiGatewayV2::Stage');
    const { requestsPerSecond } = stages.dev;
    expect(deployed?.Properties['DefaultRouteSettings']).toEqual({
      ThrottlingRateLimit: requestsPerSecond,
      ThrottlingBurstLimit: requestsPerSecond,
    });
  });

  it('answers at a name of its own where the stage has one, and tells callers and gateways that', () => {
    const scope = new Stack(new App(), 'named');
    const domain = { name: 'api.wifi.example', certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/one' };
    const { url } = new HttpApi(scope, 'Http', { stage: 'dev', settings: { ...stages.dev, domain } });
    expect(url).toBe('https://api.wifi.example');
    const template = Template.fromStack(scope);
    template.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      DomainName: domain.name,
      DomainNameConfigurations: [{ CertificateArn: domain.certificateArn, SecurityPolicy: 'TLS_1_2' }],
    });
    template.resourceCountIs('AWS::ApiGatewayV2::ApiMapping', 1);
    template.hasOutput('DomainTarget', {});
    expect(stack.resources('api', 'AWS::ApiGatewayV2::DomainName')).toEqual([]);
  });

  it('logs each call by its route, never by its path, where consult links carry a secret', () => {
    const [stage] = stack.resources('api', 'AWS::ApiGatewayV2::Stage');
    const { Format } = z.object({ Format: z.string() }).parse(stage?.Properties['AccessLogSettings']);
    expect(Format).toContain('$context.routeKey');
    expect(Format).not.toMatch(/\$context\.(path|customDomain|identity|protocol)|queryString/);
  });
});

it('starts the sweep each minute, and not again when a run fails, as one who may start nothing else', () => {
  const [schedule] = stack.resources('api', 'AWS::Scheduler::Schedule');
  expect(schedule?.Properties).toMatchObject({
    ScheduleExpression: 'rate(1 minute)',
    Target: { RetryPolicy: { MaximumRetryAttempts: 0 } },
  });
  const { RoleArn } = z.object({ RoleArn: z.unknown() }).parse(schedule?.Properties['Target']);
  const { id } = stack.functions.find(({ entry }) => entry === workers.settleDue.id) ?? {};
  expect(stack.permissions('api', stack.resolve('api', RoleArn))).toEqual([
    { action: 'lambda:InvokeFunction', resource: id, condition: {} },
  ]);
  expect(stack.resources('api', 'AWS::Lambda::EventInvokeConfig')[0]?.Properties).toMatchObject({
    MaximumRetryAttempts: 0,
  });
  const everyMinute = allWorkers.filter(({ trigger }) => 'everyMinutes' in trigger);
  expect(everyMinute.every(({ timeoutSeconds }) => timeoutSeconds < 60)).toBe(true);
});

it('stays far from the most resources a stack may have', () => {
  const counts = (['data', 'worker', 'api'] as const).map((part: Part) => ({
    stack: part,
    resources: Object.keys(stack.templates[part].Resources).length,
  }));
  console.table(counts);
  for (const { resources } of counts) expect(resources).toBeLessThan(MOST_RESOURCES);
  const grown = (counts[2]?.resources ?? 0) + (MOST_ROWS - routes.length) * RESOURCES_PER_ROW;
  console.log(`the api stack with ${MOST_ROWS} rows: ${grown} resources`);
  expect(grown).toBeLessThan(CLOUDFORMATION_TAKES - 50);
});

describe('hints', () => {
  const hints = stack.functions.find(({ entry }) => entry === workers.gatewayHints.id);

  it('are followed one at a time for each message, from the queue that webhooks fill', () => {
    const mappings = stack.resources('api', 'AWS::Lambda::EventSourceMapping');
    expect(mappings).toHaveLength(1);
    expect(mappings[0]?.Properties).toMatchObject({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
    expect(JSON.stringify(mappings[0]?.Properties['EventSourceArn'])).toContain('GatewayHints');
  });

  it('come again only after a look that crashed is over', () => {
    expect(hints?.properties.Timeout).toBeLessThan(gatewayHintsQueue.visibilitySeconds);
  });

  it('and charges carry the address of this very API, where gateways call back', () => {
    const charging = stack.functions.find(({ entry }) => entry === 'http/payments/pay-with-mercado-pago');
    expect(JSON.stringify(charging?.properties.Environment)).toContain('ApiEndpoint');
  });
});
