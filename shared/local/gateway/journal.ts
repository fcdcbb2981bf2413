import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import { StartError } from '../start-error.ts';

/**
 * A gateway's memory on disk: one line for each change, holding the whole record after it. A line is handed to the
 * system before the request it belongs to is answered, so a kill -9 loses nothing that anyone was told.
 */
export class Journal<Entry> {
  readonly #file: number;
  /** What was written before this start, in order. */
  readonly entries: readonly Entry[];

  private constructor(file: number, entries: readonly Entry[]) {
    this.#file = file;
    this.entries = entries;
  }

  /**
   * @param owner whose books these are, as a sentence names it
   * @throws StartError when the folder cannot be written or the journal cannot be read
   */
  static open<Entry>(dataDir: string, name: string, entry: z.ZodType<Entry>, owner: string): Journal<Entry> {
    const path = join(dataDir, name);
    let file: number;
    try {
      mkdirSync(dataDir, { recursive: true });
      file = openSync(path, 'a+');
    } catch {
      throw new StartError(`The ${owner} simulator cannot write its books to ${path}: choose another data folder.`);
    }
    const bytes = readFileSync(path);
    // A line without its end was being written when the process died: nobody was told about it.
    const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
    if (wholeBytes < bytes.length) ftruncateSync(file, wholeBytes);
    try {
      const lines = bytes.toString('utf8', 0, wholeBytes).split('\n').slice(0, -1);
      return new Journal(
        file,
        lines.map((line) => entry.parse(JSON.parse(line))),
      );
    } catch {
      closeSync(file);
      throw new StartError(`The ${owner} simulator's books in ${path} are damaged: start with --fresh.`);
    }
  }

  write(entry: Entry): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}
