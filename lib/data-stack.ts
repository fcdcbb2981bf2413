import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DataCloud } from './constructs/grants.ts';
import { Keys } from './constructs/keys.ts';
import { stackName } from './constructs/naming.ts';
import { SingleTable } from './constructs/table.ts';
import { type Stage, stages } from './settings.ts';

/** What must outlive everything else: the table and the keys. */
export class DataStack extends Stack {
  readonly provided: DataCloud;

  constructor(scope: Construct, stage: Stage) {
    const name = stackName(stage, 'data');
    super(scope, name, { description: 'Pagos Hotspot: table and keys' });
    const { keepData } = stages[stage];
    // A deletion by mistake is refused, the stack's and the table's.
    this.terminationProtection = keepData;
    const table = new SingleTable(this, 'Data', { keepData });
    const keys = new Keys(this, 'Keys', { stage, keepData });
    this.provided = { TABLE_NAME: table.provided, ...keys.provided };
  }
}
