/** Contract 15, W11: keys, logins and customers of real companies were in the reference's repository. */
import { describe, expect, it } from 'vitest';
import { projectFiles } from './project-files.ts';
import { ofThisPlace, secretShapes } from './secret-shapes.ts';

const files = projectFiles();

const forbidden = [...secretShapes, ...ofThisPlace];

describe('no file of the project', () => {
  it.each(forbidden)('shows what looks like %s', (_what, pattern) => {
    expect(files.filter(({ text }) => pattern.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('a file with one', () => {
  it.each(forbidden)('would be found: %s', (_what, pattern, planted) => {
    expect(pattern.test(`const setting = "${planted}";`) || pattern.test(planted)).toBe(true);
  });

  it('would have been looked at', () => {
    const paths = files.map(({ path }) => path);
    for (const path of [
      '.npmrc',
      'README.md',
      'package-lock.json',
      'bin/local.ts',
      'test/architecture/secrets.unit.test.ts',
    ])
      expect(paths).toContain(path);
    expect(paths.length).toBeGreaterThan(500);
  });
});
