import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listEntries, PROJECT, requireFiles } from '#lib/entries.ts';

describe('entries', () => {
  it('have a file for each row and each worker', () => {
    expect(() => requireFiles(listEntries())).not.toThrow();
  });

  it('are all the files there are: a function that no row names is never deployed', () => {
    const files = readdirSync(join(PROJECT, 'functions'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `functions/${path}`);
    expect(files.sort()).toEqual(
      listEntries()
        .map(({ file }) => file)
        .sort(),
    );
  });

  it('without a file are named in one message, with the row and the path it expects', () => {
    const missing = ['pay/by-hand', 'pay/by-foot'].map((id) => ({
      namedBy: `row ${id}`,
      file: `functions/http/${id}.ts`,
    }));
    expect(() => requireFiles([...listEntries(), ...missing])).toThrow(
      /row pay\/by-hand expects functions\/http\/pay\/by-hand\.ts\n.*row pay\/by-foot expects functions\/http\/pay\/by-foot\.ts/,
    );
  });
});
