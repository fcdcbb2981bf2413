import { expect, it } from 'vitest';
import { newReaderKey, readPrivateKey, readPublicKey } from '#shared/security/sealed-lines.ts';
import { byCompany, linesOf, type MoveRecord, recordsOf } from '#shared/tenants/move/move-file.ts';

const own = newReaderKey();
const privateKey = keyOrThrow(readPrivateKey(own.privatePem));
const publicKey = keyOrThrow(readPublicKey(own.publicKey));
const about = { source: 'Table', writtenAt: '2026-12-01T00:00:00.000Z', kind: 'move' } as const;
const records: readonly MoveRecord[] = [
  { kind: 'company', companyId: 'EMP_1', departedAt: 1 },
  { kind: 'item', item: { pk: 'COMPANY#EMP_1', sk: 'ROUTER#1', sealedPassword: 'open-sesame' } },
  { kind: 'item', item: { pk: 'COMPANY#EMP_1', sk: 'ROUTER#2' } },
  { kind: 'company', companyId: 'EMP_2', departedAt: 2 },
  { kind: 'item', item: { pk: 'COMPANY#EMP_2', sk: 'ROUTER#3' } },
];

function keyOrThrow<T>(key: T | undefined): T {
  if (key === undefined) throw new Error('no key');
  return key;
}
async function* each<T>(things: readonly T[]): AsyncGenerator<T> {
  yield* things;
}
async function all<T>(things: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const thing of things) found.push(thing);
  return found;
}
const written = () => all(linesOf(each(records), publicKey, about));
const read = (lines: readonly string[]) => all(recordsOf(each(lines), privateKey));

it('a file reads as it was written, and its lines tell nothing', async () => {
  const lines = await written();
  expect(await read(lines)).toEqual([...records, { kind: 'end', companies: 2, items: 3 }]);
  const seen = lines.map((line) => line + Buffer.from(line, 'base64').toString('latin1')).join('');
  for (const hidden of ['open-sesame', 'EMP_1', 'ROUTER']) expect(seen).not.toContain(hidden);
});

it('two files of the same are sealed with different keys', async () => {
  const [one, other] = [await written(), await written()];
  expect(one.filter((line) => other.includes(line))).toEqual([]);
  await expect(read([...other.slice(0, 2), ...one.slice(2)])).rejects.toThrow(/does not open/);
});

it.each<[string, (lines: string[]) => string[], RegExp]>([
  ['lacks its last line', (lines) => lines.slice(0, -1), /was cut/],
  ['ends within a line', (lines) => [...lines.slice(0, -1), lines.at(-1)?.slice(0, 30) ?? ''], /was cut/],
  ['lacks a line', (lines) => lines.toSpliced(2, 1), /left out/],
  ['has two lines swapped', ([head = '', a = '', b = '', ...rest]) => [head, b, a, ...rest], /moved/],
  ['has a line twice', (lines) => lines.toSpliced(2, 0, lines[2] ?? ''), /moved/],
  ['goes on behind its end', (lines) => [...lines, lines.at(-1) ?? ''], /goes on/],
  ['is called a copy', ([head = '', ...rest]) => [head.replace('"move"', '"copy"'), ...rest], /changed/],
  ['is empty', () => [], /was cut/],
  ['is another file', () => ['{"companies":[]}'], /no file of npm run export/],
])('a file that %s is refused', async (_, spoil, sentence) => {
  await expect(read(spoil(await written()))).rejects.toThrow(sentence);
});

it('a file for another reader does not open', async () => {
  const stranger = keyOrThrow(readPrivateKey(newReaderKey().privatePem));
  await expect(all(recordsOf(each(await written()), stranger))).rejects.toThrow(/for another key/);
});

it('what is no key is none', () => {
  expect(readPublicKey('x')).toBeUndefined();
  expect(readPrivateKey(own.privatePem)).toBeDefined();
});

it('records come by company, also where nobody reads the ones before', async () => {
  const found: [string, number][] = [];
  for await (const { companyId, own: belongings } of byCompany(each(records)))
    found.push([companyId, companyId === 'EMP_1' ? -1 : (await all(belongings)).length]);
  expect(found).toEqual([
    ['EMP_1', -1],
    ['EMP_2', 1],
  ]);
});
