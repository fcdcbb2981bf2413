/**
 * The file in which companies go from one deployment to another: JSON lines. The first one is in clear and says what it is;
 * each other one is a box that only the reader's key opens, in this order and to the last one.
 */
import type { KeyObject } from 'node:crypto';
import * as z from 'zod';
import { LineOpener, LineSealer, readPublicKey } from '../../security/sealed-lines.ts';
import { storedItemSchema } from '../../store/table.ts';

const FORMAT = 'pagos-hotspot companies';
const VERSION = 1;

const headerSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  /** The table it comes from. */
  source: z.string(),
  writtenAt: z.string(),
  /** `copy`: its companies live on where they were. */
  kind: z.enum(['move', 'copy']),
  fileKey: z.string(),
});
export type Header = Readonly<z.infer<typeof headerSchema>>;

const recordSchema = z.discriminatedUnion('kind', [
  /** What follows is this company's. @property departedAt when it left; null in a copy */
  z.object({ kind: z.literal('company'), companyId: z.string(), departedAt: z.number().nullable() }),
  /** What it has sealed stands open in it. */
  z.object({ kind: z.literal('item'), item: storedItemSchema }),
  z.object({ kind: z.literal('logo'), name: z.string(), base64: z.string() }),
  z.object({ kind: z.literal('end'), companies: z.number(), items: z.number() }),
]);
export type MoveRecord = Readonly<z.infer<typeof recordSchema>>;

const boxSchema = z.object({ box: z.base64() });

/** Why a file is not taken, as a sentence. */
export class FileRefused extends Error {
  override name = 'FileRefused';
}

/** @yields lines, without their ends; the last one when `records` is over */
export async function* linesOf(
  records: AsyncIterable<MoveRecord>,
  reader: KeyObject,
  about: Pick<Header, 'source' | 'writtenAt' | 'kind'>,
): AsyncGenerator<string> {
  const sealer = new LineSealer(reader);
  const header: Header = { format: FORMAT, version: VERSION, ...about, fileKey: sealer.fileKey };
  const clear = JSON.stringify(header);
  yield clear;
  const box = (record: MoveRecord, isLast: boolean): string =>
    JSON.stringify({ box: sealer.seal(JSON.stringify(record), clear, { isLast }) });
  let [companies, items] = [0, 0];
  for await (const record of records) {
    if (record.kind === 'company') companies += 1;
    if (record.kind === 'item') items += 1;
    yield box(record, false);
  }
  yield box({ kind: 'end', companies, items }, true);
}

/**
 * @yields what the lines say, the end among it
 * @throws FileRefused when they are no such file, for another reader, or not whole; what was yielded before is as it was written
 */
export async function* recordsOf(lines: AsyncIterable<string>, reader: KeyObject): AsyncGenerator<MoveRecord> {
  let opener: LineOpener | undefined;
  let clear = '';
  let isOver = false;
  for await (const line of lines) {
    if (isOver) throw new FileRefused('The file goes on behind its end: it is not as it was written.');
    if (!opener) {
      clear = line;
      const fileKey = readPublicKey(readHeader(line).fileKey);
      if (!fileKey) throw new FileRefused('The file`s first line is not as it was written.');
      opener = new LineOpener(reader, fileKey);
      continue;
    }
    const record = recordFrom(line, clear, opener);
    isOver = record.kind === 'end';
    yield record;
  }
  if (!isOver) throw new FileRefused('The file was cut: its end is missing. Nothing was written; export it again.');
}

/** @throws FileRefused */
export function readHeader(line: string): Header {
  const parsed = headerSchema.safeParse(parsedJson(line));
  if (parsed.success) return parsed.data;
  throw new FileRefused('That is no file of npm run export that this version reads.');
}

function recordFrom(line: string, clear: string, opener: LineOpener): MoveRecord {
  const boxed = boxSchema.safeParse(parsedJson(line));
  if (!boxed.success) throw new FileRefused('The file was cut or changed: a line is not whole. Export it again.');
  const { box } = boxed.data;
  const last = opener.open(box, clear, { isLast: true });
  const text = last ?? opener.open(box, clear, { isLast: false });
  if (text === undefined)
    throw new FileRefused('The file does not open: it is for another key, or a line was changed, moved or left out.');
  const record = recordSchema.parse(parsedJson(text));
  if ((record.kind === 'end') !== (last !== undefined)) throw new FileRefused('The file does not end where it says.');
  return record;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One company of a file, with the records that are its own. */
export interface Belongings {
  readonly companyId: string;
  readonly departedAt: number | null;
  readonly own: AsyncIterable<MoveRecord>;
}

/** The records by company. @yields each with its own; what nobody reads of them is passed over */
export async function* byCompany(records: AsyncIterable<MoveRecord>): AsyncGenerator<Belongings> {
  const iterator = records[Symbol.asyncIterator]();
  const following = async (): Promise<MoveRecord | undefined> => {
    const { value, done } = await iterator.next();
    return done === true ? undefined : value;
  };
  let next = await following();
  const own = async function* (): AsyncGenerator<MoveRecord> {
    while (next && next.kind !== 'company' && next.kind !== 'end') {
      const record = next;
      next = await following();
      yield record;
    }
  };
  while (next) {
    const current = next;
    next = await following();
    if (current.kind === 'company') yield { ...current, own: own() };
  }
}
