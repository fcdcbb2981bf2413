import { type App, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { checksOf } from '#lib/checks.ts';
import type { Stage } from '#lib/settings.ts';
import { defineApp } from './synthesised.ts';

/** By the pack's name, each violation as `rule at path`. */
function violationsOf(app: App): Record<string, string[]> {
  app.synth();
  const packs = checksOf(app).map((pack) => {
    const { violations } = pack.validateScope(app);
    const places = violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    );
    return [pack.name, places] as const;
  });
  rmSync(app.outdir, { recursive: true, force: true });
  return Object.fromEntries(packs);
}

const acknowledgements = z.record(z.string(), z.string());

/** Every rule that is acknowledged anywhere, once for each reason, and at how many constructs. */
function acknowledgedIn(app: App): { rule: string; reason: string }[] {
  const found = app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(acknowledgements.parse(data)))
      .map(([rule, reason]) => ({ rule: rule.replace(/^annotation::/i, '').replace(/\[.*/, ''), reason })),
  );
  return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
}

describe('the rules of AWS', () => {
  it.each(['dev', 'prod'] satisfies Stage[])('are broken nowhere in %s but where a reason is given', (stage) => {
    const violations = violationsOf(defineApp(stage).app);
    console.log(
      `${stage}:`,
      Object.entries(violations)
        .map(([pack, found]) => `${pack} ${found.length}`)
        .join(', '),
    );
    expect(violations).toEqual({ AwsSolutions: [], Serverless: [] });
  });

  it('are acknowledged with a reason of more than a few words each', () => {
    const acknowledged = acknowledgedIn(defineApp('prod').app);
    console.table(acknowledged);
    expect(acknowledged.length).toBeGreaterThan(5);
    for (const { rule, reason } of acknowledged) expect([rule, reason.split(' ').length > 8]).toEqual([rule, true]);
  });

  it('are seen to be broken', () => {
    const { app, deployment } = defineApp('dev');
    new Bucket(deployment.data, 'Careless');
    expect(violationsOf(app)['AwsSolutions']).toContain('AwsSolutions-S1 at pagos-dev-data/Careless/Resource');
  });
});
