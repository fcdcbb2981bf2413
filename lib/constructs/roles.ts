import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Capability } from '#shared/platform/capabilities.ts';
import { allow, type Cloud, statementsFor } from './grants.ts';

/**
 * One role for each distinct set of needs, its policy inside it: functions that may do the same share it, and a stack
 * stays far below CloudFormation's 500 resources.
 */
export class Roles extends Construct {
  readonly #cloud: Partial<Cloud>;
  readonly #made = new Map<
    string,
    { readonly role: Role; readonly policy: PolicyDocument; readonly logs: Set<ILogGroup> }
  >();

  constructor(scope: Construct, id: string, cloud: Partial<Cloud>) {
    super(scope, id);
    this.#cloud = cloud;
  }

  /**
   * @param logGroup where the function writes: the one thing a role may do besides its needs
   * @param more what Lambda itself must do in the function's name
   */
  for(needs: readonly Capability[], logGroup: ILogGroup, more: readonly PolicyStatement[] = []): Role {
    const distinct = [...new Set(needs)].sort();
    const name = distinct.length === 0 ? 'nothing' : distinct.join('+');
    const { role, policy, logs } = this.#made.get(name) ?? this.#make(name, statementsFor(distinct, this.#cloud));
    if (!logs.has(logGroup)) policy.addStatements(writeLogs(logGroup));
    logs.add(logGroup);
    policy.addStatements(...more);
    return role;
  }

  #make(name: string, statements: PolicyStatement[]) {
    // Filled until the template is written.
    const policy = new PolicyDocument({ statements });
    const role = new Role(this, name, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Functions that need: ${name}`,
      inlinePolicies: { needs: policy },
    });
    const made = { role, policy, logs: new Set<ILogGroup>() };
    this.#made.set(name, made);
    return made;
  }
}

function writeLogs(logGroup: ILogGroup): PolicyStatement {
  // A log group's ARN ends in `:*`, which stands for its streams.
  return allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
}

/**
 * Lambda puts the function's network interfaces into the VPC with the function's own role. AWS takes no narrower
 * resource for these actions.
 */
export function standInNetwork(): PolicyStatement {
  return allow(
    [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    ['*'],
  );
}

/** What Lambda needs to fetch a queue's messages for a function. */
export function consumeQueue(arn: string): PolicyStatement {
  return allow(
    ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
    [arn],
  );
}
