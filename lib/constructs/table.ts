import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { tableShape } from '#shared/store/table.ts';
import type { Provided } from './grants.ts';

const attributeTypes = { S: AttributeType.STRING, N: AttributeType.NUMBER } as const;

/** The one table, in the shape that the sandbox makes too. */
export class SingleTable extends Construct {
  readonly provided: Provided;

  /** @param restoredTable the name of another one that stands in for it */
  constructor(
    scope: Construct,
    id: string,
    { keepData, restoredTable }: { readonly keepData: boolean; readonly restoredTable?: string | undefined },
  ) {
    super(scope, id);
    const { key, indexes, timeToLive } = tableShape;
    const table = new Table(this, 'Table', {
      partitionKey: { name: key.partition, type: AttributeType.STRING },
      sortKey: { name: key.sort, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: timeToLive,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: keepData,
      removalPolicy: keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      // The AWS-owned key: a key of ours would give every function that reads the table `kms:Decrypt` (design 5).
      encryption: TableEncryption.DEFAULT,
    });
    for (const index of indexes)
      table.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: { name: index.partition, type: AttributeType.STRING },
        sortKey: { name: index.sort, type: attributeTypes[index.sortType] },
        projectionType: ProjectionType.ALL,
      });
    this.provided = { value: table.tableName, arn: table.tableArn };
    if (restoredTable === undefined) return;
    const restored = Table.fromTableName(this, 'Restored', restoredTable);
    this.provided = { value: restored.tableName, arn: restored.tableArn };
    // The other stacks import these until they are deployed themselves: an export in use cannot go.
    for (const imported of [table.tableName, table.tableArn]) Stack.of(this).exportValue(imported);
  }
}
