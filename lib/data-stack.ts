import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DataCloud } from './constructs/grants.ts';
import { Keys } from './constructs/keys.ts';
import { LogoBucket } from './constructs/logo-bucket.ts';
import { stackName } from './constructs/naming.ts';
import { SingleTable } from './constructs/table.ts';
import { type Settings, type Stage, stages } from './settings.ts';

/** What must outlive everything else: the table, the keys and the companies' logos. */
export class DataStack extends Stack {
  readonly provided: DataCloud;

  constructor(scope: Construct, stage: Stage) {
    const name = stackName(stage, 'data');
    super(scope, name, { description: 'Pagos Hotspot: table, keys and logos' });
    const { keepData, restoredTable }: Settings = stages[stage];
    // A deletion by mistake is refused, the stack's and the table's.
    this.terminationProtection = keepData;
    const table = new SingleTable(this, 'Data', { keepData, restoredTable });
    const keys = new Keys(this, 'Keys', { stage, keepData });
    const logos = new LogoBucket(this, 'Logos', { keepData });
    this.provided = { TABLE_NAME: table.provided, LOGOS_BUCKET: logos.provided, ...keys.provided };
    const { TABLE_NAME, LOGOS_BUCKET, GATEWAY_CREDENTIALS_KEY, ROUTER_CREDENTIALS_KEY } = this.provided;
    const { ACCESS_CODES_KEY, TELEGRAM_TOKENS_KEY } = this.provided;
    // What the commands of an operator have to be told (README).
    new CfnOutput(this, 'TableName', { value: TABLE_NAME.value });
    new CfnOutput(this, 'GatewayCredentialsKey', { value: GATEWAY_CREDENTIALS_KEY.value });
    new CfnOutput(this, 'RouterCredentialsKey', { value: ROUTER_CREDENTIALS_KEY.value });
    new CfnOutput(this, 'AccessCodesKey', { value: ACCESS_CODES_KEY.value });
    new CfnOutput(this, 'LogosBucket', { value: LOGOS_BUCKET.value });
    new CfnOutput(this, 'TelegramTokensKey', { value: TELEGRAM_TOKENS_KEY.value });
  }
}
