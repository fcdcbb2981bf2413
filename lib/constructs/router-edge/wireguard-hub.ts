import { ArnFormat, Aws, CfnOutput, Fn, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { CfnAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import {
  AmazonLinuxCpuType,
  CfnEIP,
  CfnLaunchTemplate,
  MachineImage,
  Peer,
  Port,
  SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import {
  CfnInstanceProfile,
  Effect,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { hubOf } from '#shared/onboarding/reach.ts';
import { OWN_RANGE } from '#shared/platform/own-range.ts';
import type { Stage } from '../../settings.ts';
import { acknowledge } from '../acknowledge.ts';
import { allow, type Provided } from '../grants.ts';
import type { Network } from '../network.ts';
import { userData } from './user-data.ts';

interface WireguardHubProps {
  readonly stage: Stage;
  readonly network: Network;
  /** Of the routers' ends, and the hub's, which has its first address. */
  readonly range: string;
}

const PORT = 51_820;
/** What the instance's own role may touch is told apart by this tag. */
const TAG = 'pagos-hub';

/**
 * One small instance that routers dial into by WireGuard, and that is the worker's way to the internet as well: a fifth of
 * what a NAT gateway costs. A group of one replaces it; its address, its key and the worker's routes outlive it.
 */
export class WireguardHub extends Construct {
  /** Where routers dial to: an address that stays, and the port. */
  readonly endpoint: string;
  /** What others see the worker come from. */
  readonly publicAddress: string;
  readonly bucket: Provided;

  constructor(scope: Construct, id: string, { stage, network, range }: WireguardHubProps) {
    super(scope, id);
    const { vpc } = network;
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      // It is never empty, and CloudFormation deletes no other: the stack could not be deleted.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(bucket, {
      'AwsSolutions-S1': 'Two objects, written and read by the hub and by two functions; it holds public keys only.',
    });
    const address = new CfnEIP(this, 'Address', { domain: 'vpc' });
    const group = new SecurityGroup(this, 'Group', {
      vpc,
      description: 'The WireGuard hub: in for routers and the worker, out to anywhere',
      allowAllOutbound: true,
    });
    group.addIngressRule(Peer.anyIpv4(), Port.udp(PORT), 'Routers dial in from anywhere');
    group.addIngressRule(network.workerGroup, Port.allTcp(), 'The worker, on its way to routers and to AWS');
    acknowledge(group, {
      'AwsSolutions-EC23':
        'Routers come from any address, changing ones too. To whoever has no key in its list WireGuard does not answer at all.',
    });

    const keyParameter = `/pagos/${stage}/hub-key`;
    const routeTables = network.workerSubnetsOf.map(({ routeTable }) => routeTable.routeTableId);
    const arnOf = (service: string, resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service, resource, resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
    const keyArn = Stack.of(this).formatArn({
      service: 'ssm',
      resource: 'parameter',
      resourceName: keyParameter.slice(1),
    });
    const ofHub = (action: string, resources: string[]) => {
      const statement = allow([action], resources);
      statement.addCondition('StringEquals', { [`aws:ResourceTag/${TAG}`]: stage });
      return statement;
    };
    const interfaces = arnOf('ec2', 'network-interface', '*');
    const instances = arnOf('ec2', 'instance', '*');
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      description: 'The WireGuard hub',
      inlinePolicies: {
        hub: new PolicyDocument({
          statements: [
            allow(['s3:GetObject'], [bucket.arnForObjects('peers')]),
            allow(['s3:PutObject'], [bucket.arnForObjects('public-key')]),
            allow(['ssm:GetParameter', 'ssm:PutParameter'], [keyArn]),
            // The key is made once, and then nobody's to change: every router knows its other half.
            new PolicyStatement({
              effect: Effect.DENY,
              actions: ['ssm:PutParameter'],
              resources: [keyArn],
              conditions: { StringEquals: { 'ssm:Overwrite': 'true' } },
            }),
            allow(['ec2:AssociateAddress'], [arnOf('ec2', 'elastic-ip', address.attrAllocationId)]),
            ofHub('ec2:AssociateAddress', [interfaces, instances]),
            ofHub('ec2:ModifyNetworkInterfaceAttribute', [interfaces]),
            allow(
              ['ec2:ReplaceRoute', 'ec2:CreateRoute'],
              routeTables.map((table) => arnOf('ec2', 'route-table', table)),
            ),
          ],
        }),
      },
    });
    const wide = (kind: string) =>
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:${kind}/*]`;
    const reason =
      'Which instance is the hub is not known beforehand: the condition on its tag leaves the role its own, and no other.';
    acknowledge(role, { [wide('network-interface')]: reason, [wide('instance')]: reason });

    const template = new CfnLaunchTemplate(this, 'Template', {
      launchTemplateData: {
        imageId: MachineImage.latestAmazonLinux2023({ cpuType: AmazonLinuxCpuType.ARM_64 }).getImage(this).imageId,
        instanceType: 't4g.nano',
        iamInstanceProfile: { arn: new CfnInstanceProfile(this, 'Profile', { roles: [role.roleName] }).attrArn },
        // Nothing that is only forwarded gets an answer from the metadata service.
        metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1 },
        monitoring: { enabled: true },
        blockDeviceMappings: [
          {
            deviceName: '/dev/xvda',
            ebs: { volumeSize: 8, volumeType: 'gp3', encrypted: true, deleteOnTermination: true },
          },
        ],
        networkInterfaces: [
          // Its first address lasts until it has taken the one that stays.
          {
            deviceIndex: 0,
            associatePublicIpAddress: true,
            groups: [group.securityGroupId],
            deleteOnTermination: true,
          },
        ],
        tagSpecifications: ['instance', 'network-interface', 'volume'].map((resourceType) => ({
          resourceType,
          tags: [
            { key: TAG, value: stage },
            { key: 'Name', value: `pagos-${stage}-hub` },
          ],
        })),
        userData: Fn.base64(
          userData({
            BUCKET: bucket.bucketName,
            KEY_PARAMETER: keyParameter,
            ADDRESS_ALLOCATION: address.attrAllocationId,
            ROUTE_TABLES: routeTables.join(' '),
            WORKER_SUBNETS: network.workerSubnetsOf.map(({ ipv4CidrBlock }) => ipv4CidrBlock).join(', '),
            OWN_RANGE,
            HUB_ADDRESS: hubOf({ range, endpoint: { host: '', port: PORT } }),
            TUNNEL_RANGE: range,
            PORT: String(PORT),
            AWS_REGION: Aws.REGION,
          }),
        ),
      },
    });
    const one = new CfnAutoScalingGroup(this, 'One', {
      minSize: '1',
      maxSize: '1',
      vpcZoneIdentifier: vpc.publicSubnets.map(({ subnetId }) => subnetId),
      launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber },
    });
    // Two at once would take the address from each other.
    one.cfnOptions.updatePolicy = { autoScalingRollingUpdate: { maxBatchSize: 1, minInstancesInService: 0 } };
    acknowledge(one, {
      'AwsSolutions-AS3':
        'The group never scales: it replaces its one instance. That routers are down, whatever the cause, has an alarm of its own.',
    });
    Tags.of(one).add(TAG, stage);

    this.publicAddress = address.attrPublicIp;
    this.endpoint = `${address.attrPublicIp}:${PORT}`;
    this.bucket = { value: bucket.bucketName, arn: bucket.bucketArn };
    new CfnOutput(Stack.of(this), 'HubAddress', { value: this.publicAddress });
  }
}
