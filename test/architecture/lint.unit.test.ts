import { ESLint } from 'eslint';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from './imports.ts';

const eslint = new ESLint({ cwd: PROJECT });

/** Lints `text` as if it stood in a file that exists: rules that ask for types know only files of the project. */
async function complaintsOf(text: string, path = 'shared/platform/money.ts'): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(text, { filePath: join(PROJECT, path) });
  return result?.messages.map(({ ruleId, message }) => ruleId ?? message) ?? [];
}

// The first one reads the whole project's types.
describe('npm run lint refuses', { timeout: 120_000 }, () => {
  it.each([
    ['a type assertion', 'consistent-type-assertions', `export const id = JSON.parse('1') as number;`],
    ['a promise nobody waits for', 'no-floating-promises', `export function save() { Promise.resolve(1); }`],
    ['a promise where a truth is asked', 'no-misused-promises', `if (Promise.resolve(false)) process.exit();`],
    [
      'a case left out',
      'switch-exhaustiveness-check',
      `export function f(x: 'a' | 'b') { switch (x) { case 'a': return 1; } }`,
    ],
    ['any', 'no-explicit-any', `export const value: any = 1;`],
    ['a non-null assertion', 'no-non-null-assertion', `export const first = (list: string[]) => list[0]!.length;`],
    ['the costly import of zod', 'no-restricted-syntax', `import { z } from 'zod'; export const name = z.string();`],
    ['the environment', 'no-restricted-properties', `export const table = process.env['TABLE_NAME'];`],
    ['the global clock', 'no-restricted-properties', `export const now = Date.now();`],
    ['the global clock by another name', 'no-restricted-syntax', `export const today = new Date();`],
    ['the console', 'no-console', `console.log('hello');`],
  ])('%s', async (_what, rule, text) => {
    expect((await complaintsOf(text)).map((id) => id?.replace('@typescript-eslint/', ''))).toContain(rule);
  });

  it.each(['functions/http/system/show-health.ts', 'lib/settings.ts', 'bin/app.ts'])(
    'assertions in %s too',
    async (path) => {
      expect(await complaintsOf(`export const id = JSON.parse('1') as number;`, path)).toContain(
        '@typescript-eslint/consistent-type-assertions',
      );
    },
  );

  it('nothing in a clean file', async () => {
    const clean = `import * as z from 'zod';\nexport const name = z.string();\nexport const kinds = ['a'] as const;\n`;
    expect(await complaintsOf(clean)).toEqual([]);
  });
});
