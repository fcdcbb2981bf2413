/** The README says of each weakness of the reference (contract 15) which test shows that it is impossible here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from './imports.ts';
import { projectFiles } from './project-files.ts';
import { sentencesOf } from './sentences.ts';

const HEADING = '## Weaknesses of the reference';
const NOT_APPLICABLE = 'not applicable: ';

const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
const [, section = ''] = readme.split(`\n${HEADING}`);
const rows = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| W(\d+) +\| (.+?) +\| (.*?) *\|$/gm)].map(
  ([, number, here = '', tests = '']) => ({
    number: Number(number),
    here,
    citations: [...tests.matchAll(/`([^`]+)`: "(.+?)"(?=; `|$)/g)].map(([, file = '', sentence = '']) => ({
      file,
      sentence,
    })),
    tests,
  }),
);
const isApplicable = ({ here }: (typeof rows)[number]) => !here.startsWith(NOT_APPLICABLE);
const tests = projectFiles('test').filter(({ path }) => path.endsWith('.test.ts'));

describe('the README`s table of weaknesses', () => {
  it('has each of the sixty-two once, in their order', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 62 }, (_, index) => index + 1));
  });

  it('calls five not applicable at most, with the reason', () => {
    const others = rows.filter((row) => !isApplicable(row));
    expect(others.length).toBeLessThanOrEqual(5);
    for (const { here } of others) expect(here.length).toBeGreaterThan(NOT_APPLICABLE.length + 20);
  });

  it.each(rows.filter(isApplicable))('cites for W$number tests that are there, by their whole sentence', (row) => {
    expect(row.citations).not.toEqual([]);
    // Nothing beside the citations, so that none is overlooked.
    expect(row.citations.map(({ file, sentence }) => `\`${file}\`: "${sentence}"`).join('; ')).toBe(row.tests);
    for (const { file, sentence } of row.citations) {
      const found = tests.filter(({ path }) => path.endsWith(`/${file}.test.ts`));
      expect([file, found.length]).toEqual([file, 1]);
      expect(sentencesOf(file, found[0]?.text ?? '')).toContain(sentence);
    }
  });
});

it('a sentence is what a test and the parts around it say, whatever they fill in', () => {
  const text = `
    describe.each(['a'])('a code of %s', () => {
      it.each([1])('is $id, of nobody’s', () => {});
      it('waits', wait);
    });
    test("stands alone", () => {});
    run('is no test', () => {});`;
  expect(sentencesOf('some.test.ts', text)).toEqual([
    "a code of … is …, of nobody's",
    'a code of … waits',
    'stands alone',
  ]);
});
