import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { type Deployment, defineDeployment } from '#lib/deployment.ts';
import { PROJECT } from '#lib/entries.ts';
import type { Stage } from '#lib/settings.ts';

const cdkSettings = z.object({ context: z.record(z.string(), z.unknown()) });

const resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
  DependsOn: z.array(z.string()).default([]),
});
const template = z.object({
  Resources: z.record(z.string(), resource),
  Outputs: z
    .record(z.string(), z.object({ Value: z.unknown(), Export: z.object({ Name: z.string() }).optional() }))
    .default({}),
});
const statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: z.union([z.string(), z.array(z.string())]),
  Resource: z.unknown(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});
const policyDocument = z.object({ Statement: z.array(statement) });
const policy = z.object({ Roles: z.array(z.object({ Ref: z.string() })), PolicyDocument: policyDocument });
const role = z.object({ Policies: z.array(z.object({ PolicyDocument: policyDocument })).default([]) });
const lambda = z.object({
  FunctionName: z.string(),
  Handler: z.string(),
  Runtime: z.string(),
  Architectures: z.array(z.string()),
  Timeout: z.number(),
  MemorySize: z.number(),
  Role: z.unknown(),
  VpcConfig: z.object({ SubnetIds: z.array(z.unknown()), SecurityGroupIds: z.array(z.unknown()) }).optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});

export type Part = keyof Deployment;

/** One permission: one action on one resource, names of resources resolved across stacks (`data/KeysXyz`, an ARN, `*`). */
export interface Permission {
  readonly action: string;
  readonly resource: string;
  readonly condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface DeployedFunction {
  readonly id: string;
  /** Below `functions`, as the row or worker names it: `http/system/show-health`. */
  readonly entry: string;
  readonly part: Part;
  readonly properties: z.infer<typeof lambda>;
  readonly environment: Readonly<Record<string, string>>;
  readonly permissions: readonly Permission[];
}

/**
 * The program of `bin/app.ts`, with the context that `cdk` gives it.
 *
 * @param bundle folder of the bundle; a placeholder when absent
 */
export function defineApp(stage: Stage, bundle?: string): { readonly app: App; readonly deployment: Deployment } {
  const placeholder = mkdtempSync(join(tmpdir(), 'pagos-bundle-'));
  writeFileSync(join(placeholder, 'placeholder.mjs'), '');
  const { context } = cdkSettings.parse(JSON.parse(readFileSync(join(PROJECT, 'cdk.json'), 'utf8')));
  const app = new App({ context, analyticsReporting: false });
  const deployment = defineDeployment(app, stage, bundle ?? placeholder);
  rmSync(placeholder, { recursive: true });
  return { app, deployment };
}

/** The templates of one stage, and what tests ask about them. Assets are a placeholder: no bundle is made here. */
export class Synthesised {
  readonly templates: Readonly<Record<Part, z.infer<typeof template>>>;
  readonly functions: readonly DeployedFunction[];

  constructor(stage: Stage) {
    const { app, deployment } = defineApp(stage);
    const { data, worker, api } = deployment;
    this.templates = {
      data: template.parse(Template.fromStack(data).toJSON()),
      worker: template.parse(Template.fromStack(worker).toJSON()),
      api: template.parse(Template.fromStack(api).toJSON()),
    };
    rmSync(app.outdir, { recursive: true, force: true });
    this.functions = (['data', 'worker', 'api'] as const).flatMap((part) => this.#functionsOf(part));
  }

  resources(part: Part, type: string) {
    return Object.entries(this.templates[part].Resources).flatMap(([id, found]) =>
      found.Type === type ? [{ id: `${part}/${id}`, ...found }] : [],
    );
  }

  /** @param alias without stage: `router-credentials` @returns the key's name as permissions have it */
  key(alias: string): string {
    const found = this.resources('data', 'AWS::KMS::Alias').find(({ Properties }) =>
      String(Properties['AliasName']).endsWith(`-${alias}`),
    );
    if (!found) throw new Error(`No key has the alias ${alias}`);
    return this.resolve('data', found.Properties['TargetKeyId']);
  }

  get table(): string {
    return this.resources('data', 'AWS::DynamoDB::Table')[0]?.id ?? '';
  }

  /** @param only a role's name; all roles and all policies of the stack when absent */
  permissions(part: Part, only?: string): Permission[] {
    const inside = this.resources(part, 'AWS::IAM::Role').flatMap(({ id, Properties }) =>
      role.parse(Properties).Policies.map((found) => ({ ...found, roles: [id] })),
    );
    const attached = this.resources(part, 'AWS::IAM::Policy').map(({ Properties }) => {
      const { Roles, PolicyDocument } = policy.parse(Properties);
      return { PolicyDocument, roles: Roles.map((ref) => this.resolve(part, ref)) };
    });
    return [...inside, ...attached]
      .filter(({ roles }) => only === undefined || roles.includes(only))
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement.flatMap((found) => this.#permissionsOf(part, found)));
  }

  /** Who may do `action` on `resourceName`, by entry. */
  whoMay(action: string, resourceName: string): string[] {
    return this.functions
      .filter(({ permissions }) => permissions.some((one) => one.action === action && one.resource === resourceName))
      .map(({ entry }) => entry)
      .sort();
  }

  /** The name behind an intrinsic: what another stack exports is followed to the resource there. */
  resolve(part: Part, value: unknown): string {
    const parsed = intrinsic.parse(value);
    if (typeof parsed === 'string') return parsed;
    if ('Ref' in parsed) return parsed.Ref.startsWith('AWS::') ? `<${parsed.Ref}>` : `${part}/${parsed.Ref}`;
    if ('Fn::GetAtt' in parsed) return `${part}/${parsed['Fn::GetAtt'][0]}`;
    if ('Fn::Join' in parsed) {
      const [separator, parts] = parsed['Fn::Join'];
      return parts.map((one) => this.resolve(part, one)).join(separator);
    }
    return this.#resolveExport(parsed['Fn::ImportValue']);
  }

  #resolveExport(name: string): string {
    for (const part of ['data', 'worker', 'api'] as const)
      for (const output of Object.values(this.templates[part].Outputs))
        if (output.Export?.Name === name) return this.resolve(part, output.Value);
    throw new Error(`No stack exports ${name}`);
  }

  #permissionsOf(part: Part, { Effect, Action, Resource, Condition }: z.infer<typeof statement>): Permission[] {
    if (Effect === 'Deny') return [];
    const resources = (Array.isArray(Resource) ? Resource : [Resource]).map((one) => this.resolve(part, one));
    return [Action]
      .flat()
      .flatMap((action) => resources.map((one) => ({ action, resource: one, condition: Condition })));
  }

  #functionsOf(part: Part): DeployedFunction[] {
    return this.resources(part, 'AWS::Lambda::Function').map(({ id, Properties }) => {
      const properties = lambda.parse(Properties);
      const permissions = this.permissions(part, this.resolve(part, properties.Role));
      const entry = properties.Handler.replace(/^functions\//, '').replace(/\.handler$/, '');
      const environment = Object.fromEntries(
        Object.entries(properties.Environment.Variables).map(([name, value]) => [name, this.resolve(part, value)]),
      );
      return { id, entry, part, properties, environment, permissions };
    });
  }
}

const intrinsic = z.union([
  z.string(),
  z.object({ Ref: z.string() }),
  z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }),
  z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }),
  z.object({ 'Fn::ImportValue': z.string() }),
]);
