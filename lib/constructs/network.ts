import {
  CfnEIP,
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type ISubnet,
  type IVpc,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { OWN_RANGE } from '#shared/platform/own-range.ts';
import type { Settings, Stage } from '../settings.ts';
import { flowLogGroup } from './log-groups.ts';

const SUBNET_MASK = 26;

interface NetworkProps {
  readonly stage: Stage;
  readonly settings: Settings;
}

/**
 * Where the worker stands: two zones, no way in. The table is reached by a gateway endpoint (free of charge). KMS is reached
 * by the way out, NAT gateway or hub, and by an endpoint of its own (about 15 USD a month) only where there is none: while a
 * hub is replaced no router can be reached either, so that an endpoint would bridge nothing. SQS needs neither: Lambda
 * fetches the messages from outside.
 */
export class Network extends Construct {
  readonly vpc: IVpc;
  readonly workerSubnets: SubnetType;
  readonly workerSubnetsOf: readonly ISubnet[];
  readonly workerGroup: SecurityGroup;
  /** What a router on the internet sees the worker come from: the address of each NAT gateway. */
  readonly publicAddresses: readonly string[];

  constructor(scope: Construct, id: string, { stage, settings }: NetworkProps) {
    super(scope, id);
    const { reach } = settings;
    const natGateways = reach.kind === 'public' ? reach.natGateways : 0;
    this.workerSubnets = natGateways > 0 ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PRIVATE_ISOLATED;
    const outside = {
      name: reach.kind === 'public' ? 'nat' : 'hub',
      subnetType: SubnetType.PUBLIC,
      cidrMask: SUBNET_MASK,
    };
    const vpc: unknown = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(OWN_RANGE),
      maxAzs: 2,
      natGateways,
      subnetConfiguration: [
        { name: 'worker', subnetType: this.workerSubnets, cidrMask: SUBNET_MASK },
        ...(reach.kind === 'vpn' ? [] : [outside]),
      ],
    });
    if (!isVpc(vpc)) throw new Error('CDK made something else than a VPC');
    this.vpc = vpc;
    this.workerSubnetsOf = vpc.selectSubnets({ subnetType: this.workerSubnets }).subnets;
    this.publicAddresses = this.vpc.publicSubnets.flatMap((subnet) => {
      const address = subnet.node.tryFindChild('EIP');
      return address instanceof CfnEIP ? [address.attrPublicIp] : [];
    });
    this.vpc.addGatewayEndpoint('Table', { service: GatewayVpcEndpointAwsService.DYNAMODB });
    // What was refused: there is no way in, so that every line is somebody who tried, or a router that is answered too late.
    this.vpc.addFlowLog('Refused', {
      destination: FlowLogDestination.toCloudWatchLogs(flowLogGroup(this, { stage, settings })),
      trafficType: FlowLogTrafficType.REJECT,
    });
    if (reach.kind === 'vpn') this.vpc.addInterfaceEndpoint('Kms', { service: InterfaceVpcEndpointAwsService.KMS });
    this.workerGroup = new SecurityGroup(this, 'Worker', {
      vpc: this.vpc,
      description: 'The worker of router jobs: out to any router, in from nowhere',
      allowAllOutbound: true,
    });
  }
}

/** To the strict compiler CDK's `Vpc` is not an `IVpc`: it declares one optional property as possibly undefined. */
function isVpc(made: unknown): made is IVpc {
  return made instanceof Vpc;
}
