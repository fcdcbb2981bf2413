import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type Attributes, prefixes } from '#shared/store/table.ts';
import type { Stage } from '../stage/stage.ts';
import type { Tenant } from './tenant.ts';

export type Items = Readonly<Record<string, Attributes>>;

/**
 * Everything that is a company's, by key: its partition, its keys and users, who owns its purchases, and what was counted
 * against it. Not what a super admin tried by its address: that belongs into its trail, refused or not.
 */
export async function itemsOf({ companyId, userId }: Tenant, { aws, tableName }: Stage): Promise<Items> {
  const found: Attributes[] = [];
  let ExclusiveStartKey: Attributes | undefined;
  do {
    const page = await aws.dynamo.send(
      new ScanCommand({
        TableName: tableName,
        // Whom something is counted against is kept in lower case.
        FilterExpression:
          'contains(pk, :id) OR contains(pk, :lower) OR companyId = :id OR (sk = :email AND userId = :user)',
        ExpressionAttributeValues: {
          ':id': companyId,
          ':lower': companyId.toLowerCase(),
          ':email': 'EMAIL',
          ':user': userId,
        },
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      }),
    );
    found.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  const isTried = ({ sk, role }: Attributes) => String(sk).startsWith(prefixes.audit) && role === 'super_admin';
  return Object.fromEntries(
    found.filter((item) => !isTried(item)).map((item) => [`${String(item['pk'])} ${String(item['sk'])}`, item]),
  );
}
