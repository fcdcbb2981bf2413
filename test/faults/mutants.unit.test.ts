import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { mutants } from './mutants.ts';

const places = mutants.flatMap(({ name, patches }) => patches.map(({ file, from }) => ({ name, file, from })));
const root = new URL('../../', import.meta.url);

it.each(places)('the place of the mutant “$name” stands once in $file', ({ file, from }) => {
  expect(readFileSync(new URL(file, root), 'utf8').split(from)).toHaveLength(2);
});
