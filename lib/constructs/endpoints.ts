import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Auth, Row } from '#shared/http/contract.ts';
import { acknowledge } from './acknowledge.ts';
import { bundledFunction, type Surroundings } from './bundled-function.ts';
import { allow } from './grants.ts';
import { logGroup } from './log-groups.ts';
import { endpointFunctionNames, stackName } from './naming.ts';
import { Roles } from './roles.ts';

interface EndpointsProps extends Surroundings {
  readonly rows: readonly Row[];
}

/** One function for each row. */
export class Endpoints extends Construct {
  /** The function of each row, by the row's id. */
  readonly functions: ReadonlyMap<string, Function>;
  /** What API Gateway calls them as: one role for all, where a permission for each would cost a resource for each. */
  readonly invokeRole: Role;

  constructor(scope: Construct, id: string, { rows, ...surroundings }: EndpointsProps) {
    super(scope, id);
    const roles = new Roles(this, 'Roles', surroundings.cloud);
    const groups = new Map<Auth, LogGroup>();
    const groupFor = (auth: Auth): LogGroup => {
      const group = groups.get(auth) ?? logGroup(this, `http/${auth}`, surroundings);
      groups.set(auth, group);
      return group;
    };
    this.functions = new Map(
      rows.map((row) => {
        const logs = groupFor(row.auth);
        const handler = bundledFunction(this, row.id.replaceAll('/', '-'), {
          ...surroundings,
          entry: `http/${row.id}`,
          needs: row.needs,
          timeoutSeconds: row.timeoutSeconds,
          memoryMb: row.memoryMb,
          role: roles.for(row.needs, logs),
          logGroup: logs,
        });
        return [row.id, handler];
      }),
    );
    // As the checks call the pictures in a bucket of another stack; synthesis fails when the bucket moves.
    const pictures = `${stackName(surroundings.stage, 'data')}:ExportsOutputFnGetAttLogosBucket3F8038E3ArnA25C3C83/logos/*`;
    acknowledge(roles, {
      [`AwsSolutions-IAM5[Resource::${pictures}]`]:
        'A logo has a new name each time, and the function that stores or shows one has to reach any of them; of the bucket it reaches nothing else.',
    });
    // By the beginning of the name: over a hundred ARNs would not fit into a role's policy.
    const resourceName = endpointFunctionNames(surroundings.stage);
    const all = { service: 'lambda', resource: 'function', resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME };
    const invoke = allow(['lambda:InvokeFunction'], [Stack.of(this).formatArn(all)]);
    this.invokeRole = new Role(this, 'Invoke', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      inlinePolicies: { endpoints: new PolicyDocument({ statements: [invoke] }) },
    });
    acknowledge(this.invokeRole, {
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:${resourceName}]`]:
        'API Gateway may call the functions of rows and no other: their names begin alike, and a test holds that nothing else does.',
    });
  }
}
