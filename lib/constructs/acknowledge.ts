import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Lets `construct`, and what is in it, break rules of the checks that `cdk synth` runs (`checks.ts`).
 *
 * @param reasons by the rule's id, in words that a reviewer accepts; they also stand in the template
 */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  Validations.of(construct).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })));
}
