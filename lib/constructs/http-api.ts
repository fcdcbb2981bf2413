import { ArnFormat, CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnApi, CfnApiMapping, CfnDomainName, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Row } from '#shared/http/contract.ts';
import { cors } from '#shared/http/cors.ts';
import type { Domain, Settings, Stage } from '../settings.ts';
import { acknowledge } from './acknowledge.ts';
import type { Endpoints } from './endpoints.ts';
import { accessLogGroup } from './log-groups.ts';

interface HttpApiProps {
  readonly stage: Stage;
  readonly settings: Settings;
}

/** By route key, never by path or query: a consult link carries its secret there (design 3). */
const accessLogLine = {
  requestId: '$context.requestId',
  at: '$context.requestTimeEpoch',
  routeKey: '$context.routeKey',
  status: '$context.status',
  ms: '$context.responseLatency',
  integrationMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
};

/** The API. Its address is known before the functions that it calls, since some of them have to give it away. */
export class HttpApi extends Construct {
  readonly url: string;
  /** API Gateway's own, which its metrics go by. */
  readonly id: string;

  constructor(scope: Construct, id: string, { stage, settings }: HttpApiProps) {
    super(scope, id);
    const { domain } = settings;
    const api = new CfnApi(this, 'Api', {
      name: `pagos-${stage}`,
      protocolType: 'HTTP',
      corsConfiguration: {
        allowOrigins: [...cors.origins],
        allowMethods: [...cors.methods],
        allowHeaders: [...cors.headers],
        exposeHeaders: [...cors.exposedHeaders],
        maxAge: cors.maxAgeSeconds,
        allowCredentials: false,
      },
    });
    const access = accessLogGroup(this, { stage, settings });
    const deployed = new CfnStage(this, 'Stage', {
      apiId: api.ref,
      stageName: '$default',
      autoDeploy: true,
      defaultRouteSettings: {
        throttlingRateLimit: settings.requestsPerSecond,
        throttlingBurstLimit: settings.requestsPerSecond,
      },
      accessLogSettings: { destinationArn: arnOfGroup(access), format: JSON.stringify(accessLogLine) },
    });
    acknowledge(this, {
      'AwsSolutions-APIG4':
        'Each row says who may call it, and its function proves the caller before it looks at the request. An authorizer would read the same items of the table once more for every call.',
    });
    this.id = api.ref;
    this.url = domain ? `https://${domain.name}` : api.attrApiEndpoint;
    if (domain) this.#answerAt(domain, deployed);
  }

  /** The address that AWS gave stays good: gateways may have been told it before there was a name. */
  #answerAt({ name, certificateArn }: Domain, deployed: CfnStage): void {
    const named = new CfnDomainName(this, 'Domain', {
      domainName: name,
      domainNameConfigurations: [{ certificateArn, endpointType: 'REGIONAL', securityPolicy: 'TLS_1_2' }],
    });
    new CfnApiMapping(this, 'Mapping', { apiId: this.id, domainName: named.ref, stage: deployed.ref });
    new CfnOutput(Stack.of(this), 'DomainTarget', { value: named.attrRegionalDomainName });
  }

  /** One route and one integration for each row. */
  serve(rows: readonly Row[], endpoints: Endpoints): void {
    for (const row of rows) {
      const handler = endpoints.functions.get(row.id);
      if (!handler) throw new Error(`The row ${row.id} has no function`);
      const integration = new CfnIntegration(this, `Integration-${row.id.replaceAll('/', '-')}`, {
        apiId: this.id,
        integrationType: 'AWS_PROXY',
        integrationUri: handler.functionArn,
        payloadFormatVersion: '2.0',
        credentialsArn: endpoints.invokeRole.roleArn,
      });
      new CfnRoute(this, `Route-${row.id.replaceAll('/', '-')}`, {
        apiId: this.id,
        routeKey: routeKeyOf(row),
        target: `integrations/${integration.ref}`,
      });
    }
  }
}

/** API Gateway's name of a row's route; `$default` has no method. */
export function routeKeyOf(row: Pick<Row, 'method' | 'path'>): string {
  return row.path.startsWith('/') ? `${row.method} ${row.path}` : row.path;
}

/** API Gateway wants the ARN of the group itself, without the `:*` for its streams that CloudFormation gives. */
function arnOfGroup(group: LogGroup): string {
  return Stack.of(group).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: group.logGroupName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
