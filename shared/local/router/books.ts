import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Properties } from './queries.ts';

const tableNames = ['user', 'profile', 'active', 'host', 'cookie', 'setting'] as const;
export type TableName = (typeof tableNames)[number];

const entry = z.union([
  z.strictObject({ t: z.enum(tableNames), id: z.string(), row: z.record(z.string(), z.string()) }),
  z.strictObject({ t: z.enum(tableNames), gone: z.string() }),
  /** The next free id, so that ids of removed rows never come back. */
  z.strictObject({ t: z.enum(tableNames), next: z.number() }),
]);
type Entry = z.infer<typeof entry>;

/** What a table is looked up by. */
const indexedBy: Readonly<Record<TableName, string>> = {
  user: 'name',
  profile: 'name',
  active: 'user',
  host: 'mac-address',
  cookie: 'user',
  setting: 'name',
};

/**
 * The router's memory, on disk before anything is answered: a journal, one JSON line per change, made short again at each
 * start. A change costs one small write however many rows there are, and a kill -9 loses none of it.
 */
export class Books {
  readonly #file: string;
  #journal: number;
  readonly #tables: Readonly<Record<TableName, Table>>;

  constructor(dataDir: string) {
    mkdirSync(dataDir, { recursive: true });
    this.#file = join(dataDir, 'router.jsonl');
    const table = (name: TableName): Table => new Table(name, (entries) => this.#append(entries));
    this.#tables = {
      user: table('user'),
      profile: table('profile'),
      active: table('active'),
      host: table('host'),
      cookie: table('cookie'),
      setting: table('setting'),
    };
    for (const line of readEntries(this.#file)) this.#tables[line.t].load(line);
    const compact = `${this.#file}.new`;
    writeFileSync(compact, this.#everything());
    renameSync(compact, this.#file);
    this.#journal = openSync(this.#file, 'a');
  }

  table(name: TableName): Table {
    return this.#tables[name];
  }

  close(): void {
    closeSync(this.#journal);
  }

  #everything(): string {
    return lines(Object.values(this.#tables).flatMap((table) => table.entries()));
  }

  #append(entries: readonly Entry[]): void {
    if (entries.length > 0) appendFileSync(this.#journal, lines(entries));
  }
}

const lines = (entries: readonly Entry[]): string => entries.map((e) => `${JSON.stringify(e)}\n`).join('');

function readEntries(file: string): Entry[] {
  if (!existsSync(file)) return [];
  const written = readFileSync(file, 'utf8').split('\n');
  // What follows the last line end is a write cut short by a kill; its command was never answered.
  return written.slice(0, -1).map((line) => entry.parse(JSON.parse(line)));
}

/** Rows by id, in the order they came, with one property to look them up by. */
export class Table {
  readonly #name: TableName;
  /** The property rows are looked up by. */
  readonly indexedBy: string;
  readonly #write: (entries: readonly Entry[]) => void;
  readonly #rows = new Map<string, Properties>();
  readonly #ids = new Map<string, Set<string>>();
  #next = 1;

  constructor(name: TableName, write: (entries: readonly Entry[]) => void) {
    this.#name = name;
    this.indexedBy = indexedBy[name];
    this.#write = write;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): Properties | undefined {
    return this.#rows.get(id);
  }

  rows(): readonly (readonly [id: string, row: Properties])[] {
    return [...this.#rows];
  }

  /** Rows whose indexed property has this value, without walking the table. */
  rowsOf(value: string): readonly (readonly [id: string, row: Properties])[] {
    return [...(this.#ids.get(value) ?? [])].flatMap((id) => {
      const row = this.#rows.get(id);
      return row ? [[id, row] as const] : [];
    });
  }

  /** @returns the new row's id, `*` and hex */
  add(row: Properties): string {
    const [id = ''] = this.addAll([row]);
    return id;
  }

  addAll(rows: readonly Properties[]): string[] {
    const added = rows.map((row) => ({ t: this.#name, id: `*${(this.#next++).toString(16).toUpperCase()}`, row }));
    this.#apply(added);
    return added.map(({ id }) => id);
  }

  put(id: string, row: Properties): void {
    this.#apply([{ t: this.#name, id, row }]);
  }

  remove(id: string): void {
    this.#apply([{ t: this.#name, gone: id }]);
  }

  clear(): void {
    this.#apply([...this.#rows.keys()].map((id) => ({ t: this.#name, gone: id })));
  }

  entries(): Entry[] {
    return [{ t: this.#name, next: this.#next }, ...[...this.#rows].map(([id, row]) => ({ t: this.#name, id, row }))];
  }

  /** Takes over an entry read from disk. */
  load(read: Entry): void {
    if ('next' in read) {
      this.#next = read.next;
      return;
    }
    const id = 'id' in read ? read.id : read.gone;
    this.#unindex(id);
    if ('gone' in read) {
      this.#rows.delete(id);
      return;
    }
    this.#next = Math.max(this.#next, Number.parseInt(id.slice(1), 16) + 1);
    this.#rows.set(id, read.row);
    const key = read.row[this.indexedBy] ?? '';
    const ids = this.#ids.get(key);
    if (ids) ids.add(id);
    else this.#ids.set(key, new Set([id]));
  }

  #unindex(id: string): void {
    const key = this.#rows.get(id)?.[this.indexedBy] ?? '';
    const ids = this.#ids.get(key);
    ids?.delete(id);
    if (ids?.size === 0) this.#ids.delete(key);
  }

  /** Disk first, memory after: what was answered is never forgotten. */
  #apply(entries: readonly Entry[]): void {
    this.#write(entries);
    for (const change of entries) this.load(change);
  }
}
