import { openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogSink } from '#shared/platform/logger.ts';
import { makeFolder } from './make-folder.ts';
import { StartError } from './start-error.ts';

/**
 * Each line is with the system before the next thing happens, so a kill -9 loses none.
 *
 * @throws StartError when the file cannot be written
 */
export function openLogFile(path: string): LogSink {
  let file: number;
  try {
    makeFolder(dirname(path), 0o700);
    file = openSync(path, 'a', 0o600);
  } catch {
    throw new StartError(`The folder ${dirname(path)} cannot be written to: start the sandbox in one that can.`);
  }
  return (line) => void writeSync(file, line);
}
