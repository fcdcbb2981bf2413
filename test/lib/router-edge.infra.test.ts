import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Network } from '#lib/constructs/network.ts';
import { RouterEdge } from '#lib/constructs/router-edge/router-edge.ts';
import { type Reach, type Stage, stages } from '#lib/settings.ts';
import { judgeHost } from '#shared/security/address-policy.ts';
import { OWN_RANGE } from '#shared/platform/own-range.ts';
import { Synthesised } from './synthesised.ts';

function edgeOf(reach: Reach) {
  const scope = new Stack(new App(), 'edge');
  const settings = { ...stages.dev, reach };
  const network = new Network(scope, 'Network', { stage: 'dev', settings });
  const { provided } = new RouterEdge(scope, 'Edge', { stage: 'dev', reach, network });
  return { provided, workerSubnets: network.workerSubnets, template: Template.fromStack(scope) };
}

describe('with a hub, a stage', () => {
  const stack = new Synthesised('prod');
  const hub = (type: string) => stack.resources('worker', type).filter(({ id }) => id.includes('EdgeHub'));
  const launch = z
    .object({
      LaunchTemplateData: z.looseObject({
        InstanceType: z.string(),
        UserData: z.unknown(),
        MetadataOptions: z.unknown(),
        BlockDeviceMappings: z.array(z.object({ Ebs: z.looseObject({ Encrypted: z.boolean() }) })),
        TagSpecifications: z.array(z.looseObject({ ResourceType: z.string() })),
      }),
    })
    .parse(hub('AWS::EC2::LaunchTemplate')[0]?.Properties).LaunchTemplateData;

  it('has no NAT gateway, and one small instance that a group replaces', () => {
    expect(stack.resources('worker', 'AWS::EC2::NatGateway')).toEqual([]);
    expect(launch.InstanceType).toBe('t4g.nano');
    expect(hub('AWS::AutoScaling::AutoScalingGroup')[0]?.Properties).toMatchObject({ MinSize: '1', MaxSize: '1' });
  });

  it('has an encrypted disk, and a metadata service that answers nobody who is forwarded', () => {
    expect(launch.BlockDeviceMappings.every(({ Ebs }) => Ebs.Encrypted)).toBe(true);
    expect(launch.MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
  });

  it('lets in WireGuard from anywhere, the worker, and nobody else', () => {
    const rules = hub('AWS::EC2::SecurityGroup').flatMap(({ Properties }) => Properties['SecurityGroupIngress'] ?? []);
    expect(rules).toMatchObject([{ CidrIp: '0.0.0.0/0', IpProtocol: 'udp', FromPort: 51820, ToPort: 51820 }]);
    const others = stack.resources('worker', 'AWS::EC2::SecurityGroupIngress');
    expect(others).toHaveLength(1);
    for (const { Properties } of others)
      expect(JSON.stringify(Properties['SourceSecurityGroupId'])).toContain('NetworkWorker');
  });

  it('lets the hub take its address and the worker`s routes, make its key once, and nothing else', () => {
    const [role] = hub('AWS::IAM::Role');
    const permissions = stack.permissions('worker', role?.id);
    expect(permissions.map(({ action }) => action).sort()).toEqual([
      'ec2:AssociateAddress',
      'ec2:AssociateAddress',
      'ec2:AssociateAddress',
      'ec2:CreateRoute',
      'ec2:CreateRoute',
      'ec2:ModifyNetworkInterfaceAttribute',
      'ec2:ReplaceRoute',
      'ec2:ReplaceRoute',
      's3:GetObject',
      's3:PutObject',
      'ssm:GetParameter',
      'ssm:PutParameter',
    ]);
    // Whatever ends in a star is the instance's own, by its tag; which it and its interface have.
    for (const { resource, condition } of permissions.filter((one) => one.resource.endsWith('*')))
      expect([resource, condition]).toEqual([resource, { StringEquals: { 'aws:ResourceTag/pagos-hub': 'prod' } }]);
    expect(launch.TagSpecifications.map(({ ResourceType }) => ResourceType)).toEqual([
      'instance',
      'network-interface',
      'volume',
    ]);
    expect(JSON.stringify(role?.Properties)).toContain(
      '"Condition":{"StringEquals":{"ssm:Overwrite":"true"}},"Effect":"Deny"',
    );
  });

  it('has the sweep write who may dial in, and the kit read the hub`s key, and nobody else', () => {
    const [bucket] = hub('AWS::S3::Bucket');
    expect(stack.whoMay('s3:PutObject', `${bucket?.id}/peers`)).toEqual(['sweep/settle-due']);
    expect(stack.whoMay('s3:GetObject', `${bucket?.id}/public-key`)).toEqual(['http/routers/show-kit']);
  });

  it.each(['dev', 'prod'] satisfies Stage[])(
    '%s has a range of its own, in which no router may be but in the tunnel',
    (stage) => {
      const { reach } = stages[stage];
      const policy = { loopback: 'refused', privateHosts: 'refused', tunnelRange: reach.range } as const;
      const [net = ''] = reach.range.split('/');
      const inside = net.replace(/\.0$/, '.9');
      expect(judgeHost(inside, policy, inside)).toBe('ok');
      expect(judgeHost(inside, policy)).toBe('forbidden');
      expect(judgeHost(OWN_RANGE.replace('.0/24', '.9'), policy, inside)).toBe('forbidden');
    },
  );
});

describe('with public routers only, a stage', () => {
  const { template, provided, workerSubnets } = edgeOf({ kind: 'public', natGateways: 2 });

  it('has NAT gateways, whose addresses routers are told, and no tunnel', () => {
    expect(workerSubnets).toBe('Private');
    template.resourceCountIs('AWS::EC2::NatGateway', 2);
    template.resourceCountIs('AWS::AutoScaling::AutoScalingGroup', 0);
    expect(provided.WORKER_ADDRESSES.value.split(',')).toHaveLength(2);
    expect([provided.TUNNEL_RANGE.value, provided.TUNNEL_ENDPOINT.value, provided.HUB_BUCKET.value]).toEqual([
      '',
      '',
      '',
    ]);
  });
});

describe('behind a transit gateway, a stage', () => {
  const ranges = ['10.0.0.0/9', '192.168.0.0/16'];
  const { template, provided, workerSubnets } = edgeOf({ kind: 'vpn', transitGatewayId: 'tgw-0abc', ranges });

  it('has no way to the internet: KMS is reached by an endpoint', () => {
    expect(workerSubnets).toBe('Isolated');
    for (const type of ['AWS::EC2::NatGateway', 'AWS::EC2::InternetGateway', 'AWS::EC2::EIP'])
      template.resourceCountIs(type, 0);
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', PrivateDnsEnabled: true });
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' });
  });

  it('sends the routers` ranges there, from both zones, and tells routers its own', () => {
    template.resourceCountIs('AWS::EC2::TransitGatewayAttachment', 1);
    const routes = Object.values(template.findResources('AWS::EC2::Route')).map(({ Properties }) => Properties);
    expect(routes.map(({ DestinationCidrBlock }) => DestinationCidrBlock)).toEqual([...ranges, ...ranges]);
    for (const { TransitGatewayId } of routes) expect(TransitGatewayId).toBe('tgw-0abc');
    expect(provided.WORKER_ADDRESSES.value).toBe(OWN_RANGE);
  });
});
