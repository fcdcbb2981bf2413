import { App, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { bundledFunction } from '#lib/constructs/bundled-function.ts';
import { Network } from '#lib/constructs/network.ts';
import { stages } from '#lib/settings.ts';
import { OWN_RANGE } from '#shared/platform/own-range.ts';
import { routerJobsQueue, workers } from '#shared/workers.ts';
import { Synthesised } from './synthesised.ts';

const stack = new Synthesised('dev');
const { routerJobs } = workers;
const worker = stack.functions.find(({ entry }) => entry === routerJobs.id);
const queues = stack.resources('worker', 'AWS::SQS::Queue');
const jobs = queues.find(({ Properties }) => 'RedrivePolicy' in Properties);

describe('the queue of router jobs', () => {
  it('keeps the jobs of one router in order and runs the routers side by side', () => {
    expect(jobs?.Properties).toMatchObject({
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
  });

  it('never hands a running job to a second worker', () => {
    expect(worker?.properties.Timeout).toBe(20);
    expect(jobs?.Properties['VisibilityTimeout']).toBe(25);
    expect(routerJobsQueue.visibilitySeconds).toBeGreaterThan(routerJobs.timeoutSeconds);
  });

  it('puts aside, in a FIFO queue, what crashed the worker three times', () => {
    expect(jobs?.Properties['RedrivePolicy']).toMatchObject({ maxReceiveCount: 3 });
    // Two for the router jobs, two for the hints.
    expect(queues).toHaveLength(4);
    expect(queues.every(({ Properties }) => Properties['FifoQueue'] === true)).toBe(true);
  });
});

describe('the worker', () => {
  it('takes one job at a time, and so many at once as the stage says', () => {
    const mappings = stack.resources('worker', 'AWS::Lambda::EventSourceMapping');
    expect(mappings.map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 5 } }),
    ]);
    expect(stack.resolve('worker', mappings[0]?.Properties['EventSourceArn'])).toBe(jobs?.id);
  });

  it('is never throttled by reserved concurrency, which would drive messages into the dead-letter queue', () => {
    expect(worker?.properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  it('stands in private subnets of two zones', () => {
    expect(worker?.properties.VpcConfig?.SubnetIds).toHaveLength(2);
    const subnets = new Map(
      stack.resources('worker', 'AWS::EC2::Subnet').map(({ id, Properties }) => [id, Properties]),
    );
    const own = worker?.properties.VpcConfig?.SubnetIds.map((ref) => subnets.get(stack.resolve('worker', ref)));
    expect(own?.every((subnet) => subnet?.['MapPublicIpOnLaunch'] === false)).toBe(true);
    expect(new Set(own?.map((subnet) => JSON.stringify(subnet?.['AvailabilityZone'])))).toHaveLength(2);
  });
});

it('the tunnel range reaches a function that judges hosts, when the stage has one', () => {
  const environments = [{}, { tunnel: { range: '10.99.0.0/16', endpoint: 'hub.example:51820', publicKey: 'key' } }].map(
    (tunnel) => {
      const scope = new Stack(new App(), 'functions');
      bundledFunction(scope, 'Any', {
        stage: 'dev',
        settings: { ...stages.dev, ...tunnel },
        code: Code.fromInline('//'),
        cloud: {},
        entry: 'http/routers/update',
        needs: [],
        timeoutSeconds: 5,
        memoryMb: 128,
        role: new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
        logGroup: new LogGroup(scope, 'Logs'),
      });
      const [made] = Object.values(Template.fromStack(scope).findResources('AWS::Lambda::Function'));
      return made?.['Properties'].Environment.Variables;
    },
  );
  expect(environments).toEqual([
    { STAGE: 'dev', LOG_LEVEL: 'DEBUG' },
    { STAGE: 'dev', LOG_LEVEL: 'DEBUG', TUNNEL_RANGE: '10.99.0.0/16' },
  ]);
});

describe('the network', () => {
  it('has the range in which no router may have an address', () => {
    expect(stack.resources('worker', 'AWS::EC2::VPC').map(({ Properties }) => Properties['CidrBlock'])).toEqual([
      OWN_RANGE,
    ]);
  });

  it('lets the worker out through one address, and nothing in', () => {
    expect(stack.resources('worker', 'AWS::EC2::NatGateway')).toHaveLength(1);
    const groups = stack.resources('worker', 'AWS::EC2::SecurityGroup');
    expect(groups).toHaveLength(1);
    expect(groups[0]?.Properties['SecurityGroupIngress']).toBeUndefined();
    expect(stack.resources('worker', 'AWS::EC2::SecurityGroupIngress')).toHaveLength(0);
  });

  it('reaches the table by a gateway endpoint, and KMS through the NAT gateway without an endpoint of its own', () => {
    const endpoints = stack.resources('worker', 'AWS::EC2::VPCEndpoint').map(({ Properties }) => ({
      type: Properties['VpcEndpointType'],
      service: stack.resolve('worker', Properties['ServiceName']).split('.').at(-1),
    }));
    expect(endpoints).toEqual([{ type: 'Gateway', service: 'dynamodb' }]);
  });

  it('gets an endpoint for KMS where there is no NAT gateway to reach it through', () => {
    const closed = new Stack(new App(), 'closed');
    const { workerSubnets } = new Network(closed, 'Network', {
      stage: 'dev',
      settings: { ...stages.dev, natGateways: 0 },
    });
    expect(workerSubnets).toBe('Isolated');
    const template = Template.fromStack(closed);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::InternetGateway', 0);
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', PrivateDnsEnabled: true });
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' });
  });
});

it('routers are told the address that the worker`s way out has', () => {
  const { environment = {} } = stack.functions.find(({ entry }) => entry === 'http/routers/show-kit') ?? {};
  const [address] = stack.resources('worker', 'AWS::EC2::EIP');
  expect(environment['WORKER_ADDRESSES']).toContain(address?.id);
});
