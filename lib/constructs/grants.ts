import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { capabilities, type Capability } from '#shared/platform/capabilities.ts';
import type { SecretPurpose } from '#shared/security/secret-box.ts';
import { tableShape } from '#shared/store/table.ts';

/** A resource that functions may be given. */
export interface Provided {
  /** What the function's environment says: a name, an address or an ARN. */
  readonly value: string;
  readonly arn: string;
}

/** The settings that stand for a resource, and so come from the stacks. */
export type ProvidedSetting = (typeof capabilities)[Capability][number];

/** Everything the stacks provide, by the setting that names it. */
export type Cloud = Readonly<Record<ProvidedSetting, Provided>>;

/** How routers are reached: what the worker stack's edge has. */
export type ReachSetting = (typeof capabilities)['reach' | 'hub:read'][number];

/** What the data stack has; and what the worker stack adds. The address of the API is known to its own stack only. */
export type DataCloud = Omit<WorkerCloud, 'JOBS_QUEUE_URL' | 'HINTS_QUEUE_URL' | ReachSetting>;
export type WorkerCloud = Omit<Cloud, 'OWN_URL'>;

/** Exactly what `store/table.ts` calls; a transaction needs the action of each of its parts. Never Scan. */
const tableActions = [
  'dynamodb:GetItem',
  'dynamodb:BatchGetItem',
  'dynamodb:Query',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:ConditionCheckItem',
];

/** THE map from what a function needs to what it may do. No other place gives an endpoint or a worker a permission. */
const grants: Readonly<Record<Capability, (arn: string) => PolicyStatement[]>> = {
  table: (arn) => [
    allow(tableActions, [arn]),
    allow(
      ['dynamodb:Query'],
      tableShape.indexes.map(({ name }) => `${arn}/index/${name}`),
    ),
  ],
  'jobs:send': (arn) => [allow(['sqs:SendMessage'], [arn])],
  'hints:send': (arn) => [allow(['sqs:SendMessage'], [arn])],
  'logos:write': (arn) => [allow(['s3:PutObject', 's3:DeleteObject'], [`${arn}/logos/*`])],
  // Who may not list is told "forbidden" of what is not there.
  'logos:read': (arn) => [allow(['s3:GetObject'], [`${arn}/logos/*`]), allow(['s3:ListBucket'], [arn])],
  'own-url': () => [],
  reach: () => [],
  // A deployment without a hub of its own has no bucket for it.
  'hub:read': (arn) =>
    arn === '' ? [] : [allow(['s3:GetObject'], [`${arn}/public-key`]), allow(['s3:ListBucket'], [arn])],
  'hub:write': (arn) => (arn === '' ? [] : [allow(['s3:PutObject'], [`${arn}/peers`])]),
  'gateway-credentials:seal': seal('gateway-credentials'),
  'gateway-credentials:open': open('gateway-credentials'),
  'router-credentials:seal': seal('router-credentials'),
  'router-credentials:open': open('router-credentials'),
  'access-codes:seal': seal('access-codes'),
  'access-codes:open': open('access-codes'),
  'telegram-tokens:seal': seal('telegram-tokens'),
  'telegram-tokens:open': open('telegram-tokens'),
  'sessions:sign': sign,
  'sessions:verify': verify,
  'api-keys:sign': sign,
  'api-keys:verify': verify,
};

/** @throws Error when a stack does not have what a function needs: the address of the API, before there is an API */
export function statementsFor(needs: readonly Capability[], cloud: Partial<Cloud>): PolicyStatement[] {
  return needs.flatMap((capability) => grants[capability](provided(cloud, capabilities[capability][0]).arn));
}

export function environmentFor(needs: readonly Capability[], cloud: Partial<Cloud>): Record<string, string> {
  const settings = needs.flatMap((capability) => capabilities[capability]);
  return Object.fromEntries(settings.map((setting) => [setting, provided(cloud, setting).value]));
}

function provided(cloud: Partial<Cloud>, setting: ProvidedSetting): Provided {
  const found = cloud[setting];
  if (!found) throw new Error(`No stack has provided ${setting} yet`);
  return found;
}

export function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, actions, resources });
}

function seal(purpose: SecretPurpose) {
  return (arn: string) => [ofPurpose('kms:Encrypt', arn, purpose)];
}

function open(purpose: SecretPurpose) {
  return (arn: string) => [ofPurpose('kms:Decrypt', arn, purpose)];
}

/** Only in the context that SecretBox gives: the purpose, and some company. */
function ofPurpose(action: string, arn: string, purpose: SecretPurpose): PolicyStatement {
  const statement = allow([action], [arn]);
  statement.addCondition('StringEquals', { 'kms:EncryptionContext:purpose': purpose });
  statement.addCondition('Null', { 'kms:EncryptionContext:company': 'false' });
  return statement;
}

function sign(arn: string): PolicyStatement[] {
  return [allow(['kms:Sign'], [arn])];
}

function verify(arn: string): PolicyStatement[] {
  return [allow(['kms:GetPublicKey'], [arn])];
}
