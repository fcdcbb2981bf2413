import { describe, expect, it } from 'vitest';
import { routes } from '#shared/http/routes.ts';
import { capabilities, type Capability } from '#shared/platform/capabilities.ts';
import { secretPurposes } from '#shared/security/secret-box.ts';
import { allWorkers } from '#shared/workers.ts';
import { tableShape } from '#shared/store/table.ts';
import { type Part, Synthesised } from './synthesised.ts';

const stack = new Synthesised('dev');
const parts: readonly Part[] = ['data', 'worker', 'api'];
const everything = [
  ...routes.map(({ id, needs }) => ({ entry: `http/${id}`, needs })),
  ...allWorkers.map(({ id, needs }) => ({ entry: id, needs })),
];

/** Where AWS knows no narrower resource. */
const anyResource: Readonly<Record<string, string>> = {
  'ec2:AssignPrivateIpAddresses': 'network interfaces of a function in a VPC',
  'ec2:CreateNetworkInterface': 'network interfaces of a function in a VPC',
  'ec2:DeleteNetworkInterface': 'network interfaces of a function in a VPC',
  'ec2:DescribeNetworkInterfaces': 'network interfaces of a function in a VPC',
  'ec2:DescribeSubnets': 'network interfaces of a function in a VPC',
  'ec2:UnassignPrivateIpAddresses': 'network interfaces of a function in a VPC',
};

/** What is no secret, and what no function that judges a router's host may be without. */
const toldToAll = ['STAGE', 'LOG_LEVEL', 'TUNNEL_RANGE', 'PRIVATE_HOSTS'];

function needing(capability: Capability): string[] {
  return everything
    .filter(({ needs }) => needs.includes(capability))
    .map(({ entry }) => entry)
    .sort();
}

describe('secrets', () => {
  it('of routers are opened by the worker only', () => {
    expect(stack.whoMay('kms:Decrypt', stack.key('router-credentials'))).toEqual(['queue/router-jobs']);
  });

  it.each(secretPurposes)('of the purpose %s are opened and sealed by those whose needs say so', (purpose) => {
    expect(stack.whoMay('kms:Decrypt', stack.key(purpose))).toEqual(needing(`${purpose}:open`));
    expect(stack.whoMay('kms:Encrypt', stack.key(purpose))).toEqual(needing(`${purpose}:seal`));
  });

  it('are opened and sealed in the context of their purpose and of a company only', () => {
    for (const purpose of secretPurposes) {
      const uses = parts
        .flatMap((part) => stack.permissions(part))
        .filter(({ resource }) => resource === stack.key(purpose));
      for (const { condition } of uses)
        expect(condition).toEqual({
          StringEquals: { 'kms:EncryptionContext:purpose': purpose },
          Null: { 'kms:EncryptionContext:company': 'false' },
        });
    }
  });
});

describe('tokens', () => {
  it.each(['sessions', 'api-keys'] as const)('for %s are signed and verified by those whose needs say so', (use) => {
    expect(stack.whoMay('kms:Sign', stack.key(use))).toEqual(needing(`${use}:sign`));
    expect(stack.whoMay('kms:GetPublicKey', stack.key(use))).toEqual(needing(`${use}:verify`));
  });

  it('of sessions are signed by login only', () => {
    expect(calls(stack.whoMay('kms:Sign', stack.key('sessions')))).toEqual(['POST /api/v1/auth/login']);
  });

  it('that are API keys are signed where a router is created and where its key is regenerated only', () => {
    const routers = 'POST /admin/empresas/{}/routers';
    expect(calls(stack.whoMay('kms:Sign', stack.key('api-keys')))).toEqual([
      routers,
      `${routers}/{}/regenerate-api-key`,
    ]);
  });
});

/** What a caller knows functions by: method and path, parameters without names. */
function calls(entries: readonly string[]): string[] {
  return entries
    .map((entry) => routes.find(({ id }) => `http/${id}` === entry))
    .map((row) => `${row?.method} ${row?.path.replace(/\{[^}]+\}/g, '{}')}`)
    .sort();
}

describe('every function', () => {
  it('has an environment variable for each of its needs, and none that it does not need', () => {
    for (const { entry, needs } of everything) {
      const { environment = {} } = stack.functions.find((found) => found.entry === entry) ?? {};
      const settings = new Set<string>([...toldToAll, ...needs.flatMap((capability) => capabilities[capability])]);
      expect([entry, Object.keys(environment).sort()]).toEqual([entry, [...settings].sort()]);
    }
  });

  it('does with the table only what the store does, and never scans', () => {
    const actions = new Set(
      parts
        .flatMap((part) => stack.permissions(part))
        .flatMap(({ action }) => (action.startsWith('dynamodb:') ? [action] : [])),
    );
    expect([...actions].sort()).toEqual(
      ['BatchGetItem', 'ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'].map(
        (action) => `dynamodb:${action}`,
      ),
    );
    for (const { name } of tableShape.indexes)
      expect([name, stack.whoMay('dynamodb:Query', `${stack.table}/index/${name}`)]).toEqual([name, needing('table')]);
    expect(stack.whoMay('dynamodb:PutItem', stack.table)).toEqual(needing('table'));
  });

  it('stores logos, or reads them, only when its needs say so', () => {
    const bucket = stack.resources('data', 'AWS::S3::Bucket')[0]?.id ?? '';
    const pictures = `${bucket}/logos/*`;
    for (const action of ['s3:PutObject', 's3:DeleteObject'])
      expect(stack.whoMay(action, pictures)).toEqual(needing('logos:write'));
    expect(stack.whoMay('s3:GetObject', pictures)).toEqual(needing('logos:read'));
    expect(stack.whoMay('s3:ListBucket', bucket)).toEqual(needing('logos:read'));
    const actions = parts.flatMap((part) => stack.permissions(part)).filter(({ action }) => action.startsWith('s3:'));
    expect(new Set(actions.map(({ action }) => action))).toHaveLength(4);
  });

  it('sends jobs only when its needs say so', () => {
    const queue = stack.resources('worker', 'AWS::SQS::Queue').find(({ Properties }) => 'RedrivePolicy' in Properties);
    expect(stack.whoMay('sqs:SendMessage', queue?.id ?? '')).toEqual(needing('jobs:send'));
  });
});

describe('policies', () => {
  const all = parts.flatMap((part) => stack.permissions(part));

  it('allow no action by a wildcard', () => {
    expect(all.filter(({ action }) => action.includes('*'))).toEqual([]);
  });

  it('allow nothing on any resource but where AWS has no narrower one', () => {
    const wide = all.filter(({ resource }) => resource === '*').map(({ action }) => action);
    expect(wide.filter((action) => !(action in anyResource))).toEqual([]);
    expect(Object.keys(anyResource).filter((action) => !wide.includes(action))).toEqual([]);
  });

  it('are all our own: no policy that AWS manages is attached', () => {
    for (const part of parts)
      for (const { Properties } of stack.resources(part, 'AWS::IAM::Role'))
        expect(Properties['ManagedPolicyArns']).toBeUndefined();
  });
});

it('every key is used by those it is meant for', () => {
  const names = [...secretPurposes, 'sessions', 'api-keys'];
  const uses = names.flatMap((key) =>
    stack.functions.flatMap(({ entry, permissions }) =>
      permissions
        .filter(({ resource }) => resource === stack.key(key))
        .map(({ action, condition }) => ({
          key,
          action,
          function: entry,
          context: Object.keys(condition).length > 0 ? 'purpose, company' : '',
        })),
    ),
  );
  console.table(uses.toSorted((one, other) => `${one.key}${one.action}`.localeCompare(`${other.key}${other.action}`)));
  expect(new Set(uses.map(({ action }) => action))).toEqual(
    new Set(['kms:Encrypt', 'kms:Decrypt', 'kms:Sign', 'kms:GetPublicKey']),
  );
  expect(uses.filter(({ action, context }) => /crypt$/.test(action) && context === '')).toEqual([]);
});

it('credentials of gateways are opened by what speaks to a gateway, and by nothing else', () => {
  expect(stack.whoMay('kms:Decrypt', stack.key('gateway-credentials'))).toEqual([
    // Asks whether the keys themselves are good.
    'http/my-company/check-conekta',
    'http/my-company/check-mercado-pago',
    'http/payments/pay-with-conekta',
    'http/payments/pay-with-mercado-pago',
    'http/payments/show-payment-status',
    'http/transactions/deliver',
    'http/transactions/refund',
    'http/transactions/retry-refund',
    // Proves the gateway's signature.
    'http/webhooks/receive-mercado-pago',
    'queue/gateway-hints',
    'sweep/settle-due',
  ]);
});
