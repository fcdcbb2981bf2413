import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LOGOS_BUCKET } from '#shared/local/objects.ts';
import { scratchFolder } from './scratch-folder.ts';
import { type Stage, stageAdmin } from './stage.ts';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder in which a sandbox seems to run, with the stage's parts. It is gone when the current test ends. */
export function sandboxFolder({ endpoints, tableName }: Stage): string {
  const folder = scratchFolder();
  mkdirSync(join(folder, '.local'));
  const stack = { superAdmin: stageAdmin, aws: { ...endpoints, table: tableName, logos: LOGOS_BUCKET } };
  writeFileSync(join(folder, '.local', 'stack.json'), JSON.stringify(stack));
  return folder;
}

/** Runs a program of bin to its end, with no other environment than `variables`. */
export function runProgram(
  name: string,
  args: readonly string[],
  { folder, variables = {} }: { readonly folder: string; readonly variables?: Readonly<Record<string, string>> },
): Promise<Ended> {
  const program = resolve(import.meta.dirname, '../../bin', name);
  return new Promise((done) => {
    execFile(process.execPath, [program, ...args], { cwd: folder, env: variables }, (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}
