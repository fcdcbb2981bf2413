import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, type NagPack, ServerlessChecks } from 'cdk-nag';

/** AWS's own rules for what is deployed; what they are not to hold against us is acknowledged beside the resource. */
export function checksOf(app: App): NagPack[] {
  return [new AwsSolutionsChecks(app), new ServerlessChecks(app)];
}

/** A template that breaks a rule is not written: synthesis fails, and so no deployment of it begins. */
export function addChecks(app: App): void {
  Validations.of(app).addPlugins(...checksOf(app));
}
