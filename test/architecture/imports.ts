import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The project's own folder. */
export const PROJECT = join(import.meta.dirname, '../..');

const FOLDERS = ['bin', 'lib', 'functions', 'shared', 'test'];

/** All imports below `folder`, judged by the rules of .dependency-cruiser.mjs. */
export async function readImports(folder: string): Promise<ICruiseResult> {
  const { forbidden = [], options = {} } = await extractDepcruiseConfig(join(PROJECT, '.dependency-cruiser.mjs'));
  const { output } = await cruise(
    FOLDERS.filter((name) => existsSync(join(folder, name))),
    { ...options, baseDir: folder, ruleSet: { forbidden }, validate: true },
    options.enhancedResolveOptions,
    { tsConfig: extractTSConfig(join(PROJECT, 'tsconfig.json')) },
  );
  if (typeof output === 'string') throw new Error('dependency-cruiser answered with text where data was asked for');
  return output;
}

/**
 * With a TypeScript it does not know, or an import form it cannot resolve, dependency-cruiser sees less or nothing and
 * reports success. So: every file that is there was seen, and each form of import was followed somewhere.
 */
export function blindSpots(folder: string, { modules }: ICruiseResult): string[] {
  const seen = new Set(modules.map(({ source }) => source));
  const unseen = FOLDERS.flatMap((name) => sourcesIn(folder, name)).filter((path) => !seen.has(path));
  const imports = modules.flatMap(({ dependencies }) => dependencies);
  const isFollowed = (form: RegExp) =>
    imports.some(({ module, resolved }) => form.test(module) && /^(shared|lib)\/.*\.ts$/.test(resolved));
  const isTypeSeen = imports.some(({ dependencyTypes }) => dependencyTypes.includes('type-only'));
  return [
    ...unseen.map((path) => `not seen: ${path}`),
    ...[/^#shared\//, /^#lib\//, /^\.\.?\//].filter((form) => !isFollowed(form)).map((form) => `not followed: ${form}`),
    ...(isTypeSeen ? [] : ['not seen: imports of types']),
  ];
}

/** One line for each import that breaks a rule: `rule: from -> to`. */
export function violations({ summary }: ICruiseResult): string[] {
  return summary.violations.map(({ from, to, rule, cycle }) => {
    const way = cycle ? cycle.map(({ name }) => name).join(' -> ') : to;
    return `${rule.name}: ${from}${way === from ? '' : ` -> ${way}`}`;
  });
}

function sourcesIn(folder: string, name: string): string[] {
  if (!existsSync(join(folder, name))) return [];
  return readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${name}/${path}`);
}
