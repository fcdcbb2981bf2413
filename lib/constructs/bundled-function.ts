import { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetType } from 'aws-cdk-lib/aws-ec2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Capability } from '#shared/platform/capabilities.ts';
import { METAFILE } from '../entries.ts';
import type { Settings, Stage } from '../settings.ts';
import { acknowledge } from './acknowledge.ts';
import { type Cloud, environmentFor } from './grants.ts';
import { functionName } from './naming.ts';

/** What all functions of a stack have in common. */
export interface Surroundings {
  readonly stage: Stage;
  readonly settings: Settings;
  /** The bundle: every entry in one asset, uploaded once. */
  readonly code: Code;
  readonly cloud: Partial<Cloud>;
}

interface FunctionProps extends Surroundings {
  /** The handler's file below `functions`, without its ending. */
  readonly entry: string;
  readonly needs: readonly Capability[];
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly role: IRole;
  readonly logGroup: ILogGroup;
  readonly network?: { readonly vpc: IVpc; readonly subnets: SubnetType; readonly group: ISecurityGroup };
}

/** The bundle in `folder` as one asset, for all functions of one stack. */
export function bundledCode(folder: string): Code {
  return Code.fromAsset(folder, { exclude: [METAFILE] });
}

/** One function of the bundle. Its environment comes from its needs; its permissions from its role. */
export function bundledFunction(scope: Construct, id: string, props: FunctionProps): Function {
  const { stage, settings, code, cloud, entry, needs, network } = props;
  const made = new Function(scope, id, {
    functionName: functionName(stage, entry),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code,
    handler: `functions/${entry}.handler`,
    timeout: Duration.seconds(props.timeoutSeconds),
    memorySize: props.memoryMb,
    role: props.role,
    logGroup: props.logGroup,
    environment: {
      STAGE: stage,
      LOG_LEVEL: settings.logLevel,
      // Everywhere, as it is no secret: a function that judges hosts and was forgotten would let one router be another.
      ...(settings.tunnel && { TUNNEL_RANGE: settings.tunnel.range }),
      ...environmentFor(needs, cloud),
    },
    ...(network && {
      vpc: network.vpc,
      vpcSubnets: { subnetType: network.subnets },
      securityGroups: [network.group],
    }),
  });
  acknowledge(made, {
    'Serverless-LambdaTracing':
      'Every line of the log has the correlation id of its request, from the portal to the router job. A tracer costs a function 25 ms at its start.',
    'Serverless-LambdaDLQ':
      'No event is lost with an invocation: API Gateway waits for the answer, a queue keeps its message and has a dead-letter queue, and the sweep finds its work on the due index a minute later.',
  });
  return made;
}
