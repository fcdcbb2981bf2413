import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { SingleTable } from '#lib/constructs/table.ts';
import { secretPurposes } from '#shared/security/secret-box.ts';
import { tableShape } from '#shared/store/table.ts';
import { Synthesised } from './synthesised.ts';

const dev = new Synthesised('dev');
const prod = new Synthesised('prod');

describe('the table', () => {
  const [table] = prod.resources('data', 'AWS::DynamoDB::Table');

  it('has the keys, the indexes and the expiry of the one that the code is written for', () => {
    expect(table?.Properties).toMatchObject({
      KeySchema: [
        { AttributeName: tableShape.key.partition, KeyType: 'HASH' },
        { AttributeName: tableShape.key.sort, KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: tableShape.indexes.map(({ name, partition, sort }) => ({
        IndexName: name,
        KeySchema: [
          { AttributeName: partition, KeyType: 'HASH' },
          { AttributeName: sort, KeyType: 'RANGE' },
        ],
      })),
      TimeToLiveSpecification: { AttributeName: tableShape.timeToLive, Enabled: true },
    });
    expect(table?.Properties['AttributeDefinitions']).toEqual(
      expect.arrayContaining([{ AttributeName: 'dueAt', AttributeType: 'N' }]),
    );
  });

  it('is paid by use and can be restored to any second of the last weeks', () => {
    expect(table?.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  it('stays where it is while a restored one is used in its place', () => {
    const stack = new Stack(new App(), 'Restored');
    const { value, arn } = new SingleTable(stack, 'Data', { keepData: true, restoredTable: 'pagos-restored' }).provided;
    expect([value, JSON.stringify(stack.resolve(arn))]).toEqual([
      'pagos-restored',
      expect.stringContaining(':table/pagos-restored"'),
    ]);
    const template = Template.fromStack(stack);
    const [own = ''] = Object.keys(template.findResources('AWS::DynamoDB::Table'));
    // What the other stacks still import of the own one: without it this stack could not be deployed before them.
    expect(Object.values(template.findOutputs('*'))).toMatchObject([
      { Value: { Ref: own }, Export: {} },
      { Value: { 'Fn::GetAtt': [own, 'Arn'] }, Export: {} },
    ]);
  });

  it('is encrypted by the key AWS owns, so that no function needs kms:Decrypt to read it', () => {
    expect(table?.Properties['SSESpecification']).toEqual({ SSEEnabled: false });
  });
});

it('keeps table, keys and logos of prod when the stack is deleted, and removes those of dev', () => {
  const kept = (synthesised: Synthesised) =>
    ['AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::S3::Bucket'].flatMap((type) =>
      synthesised.resources('data', type).map(({ DeletionPolicy }) => DeletionPolicy),
    );
  expect(kept(prod)).toEqual(Array(8).fill('Retain'));
  expect(kept(dev)).toEqual(Array(8).fill('Delete'));
  expect(prod.resources('data', 'AWS::DynamoDB::Table')[0]?.Properties['DeletionProtectionEnabled']).toBe(true);
});

describe('the bucket of logos', () => {
  it('is nobody`s from outside, encrypted, and reached by TLS only', () => {
    expect(prod.resources('data', 'AWS::S3::Bucket')).toMatchObject([
      {
        Properties: {
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
          },
          OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        },
      },
    ]);
    const [policy] = prod.resources('data', 'AWS::S3::BucketPolicy');
    expect(policy?.Properties['PolicyDocument']).toMatchObject({
      Statement: [
        { Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        { Effect: 'Deny', Action: 's3:*', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } },
      ],
    });
  });
});

describe('the keys', () => {
  const specOf = (alias: string) =>
    prod.resources('data', 'AWS::KMS::Key').find(({ id }) => id === prod.key(alias))?.Properties;

  it('are one by purpose', () => {
    const aliases = prod.resources('data', 'AWS::KMS::Alias').map(({ Properties }) => Properties['AliasName']);
    expect(aliases.sort()).toEqual(
      ['access-codes', 'api-keys', 'gateway-credentials', 'router-credentials', 'sessions', 'telegram-tokens'].map(
        (purpose) => `alias/pagos-prod-${purpose}`,
      ),
    );
    expect(prod.resources('data', 'AWS::KMS::Key')).toHaveLength(6);
  });

  it.each(secretPurposes)('for %s encrypt and are renewed', (alias) => {
    expect(specOf(alias)).toMatchObject({ EnableKeyRotation: true });
    expect(specOf(alias)).not.toHaveProperty('KeySpec');
  });

  it.each(['sessions', 'api-keys'])('for %s sign as ES256 wants it', (alias) => {
    expect(specOf(alias)).toMatchObject({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  });
});

it('tells the operator what the commands of bin ask for', () => {
  const logical = (id: string | undefined) => id?.replace('data/', '');
  const arnOf = (alias: string) => ({ Value: { 'Fn::GetAtt': [logical(prod.key(alias)), 'Arn'] } });
  const { TableName, LogosBucket, ...keys } = prod.templates.data.Outputs;
  const { GatewayCredentialsKey, RouterCredentialsKey, AccessCodesKey, TelegramTokensKey } = keys;
  const [table] = prod.resources('data', 'AWS::DynamoDB::Table');
  expect(TableName).toMatchObject({ Value: { Ref: logical(table?.id) } });
  expect(GatewayCredentialsKey).toMatchObject(arnOf('gateway-credentials'));
  expect(RouterCredentialsKey).toMatchObject(arnOf('router-credentials'));
  expect(AccessCodesKey).toMatchObject(arnOf('access-codes'));
  expect(LogosBucket).toMatchObject({ Value: { Ref: logical(prod.resources('data', 'AWS::S3::Bucket')[0]?.id) } });
  expect(TelegramTokensKey).toMatchObject(arnOf('telegram-tokens'));
});
