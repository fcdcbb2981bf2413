import { RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Provided } from './grants.ts';

/**
 * The companies' logos. Nobody reaches it from outside: `GET /static/logos/{file}` serves them. Without versions, since no
 * name is used twice. A stage that does not keep its data is deleted once its bucket is empty.
 */
export class LogoBucket extends Construct {
  readonly provided: Provided;

  constructor(scope: Construct, id: string, { keepData }: { readonly keepData: boolean }) {
    super(scope, id);
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(bucket, {
      'AwsSolutions-S1':
        'Only our own functions reach it, and each of their calls stands in the log of the API. What it holds is shown to everybody.',
    });
    this.provided = { value: bucket.bucketName, arn: bucket.bucketArn };
  }
}
